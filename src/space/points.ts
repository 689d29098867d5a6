import { constraintHolds, type Expression, parseConstraint } from './constraint.ts'
import type { Params, ParamValue } from './distribution.ts'
import { own } from './own.ts'
import { type Condition, type SearchSpace, valuesOf } from './search-space.ts'
import { countValues, fromUnit, valueAt } from './unit-scale.ts'
import { violation } from './violation.ts'

/** What is worked out once for a space: it is plain, frozen data, so its identity stands for its contents. */
interface Prepared {
  /** All names, parents before those whose condition asks for them. */
  readonly order: readonly string[]
  readonly constraints: readonly Expression[]
}

const prepared = new WeakMap<SearchSpace, Prepared>()

function prepare(space: SearchSpace): Prepared {
  let found = prepared.get(space)
  if (found === undefined) {
    found = {
      order: parentsFirst(space),
      constraints: space.constraints.map((rule) => parseConstraint(rule)),
    }
    prepared.set(space, found)
  }
  return found
}

function parentsFirst(space: SearchSpace): string[] {
  const order: string[] = []
  const visit = (name: string): void => {
    if (order.includes(name)) return
    for (const parent of Object.keys(own(space.conditions, name) ?? {})) visit(parent)
    order.push(name)
  }
  for (const name of Object.keys(space.parameters)) visit(name)
  return order
}

/** The names of the parameters that vary, in the order of the space: the axes of its unit cube. */
export function axesOf(space: SearchSpace): string[] {
  return Object.keys(space.parameters).filter((name) => space.parameters[name]?.kind !== 'fixed')
}

/**
 * The point at a place of the unit cube: `unit` has a number in [0, 1) for each of `axesOf(space)`, in that order.
 * A parameter whose condition does not hold there is left out; its coordinate is ignored. Constraints are not looked at.
 */
export function paramsAt(space: SearchSpace, unit: ArrayLike<number>): Params {
  const values: Record<string, ParamValue> = {}
  let axis = 0
  for (const [name, distribution] of Object.entries(space.parameters)) {
    values[name] =
      distribution.kind === 'fixed' ? distribution.value : fromUnit(distribution, unit[axis++] ?? 0)
  }
  return withoutInactive(space, values)
}

/** A point drawn uniformly from the unit cube: one draw for each axis, active or not. Constraints are not looked at. */
export function sampleUniform(space: SearchSpace, draws: { next(): number }): Params {
  return paramsAt(
    space,
    axesOf(space).map(() => draws.next()),
  )
}

/** Drops the values of parameters whose conditions do not hold; keeps the order of the space. */
export function withoutInactive(space: SearchSpace, values: Params): Params {
  if (Object.keys(space.conditions).length === 0) return values
  const active = activeNames(space, values)
  return Object.fromEntries(Object.entries(values).filter(([name]) => active.has(name)))
}

/** The names of the parameters that exist where the others have these values. */
export function activeNames(space: SearchSpace, values: Params): ReadonlySet<string> {
  const active = new Set<string>()
  for (const name of prepare(space).order) {
    if (conditionHolds(own(space.conditions, name), values, active)) active.add(name)
  }
  return active
}

function conditionHolds(
  condition: Condition | undefined,
  values: Params,
  active: ReadonlySet<string>,
): boolean {
  for (const [parent, wanted] of Object.entries(condition ?? {})) {
    const value = own(values, parent)
    if (!active.has(parent) || value === undefined || !valuesOf(wanted).includes(value)) return false
  }
  return true
}

/** Whether all rules between parameters hold. */
export function constraintsHold(space: SearchSpace, params: Params): boolean {
  return prepare(space).constraints.every((constraint) => constraintHolds(constraint, params))
}

/** How far a point is from satisfying all rules: 0 exactly if they hold. */
export function totalViolation(space: SearchSpace, params: Params): number {
  return prepare(space).constraints.reduce((sum, constraint) => sum + violation(constraint, params), 0)
}

/** A text that two points share exactly if they are the same, whatever the order of their names. */
export function pointKey(params: Params): string {
  return JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * How many points a space has at most: the product over its parameters, Infinity if one is continuous.
 * Conditions and constraints make it fewer; `allPoints` counts those.
 */
export function countPointsAtMost(space: SearchSpace): number {
  return Object.values(space.parameters).reduce((count, distribution) => count * countValues(distribution), 1)
}

/** Whether uniform draws never give a point twice: a continuous parameter always exists. */
export function neverRepeats(space: SearchSpace): boolean {
  if (Number.isFinite(countPointsAtMost(space))) return false
  return Object.entries(space.parameters).some(
    ([name, distribution]) =>
      distribution.kind === 'float' && distribution.step === null && !Object.hasOwn(space.conditions, name),
  )
}

const enumerated = new WeakMap<SearchSpace, readonly Params[]>()

/**
 * All distinct points that satisfy the constraints, in a fixed order; null if there may be more than `most`.
 * Worked out once for a space.
 */
export function allPoints(space: SearchSpace, most: number): readonly Params[] | null {
  if (countPointsAtMost(space) > most) return null
  let points = enumerated.get(space)
  if (points === undefined) {
    points = enumerate(space)
    enumerated.set(space, points)
  }
  return points
}

function enumerate(space: SearchSpace): Params[] {
  const points = new Map<string, Params>()
  const values: Record<string, ParamValue> = {}
  const entries = Object.entries(space.parameters)
  const fill = (depth: number): void => {
    const entry = entries[depth]
    if (entry === undefined) {
      const params = withoutInactive(space, { ...values })
      if (constraintsHold(space, params)) points.set(pointKey(params), params)
      return
    }
    const [name, distribution] = entry
    const count = countValues(distribution)
    for (let index = 0; index < count; index++) {
      values[name] = valueAt(distribution, index)
      fill(depth + 1)
    }
  }
  fill(0)
  return [...points.values()]
}
