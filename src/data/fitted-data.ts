import type { TargetScaling } from '../train/inputs.ts'
import type { InputLayout } from './data-set.ts'
import type { PreparedData, Preprocessing, Projection } from './prepared.ts'
import { inputNames } from './table/encode-inputs.ts'
import type { LevelGroup, TableReading } from './table/reading.ts'

/** What rows of a data set mean to a network that was trained on some of them, without the rows themselves. */
export interface FittedData {
  /** What one row is as read, e.g. [32, 32, 3]. */
  readonly shape: readonly number[]
  /** What was done to the inputs, in words. */
  readonly steps: readonly string[]
  /** What the columns are, where they come from a table; null for arrays and images. */
  readonly layout: InputLayout | null
  readonly preprocessing: Preprocessing
  /** The name of the target alone, where a number is predicted. */
  readonly classes: readonly string[]
  /** Mean and deviation of the training rows' targets; absent for classes. */
  readonly target?: TargetScaling
}

/** The fit of the first fold, whose network a trial keeps. */
export function fittedData({ shape, steps, layout, folds }: PreparedData): FittedData {
  const { preprocessing, classes, target } = folds[0]!
  return { shape, steps, layout, preprocessing, classes, ...(target === undefined ? {} : { target }) }
}

/** Numbers by their shape, row-major. */
interface ShapedNumbers {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** The same as numbers and texts by name, to be kept with a network. */
export interface EncodedFit {
  /** `readShift`, `readScale`, `readFill`; with principal components `pcaMean`, `pcaComponents`, `pcaScale`. */
  readonly tensors: Readonly<Record<string, ShapedNumbers>>
  readonly notes: Readonly<Record<string, string>>
}

export function encodeFit({ shape, steps, layout, preprocessing, classes, target }: FittedData): EncodedFit {
  const { columns, fill, shift, scale, projection, biasTrick } = preprocessing
  const vector = (data: Float32Array | Float64Array): ShapedNumbers => ({ shape: [data.length], data })
  const rotation: Record<string, ShapedNumbers> =
    projection === null
      ? {}
      : {
          pcaMean: vector(projection.mean),
          pcaScale: vector(projection.scale),
          pcaComponents: { shape: [columns, projection.k], data: projection.components },
        }
  return {
    tensors: {
      readShift: vector(shift),
      readScale: vector(scale),
      ...(fill === null ? {} : { readFill: vector(fill) }),
      ...rotation,
    },
    notes: {
      classes: JSON.stringify(classes),
      shape: JSON.stringify(shape),
      steps: JSON.stringify(steps),
      biasTrick: String(biasTrick),
      ...(layout === null
        ? {}
        : { inputs: JSON.stringify(layout.names), reading: JSON.stringify(layout.reading) }),
      ...(target === undefined
        ? {}
        : { targetMean: String(target.mean), targetDeviation: String(target.deviation) }),
    },
  }
}

/** The fit that was kept with a network; null for a network of an earlier version, which kept only parts of it. */
export function decodeFit({ tensors, notes }: EncodedFit): FittedData | null {
  const { readShift: shift, readScale: scale, readFill: fill } = tensors
  if (shift === undefined || scale === undefined || notes.shape === undefined) return null
  const { classes, steps, inputs, reading, targetMean, targetDeviation } = notes
  return {
    shape: JSON.parse(notes.shape),
    steps: JSON.parse(steps!),
    layout: inputs === undefined ? null : layoutOf(JSON.parse(inputs), JSON.parse(reading!)),
    preprocessing: {
      columns: shift.data.length,
      fill: fill === undefined ? null : (fill.data as Float64Array),
      shift: shift.data,
      scale: scale.data,
      projection: projectionOf(tensors),
      biasTrick: notes.biasTrick === 'true',
    },
    classes: JSON.parse(classes!),
    ...(targetMean === undefined
      ? {}
      : { target: { mean: Number(targetMean), deviation: Number(targetDeviation) } }),
  }
}

function projectionOf({ pcaMean, pcaComponents, pcaScale }: EncodedFit['tensors']): Projection | null {
  if (pcaMean === undefined || pcaComponents === undefined || pcaScale === undefined) return null
  return {
    mean: pcaMean.data as Float32Array,
    components: pcaComponents.data as Float32Array,
    scale: pcaScale.data as Float32Array,
    k: pcaComponents.shape[1]!,
  }
}

function layoutOf(names: readonly string[], reading: TableReading): InputLayout {
  const groups: LevelGroup[] = []
  let first = 0
  for (const input of reading.inputs) {
    if (input.levels !== null && !input.ordered) groups.push({ first, count: input.levels.length })
    first += inputNames(input).length
  }
  return { names, groups, reading }
}
