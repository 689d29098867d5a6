import { UserError } from '../errors.ts'
import type { Kernels } from './kernels/kernels.ts'
import { type Architecture, createNetwork, type Network, PREDICTING } from './network.ts'
import { checkState, type NetworkState, tensorShapes, writeNetwork } from './network-state.ts'
import { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.ts'

/** A trained network on its own: all that a prediction needs. */
export interface SavedNetwork {
  readonly architecture: Architecture
  readonly state: NetworkState
  /** What its inputs went through last: column c as stored became (value - shift[c]) · scale[c]. */
  readonly shift: Float32Array
  readonly scale: Float32Array
  /** Further tensors, by name: what rows as read go through before the network. Not used here. */
  readonly further: Readonly<Record<string, Tensor>>
  /** Anything else worth keeping, by name: the epoch, the validation accuracy. Not used here. */
  readonly notes: Readonly<Record<string, string>>
}

const FORMAT = 'finesweep-mlp-1'
const NOTE_PREFIX = 'note.'

/** The network as a safetensors file: the tensors of `NetworkState`, `inputShift` and `inputScale`; the rest as metadata. */
export function encodeNetwork(saved: SavedNetwork): Uint8Array {
  const { architecture, state, shift, scale, further, notes } = saved
  const noted = Object.entries(notes).map(([name, text]) => [`${NOTE_PREFIX}${name}`, text])
  return encodeSafetensors({
    tensors: {
      ...further,
      ...state,
      inputShift: { shape: [shift.length], data: shift },
      inputScale: { shape: [scale.length], data: scale },
    },
    metadata: { format: FORMAT, architecture: JSON.stringify(architecture), ...Object.fromEntries(noted) },
  })
}

/**
 * The network in a file that `encodeNetwork` made.
 * @param name what the file is called, for errors.
 * @throws UserError('usage') if it holds no such network, or only part of one.
 */
export function decodeNetwork(bytes: Uint8Array, name = 'weights'): SavedNetwork {
  const { tensors, metadata } = decodeSafetensors(bytes, name)
  if (metadata.format !== FORMAT || metadata.architecture === undefined) {
    throw new UserError('usage', `${name}: contains tensors but not a finesweep network (format ${FORMAT})`)
  }
  const architecture = parseArchitecture(metadata.architecture, name)
  checkState(architecture, tensors)
  const { inputShift, inputScale } = tensors
  if (inputShift?.data.length !== architecture.inputs || inputScale?.data.length !== architecture.inputs) {
    throw new UserError(
      'usage',
      `${name}: inputShift and inputScale need ${architecture.inputs} numbers each`,
    )
  }
  const notes = Object.entries(metadata)
    .filter(([key]) => key.startsWith(NOTE_PREFIX))
    .map(([key, text]) => [key.slice(NOTE_PREFIX.length), text])
  const own = new Set([...Object.keys(tensorShapes(architecture)), 'inputShift', 'inputScale'])
  return {
    architecture,
    state: Object.fromEntries(Object.keys(tensorShapes(architecture)).map((key) => [key, tensors[key]!])),
    further: Object.fromEntries(Object.entries(tensors).filter(([key]) => !own.has(key))),
    shift: Float32Array.from(inputShift.data),
    scale: Float32Array.from(inputScale.data),
    notes: Object.fromEntries(notes),
  }
}

function parseArchitecture(text: string, name: string): Architecture {
  try {
    const architecture = JSON.parse(text) as Architecture
    // Throws if a part is missing or of another type.
    if (Object.keys(tensorShapes(architecture)).length > 0) return architecture
  } catch {
    // The same sentence for broken text and for other JSON.
  }
  throw new UserError(
    'usage',
    `${name}: its architecture must be that of a network, got ${text.slice(0, 80)}`,
  )
}

/** A network that predicts, in the backend's memory; for `score`, `scoreInDetail` and `predict`. */
export function openNetwork(kernels: Kernels, saved: SavedNetwork, maxRows = 256): Network {
  const network = createNetwork(kernels, saved.architecture, maxRows, PREDICTING)
  writeNetwork(network, saved.state)
  return network
}
