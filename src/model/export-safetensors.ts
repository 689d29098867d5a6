import { NORM_EPSILON } from '../train/network.ts'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../train/safetensors.ts'
import type { KeptNetwork } from './kept-network.ts'

/**
 * A kept network as a safetensors file from which it can be rebuilt without this program: docs/models.md describes it.
 * To the tensors of the stored network come those of its preprocessing, to the metadata what they mean.
 * @param artifact the stored network
 */
export function exportSafetensors({ data, saved }: KeptNetwork, artifact: Uint8Array): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(artifact, 'the stored network')
  const { preprocessing, classes } = data.folds[0]!
  const { columns, fill, shift, scale, projection, biasTrick } = preprocessing
  const vector = (numbers: Float32Array | Float64Array): Tensor => ({
    shape: [numbers.length],
    data: numbers.slice(),
  })
  const added: Record<string, Tensor> = { readShift: vector(shift), readScale: vector(scale) }
  if (fill !== null) added.readFill = vector(fill)
  if (projection !== null) {
    added.pcaMean = vector(projection.mean)
    added.pcaScale = vector(projection.scale)
    added.pcaComponents = { shape: [columns, projection.k], data: projection.components.slice() }
  }
  return encodeSafetensors({
    tensors: { ...tensors, ...added },
    metadata: {
      ...metadata,
      activation: saved.architecture.activation,
      batchNorm: String(saved.architecture.batchNorm),
      batchNormEpsilon: String(NORM_EPSILON),
      maxout: 'column u * pieces + p of W is piece p of unit u',
      maxoutPieces: String(saved.architecture.maxoutPieces),
      preprocessing:
        'x = (x - readShift) * readScale; then x = ((x - pcaMean) @ pcaComponents) * pcaScale if there',
      biasTrick: biasTrick ? 'a column of ones is appended to the prepared inputs' : 'none',
      classes: JSON.stringify(classes),
      shape: JSON.stringify(data.shape),
      ...(data.layout === null ? {} : { columns: JSON.stringify(data.layout.names) }),
    },
  })
}
