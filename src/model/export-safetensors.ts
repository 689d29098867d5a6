import { encodeFit } from '../data/fitted-data.ts'
import { NORM_EPSILON } from '../train/network.ts'
import { decodeSafetensors, encodeSafetensors } from '../train/safetensors.ts'
import type { KeptNetwork } from './kept-network.ts'

/**
 * A kept network as a safetensors file from which it can be rebuilt without this program: docs/models.md describes it.
 * To the stored network comes metadata that says what its tensors mean.
 * @param artifact the stored network
 */
export function exportSafetensors({ data, saved }: KeptNetwork, artifact: Uint8Array): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(artifact, 'the stored network')
  const { classes, shape, layout, preprocessing } = data
  return encodeSafetensors({
    // A network of an earlier version was stored without those of its preprocessing.
    tensors: { ...tensors, ...encodeFit(data).tensors },
    metadata: {
      ...metadata,
      activation: saved.architecture.activation,
      batchNorm: String(saved.architecture.batchNorm),
      batchNormEpsilon: String(NORM_EPSILON),
      maxout: 'column u * pieces + p of W is piece p of unit u',
      maxoutPieces: String(saved.architecture.maxoutPieces),
      preprocessing:
        'x = (x - readShift) * readScale; then x = ((x - pcaMean) @ pcaComponents) * pcaScale if there',
      biasTrick: preprocessing.biasTrick ? 'a column of ones is appended to the prepared inputs' : 'none',
      classes: JSON.stringify(classes),
      shape: JSON.stringify(shape),
      ...(layout === null ? {} : { columns: JSON.stringify(layout.names) }),
    },
  })
}
