import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CategoricalDistribution, ParamValue } from '../../src/space/distribution.ts'
import type { Direction } from '../../src/trial.ts'
import type { Problem } from './simulate.ts'

/** Trainings to look up instead of running them: a value for every point of a grid. */
export interface Table extends Problem {
  readonly name: string
  /** Row-major over the axes, little-endian in the file. */
  readonly values: Float32Array
}

interface TableDescription {
  readonly name: string
  readonly direction: Direction
  readonly axes: readonly {
    readonly name: string
    readonly values: readonly ParamValue[]
    readonly kind: 'ordered' | 'categorical'
  }[]
}

/**
 * The tables of a folder: NAME.json with `direction` and `axes` (`name`, `values`, `kind: ordered | categorical`),
 * NAME.f32 with the values. Throws if a file is not as long as its axes say.
 */
export function readTables(folder: string): Table[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && existsSync(join(folder, file.replace(/json$/, 'f32'))))
    .sort()
    .map((file) => readTable(folder, file.replace(/\.json$/, '')))
}

function readTable(folder: string, stem: string): Table {
  const { name, direction, axes } = JSON.parse(
    readFileSync(join(folder, `${stem}.json`), 'utf8'),
  ) as TableDescription
  const bytes = readFileSync(join(folder, `${stem}.f32`))
  const size = axes.reduce((product, axis) => product * axis.values.length, 1)
  if (bytes.length !== 4 * size) {
    throw new Error(`${stem}.f32: ${size} values expected, ${bytes.length / 4} found`)
  }
  const values = Float32Array.from({ length: size }, (_, i) => bytes.readFloatLE(4 * i))
  const parameters = Object.fromEntries(
    axes.map((axis): [string, CategoricalDistribution] => [
      axis.name,
      { kind: 'categorical', choices: axis.values, ordered: axis.kind === 'ordered' },
    ]),
  )
  return {
    name,
    direction,
    values,
    space: { parameters, conditions: {}, constraints: [] },
    measure(params) {
      let index = 0
      for (const axis of axes) index = index * axis.values.length + axis.values.indexOf(params[axis.name]!)
      return values[index]!
    },
  }
}

/**
 * The mean best value of n independent uniform draws, exactly: with the values from the best on, v_1 to v_N,
 * the sum over k of v_k (((N - k + 1) / N)^n - ((N - k) / N)^n).
 */
export function exactRandom({ values, direction }: Table, n: number): number {
  const sorted = Float64Array.from(values).sort()
  if (direction === 'maximize') sorted.reverse()
  const size = sorted.length
  let mean = 0
  for (let k = 0; k < size; k++)
    mean += sorted[k]! * (((size - k) / size) ** n - ((size - k - 1) / size) ** n)
  return mean
}
