import type { Inputs } from '../train/inputs.ts'
import { sharedFloats, type Values } from './data-set.ts'
import { fillGaps } from './fill-gaps.ts'
import { kernelArithmetic } from './kernel-arithmetic.ts'
import { type PcaArithmetic, project } from './pca.ts'
import type { Preprocessing, Projection } from './prepared.ts'
import { appendIdentity, appendOnes } from './preprocess.ts'

/**
 * Does to new rows what was done to those that a network was trained on.
 * @param values (rows, columns) as read, columns as in `preprocessing`; not changed, and kept where bytes or float32
 * are not rotated
 */
export function applyPreprocessing(
  preprocessing: Preprocessing,
  values: Values,
  arithmetic: PcaArithmetic = kernelArithmetic,
): Inputs {
  const { columns, projection, biasTrick } = preprocessing
  if (values.length % columns !== 0) {
    throw new RangeError(
      `applyPreprocessing: ${values.length} values cannot be split into rows of ${columns} columns`,
    )
  }
  const scaled = scaleRows(preprocessing, values)
  if (projection === null) return biasTrick ? withOnes(scaled) : scaled
  const rows = Uint32Array.from({ length: values.length / columns }, (_, i) => i)
  return rotateRows(scaled, projection, biasTrick, rows, arithmetic)
}

/**
 * Rows shifted and scaled. Of bytes and float32 the kernels do it, to a batch at a time; float64 is shifted and scaled
 * here, gaps filled, and only then rounded to float32: columns of large numbers that differ little keep what they say.
 * What the scaling was fitted on decides for all rows: those of a network that learned from bytes are rounded first.
 */
export function scaleRows({ columns, shift, scale, fill }: Preprocessing, values: Values): Inputs {
  if (shift instanceof Float32Array && scale instanceof Float32Array) {
    return { values: values instanceof Float64Array ? rounded(values, fill) : values, columns, shift, scale }
  }
  const scaled = sharedFloats(values.length)
  for (let i = 0; i < values.length; i++) {
    const c = i % columns
    const value = values[i]!
    scaled[i] = ((Number.isNaN(value) && fill !== null ? fill[c]! : value) - shift[c]!) * scale[c]!
  }
  return { values: scaled, columns, ...identityScaling(columns) }
}

/** The same rows with a column of ones behind the others, which nothing shifts or scales. */
export function withOnes({ values, columns, shift, scale }: Inputs): Inputs {
  return { values: appendOnes(values, columns), columns: columns + 1, ...appendIdentity({ shift, scale }) }
}

/** Scaled rows on their principal components, in new shared memory; only the given rows are filled in. */
export function rotateRows(
  scaled: Inputs,
  projection: Projection,
  biasTrick: boolean,
  rows: Uint32Array,
  arithmetic: PcaArithmetic,
  onProgress: (done: number) => void = () => {},
): Inputs {
  const { k } = projection
  const rotated = sharedFloats((scaled.values.length / scaled.columns) * k)
  project(scaled, rows, projection, arithmetic, rotated, onProgress)
  const inputs = { values: rotated, columns: k, ...identityScaling(k) }
  return biasTrick ? withOnes(inputs) : inputs
}

function rounded(values: Float64Array, fill: Float64Array | null): Float32Array {
  const floats = sharedFloats(values.length)
  floats.set(fill === null ? values : fillGaps(values, fill))
  return floats
}

function identityScaling(columns: number): Pick<Inputs, 'shift' | 'scale'> {
  return { shift: sharedFloats(columns), scale: sharedFloats(columns).fill(1) }
}
