import { UserError } from '../errors.ts'
import type { StreamName } from '../random/stream.ts'
import { fillNormal, initialScale } from './initial-weights.ts'
import type { DenseWeights, Floats } from './kernels/kernels.ts'
import type { Architecture, Network } from './network.ts'
import type { Tensor } from './safetensors.ts'

/**
 * All numbers of a network that a prediction needs, by name, layers counted from 1: `W1` (inputs, units), `b1`, and with
 * batch normalisation `gamma1`, `beta1`, `runningMean1`, `runningVariance1`; the last layer has W and b alone. A layer of
 * maxout has units · pieces columns, the pieces of a unit side by side.
 */
export type NetworkState = Readonly<Record<string, Tensor>>

/** The shapes a network's tensors have, by name, in order from the inputs up. */
export function tensorShapes(architecture: Architecture): Readonly<Record<string, readonly number[]>> {
  const { hidden, classes, activation, maxoutPieces, batchNorm } = architecture
  const shapes: Record<string, readonly number[]> = {}
  const pieces = activation === 'maxout' ? maxoutPieces : 1
  let inputs = architecture.inputs
  for (const [index, units] of hidden.entries()) {
    const columns = units * pieces
    shapes[`W${index + 1}`] = [inputs, columns]
    const vectors = batchNorm ? ['b', 'gamma', 'beta', 'runningMean', 'runningVariance'] : ['b']
    for (const name of vectors) shapes[`${name}${index + 1}`] = [columns]
    inputs = units
  }
  shapes[`W${hidden.length + 1}`] = [inputs, classes]
  shapes[`b${hidden.length + 1}`] = [classes]
  return shapes
}

/**
 * First weights: normal, with the standard deviation of `weightScale` or of He if it is null; biases and betas 0,
 * gammas 1. A function of the arguments alone; each layer draws from its own stream.
 */
export function initialState(
  architecture: Architecture,
  weightScale: number | null,
  streamName: StreamName,
): NetworkState {
  const state: Record<string, Tensor> = {}
  for (const [name, shape] of Object.entries(tensorShapes(architecture))) {
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1))
    if (name.startsWith('W')) {
      fillNormal(
        data,
        initialScale(shape[0]!, weightScale, architecture.task === undefined ? null : shape[1]!),
        [...streamName, 'init', Number(name.slice(1))],
      )
    }
    if (name.startsWith('gamma') || name.startsWith('runningVariance')) data.fill(1)
    state[name] = { shape, data }
  }
  return state
}

/** Copies the network's numbers out. */
export function readNetwork(network: Network): NetworkState {
  const shapes = tensorShapes(network.architecture)
  const state: Record<string, Tensor> = {}
  const put = (name: string, data: Floats): void => {
    state[name] = { shape: shapes[name]!, data }
  }
  for (const [number, dense, norm] of numberedLayers(network)) {
    const { weights, bias } = dense.read()
    put(`W${number}`, weights)
    put(`b${number}`, bias)
    if (norm === null) continue
    put(`gamma${number}`, norm.gamma.values.slice())
    put(`beta${number}`, norm.beta.values.slice())
    put(`runningMean${number}`, norm.state.runningMean.slice())
    put(`runningVariance${number}`, norm.state.runningVariance.slice())
  }
  return state
}

/**
 * Copies numbers into the network.
 * @throws UserError('usage') if a tensor is missing or has another shape: the state is of another network.
 */
export function writeNetwork(network: Network, state: NetworkState): void {
  checkState(network.architecture, state)
  for (const [number, dense, norm] of numberedLayers(network)) {
    dense.write(state[`W${number}`]!.data, state[`b${number}`]!.data)
    if (norm === null) continue
    norm.gamma.values.set(state[`gamma${number}`]!.data)
    norm.beta.values.set(state[`beta${number}`]!.data)
    norm.state.runningMean.set(state[`runningMean${number}`]!.data)
    norm.state.runningVariance.set(state[`runningVariance${number}`]!.data)
  }
}

/** @throws UserError('usage') naming the first tensor that does not fit. */
export function checkState(architecture: Architecture, state: NetworkState): void {
  for (const [name, shape] of Object.entries(tensorShapes(architecture))) {
    const got = state[name]?.shape
    if (got === undefined || got.join() !== shape.join()) {
      throw new UserError(
        'usage',
        `${name}: the network needs a tensor of shape [${shape.join(', ')}], got ${got === undefined ? 'none' : `[${got.join(', ')}]`}`,
        { hint: 'Weights fit only a network of the same layers, activation and batch normalisation.' },
      )
    }
  }
}

function* numberedLayers(
  network: Network,
): Generator<readonly [number: number, dense: DenseWeights, norm: Network['hidden'][number]['norm']]> {
  for (const [index, { dense, norm }] of network.hidden.entries()) yield [index + 1, dense, norm]
  yield [network.hidden.length + 1, network.output, null]
}
