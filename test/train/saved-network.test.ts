import { describe, expect, test } from 'vitest'
import { predict, score } from '../../src/train/evaluate.ts'
import { trainEpochs } from '../../src/train/fit.ts'
import type { Architecture } from '../../src/train/network.ts'
import { readNetwork } from '../../src/train/network-state.ts'
import { DEFAULT_OPTIMIZER } from '../../src/train/optimizers.ts'
import { encodeSafetensors } from '../../src/train/safetensors.ts'
import { decodeNetwork, encodeNetwork, openNetwork } from '../../src/train/saved-network.ts'
import { DEFAULT_SCHEDULE } from '../../src/train/schedules.ts'
import { architecture, clouds, freshNetwork, learning, plain } from './support.ts'

const examples = clouds(60, 6, 3, 2)

function trained(shape: Architecture) {
  const network = freshNetwork(shape, 20, learning({ optimizer: 'adam', dropout: 0.2 }))
  const settings = {
    epochs: 2,
    batchSize: 20,
    learningRate: 0.01,
    optimizer: DEFAULT_OPTIMIZER,
    schedule: DEFAULT_SCHEDULE,
    streamName: ['saved'],
    stopRequested: () => false,
  }
  for (const _ of trainEpochs(network, { train: examples, valid: examples }, settings));
  return network
}

function save(shape: Architecture): { bytes: Uint8Array; network: ReturnType<typeof trained> } {
  const network = trained(shape)
  const { shift, scale } = examples.inputs
  const further = { readShift: { shape: [2], data: Float64Array.of(0.1, 1e300) } }
  const saved = { architecture: shape, state: readNetwork(network), shift, scale, notes: { epoch: '2' } }
  return { bytes: encodeNetwork({ ...saved, further }), network }
}

describe('a saved network', () => {
  test.each([
    architecture({ batchNorm: true }),
    architecture({ activation: 'maxout', maxoutPieces: 3, hidden: [4] }),
    architecture({ hidden: [] }),
  ])('predicts what the trained one does, to the last bit: $activation, $hidden', (shape) => {
    const { bytes, network } = save(shape)
    const saved = decodeNetwork(bytes)
    expect(saved.architecture).toEqual(shape)
    expect(saved.notes).toEqual({ epoch: '2' })
    expect(saved.further).toEqual({ readShift: { shape: [2], data: Float64Array.of(0.1, 1e300) } })
    const opened = openNetwork(plain(), saved)
    const { inputs: columns } = saved.architecture
    const inputs = { values: examples.inputs.values, columns, shift: saved.shift, scale: saved.scale }
    expect(predict(opened, inputs, examples.rows)).toEqual(predict(network, examples.inputs, examples.rows))
    // Other batches, other partial sums: the mean loss may differ in its last bits.
    expect(score(opened, examples).loss).toBeCloseTo(score(network, examples).loss, 12)
  })

  test('of another shape is refused by the name of the tensor', () => {
    const saved = decodeNetwork(save(architecture({ batchNorm: true })).bytes)
    const { gamma2: _, ...state } = saved.state
    expect(() => decodeNetwork(encodeNetwork({ ...saved, state }))).toThrow(
      'gamma2: the network needs a tensor of shape [4], got none',
    )
    const wider = { ...saved, architecture: architecture({ batchNorm: true, hidden: [5, 7] }) }
    expect(() => decodeNetwork(encodeNetwork(wider))).toThrow(
      'W2: the network needs a tensor of shape [5, 7], got [5, 4]',
    )
  })

  test("of another program's tensors is refused", () => {
    const foreign = encodeSafetensors({ tensors: {}, metadata: { format: 'pt' } })
    expect(() => decodeNetwork(foreign, 'model.safetensors')).toThrow(
      'model.safetensors: contains tensors but not a finesweep network',
    )
  })

  test.each(['{', '{}', 'null', '{"hidden": 3}'])(
    'with a broken architecture is refused: %s',
    (architecture) => {
      const bytes = encodeSafetensors({ tensors: {}, metadata: { format: 'finesweep-mlp-1', architecture } })
      expect(() => decodeNetwork(bytes)).toThrow(
        `its architecture must be that of a network, got ${architecture}`,
      )
    },
  )
})
