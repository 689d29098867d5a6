import type { Inputs } from '../train/inputs.ts'
import { sharedFloats } from './data-set.ts'
import { kernelArithmetic } from './kernel-arithmetic.ts'
import { type PcaArithmetic, project } from './pca.ts'
import type { Preprocessing, Projection } from './prepared.ts'
import { appendIdentity, appendOnes } from './preprocess.ts'

type Values = Inputs['values']

/**
 * Does to new rows what was done to those that a network was trained on.
 * @param values (rows, columns) as read, columns as in `preprocessing`; not changed, and kept where nothing is rotated
 */
export function applyPreprocessing(
  preprocessing: Preprocessing,
  values: Values,
  arithmetic: PcaArithmetic = kernelArithmetic,
): Inputs {
  const { columns, projection, biasTrick } = preprocessing
  if (values.length % columns !== 0) {
    throw new RangeError(
      `applyPreprocessing: ${values.length} values are no whole rows of ${columns} columns`,
    )
  }
  if (projection === null)
    return scaledInputs(preprocessing, biasTrick ? appendOnes(values, columns) : values)
  const rows = Uint32Array.from({ length: values.length / columns }, (_, i) => i)
  return rotatedInputs(preprocessing, projection, values, rows, arithmetic)
}

/** Inputs that are only shifted and scaled; with the bias trick, `values` have their column of ones already. */
export function scaledInputs({ shift, scale, biasTrick }: Preprocessing, values: Values): Inputs {
  const scaling = biasTrick ? appendIdentity({ shift, scale }) : { shift, scale }
  return { values, columns: scaling.shift.length, ...scaling }
}

/** Inputs on their principal components, in new shared memory; only the given rows are filled in. */
export function rotatedInputs(
  { shift, scale, columns, biasTrick }: Preprocessing,
  projection: Projection,
  values: Values,
  rows: Uint32Array,
  arithmetic: PcaArithmetic,
  onProgress: (done: number) => void = () => {},
): Inputs {
  const { k } = projection
  const rotated = sharedFloats((values.length / columns) * k)
  project({ values, columns, shift, scale }, rows, projection, arithmetic, rotated, onProgress)
  const identity = { shift: sharedFloats(k), scale: sharedFloats(k).fill(1) }
  if (!biasTrick) return { values: rotated, columns: k, ...identity }
  return { values: appendOnes(rotated, k), columns: k + 1, ...appendIdentity(identity) }
}
