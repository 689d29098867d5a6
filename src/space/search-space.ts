import type { Distribution, ParamValue } from './distribution.ts'

/** A parameter that exists only where others have given values: `when: { optimizer: adam }`. */
export type Condition = Readonly<Record<string, ParamValue | readonly ParamValue[]>>

/** A rule between parameters, as written: `units2 <= units1`. */
export type Constraint = string

/** What is searched: plain data that crosses threads and goes into the store as JSON. */
export interface SearchSpace {
  /** By name, in the order of the file: the order is part of what a seed means. */
  readonly parameters: Readonly<Record<string, Distribution>>
  readonly conditions: Readonly<Record<string, Condition>>
  readonly constraints: readonly Constraint[]
}

/** The values that a condition accepts. */
export function valuesOf(wanted: ParamValue | readonly ParamValue[]): readonly ParamValue[] {
  return typeof wanted === 'object' && wanted !== null ? wanted : [wanted]
}
