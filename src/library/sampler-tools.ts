import { isRecord, wrongArgument } from '../arguments.ts'
import type { Stream } from '../random/stream.ts'
import * as search from '../search/admissible.ts'
import type { ProposalRequest } from '../search/sampler.ts'
import type { Distribution, Params, ParamValue } from '../space/distribution.ts'
import * as points from '../space/points.ts'
import type { SearchSpace } from '../space/search-space.ts'
import * as unitScale from '../space/unit-scale.ts'

/** What samplers of a program are made of, with their arguments looked at: finesweep's own call them by the thousand. */

/** The random numbers of the request's trial for a purpose: the same request and purpose give the same numbers. */
export function trialDraws(request: ProposalRequest, purpose: string): Stream {
  checkRequest('trialDraws', request)
  if (typeof purpose !== 'string')
    throw wrongArgument(
      'trialDraws',
      'purpose must be a string',
      purpose,
      "Write trialDraws(request, 'mine').",
    )
  return search.trialDraws(request, purpose)
}

/** Whether a point may be run: it satisfies the constraints and is not taken. */
export function isAdmissible(request: ProposalRequest, params: Params): boolean {
  checkRequest('isAdmissible', request)
  checkParams('isAdmissible', params)
  return search.isAdmissible(request, params)
}

/** The point if it may be run; else a uniform draw that may. */
export function admissible(request: ProposalRequest, params: Params): Params {
  checkRequest('admissible', request)
  checkParams('admissible', params)
  return search.admissible(request, params)
}

/**
 * A draw among the points that satisfy the constraints and are not taken, uniform unless these are rare; once all points
 * are taken, among those that satisfy the constraints. Throws UserError('usage') if none is found.
 */
export function drawAdmissible(request: ProposalRequest, draws: Stream): Params {
  checkRequest('drawAdmissible', request)
  if (typeof (draws as Partial<Stream> | null | undefined)?.next !== 'function') {
    const hint = "Write drawAdmissible(request, trialDraws(request, 'mine'))."
    throw wrongArgument('drawAdmissible', 'draws must be random numbers of trialDraws', draws, hint)
  }
  return search.drawAdmissible(request, draws)
}

/** The names of the parameters that vary, in the order of the space: the axes of its unit cube. */
export function axesOf(space: SearchSpace): string[] {
  checkSpace('axesOf', space)
  return points.axesOf(space)
}

/**
 * The point at a place of the unit cube: `unit` has a number in [0, 1) for each of `axesOf(space)`, in that order.
 * A parameter whose condition does not hold there is left out; its coordinate is ignored. Constraints are not looked at.
 */
export function paramsAt(space: SearchSpace, unit: ArrayLike<number>): Params {
  checkSpace('paramsAt', space)
  const axes = points.axesOf(space)
  const { length } = (unit ?? {}) as Partial<ArrayLike<number>>
  if (typeof unit !== 'object' || length !== axes.length)
    throw wrongArgument(
      'paramsAt',
      `unit must be a list of ${axes.length} numbers, one for each of axesOf(space)`,
      unit,
    )
  for (const [index, name] of axes.entries()) checkPlace('paramsAt', `unit[${index}] (${name})`, unit[index])
  return points.paramsAt(space, unit)
}

/**
 * The value at u in [0, 1): what a uniform draw becomes. Log ranges are uniform in the logarithm; ranges with a
 * step, ints and choices give each value its share of the interval. u outside [0, 1] gives the nearer end.
 */
export function fromUnit(distribution: Distribution, u: number): ParamValue {
  checkDistribution('fromUnit', distribution)
  checkPlace('fromUnit', 'u', u)
  return unitScale.fromUnit(distribution, u)
}

/**
 * Where a value lies: in [0, 1] inside the range, beyond it outside of the range (a number on a numeric axis only);
 * NaN for a choice that is not among them. A stepped value, an int on a linear axis or a choice lies in the middle
 * of its share; `fromUnit` gives the value back.
 */
export function toUnit(distribution: Distribution, value: ParamValue): number {
  checkDistribution('toUnit', distribution)
  const isRange = distribution.kind === 'float' || distribution.kind === 'int'
  if (isRange ? typeof value !== 'number' : !isParamValue(value)) {
    throw wrongArgument('toUnit', `value must be a ${isRange ? 'number' : 'value of a parameter'}`, value)
  }
  return unitScale.toUnit(distribution, value)
}

const KINDS: readonly unknown[] = ['float', 'int', 'categorical', 'fixed'] satisfies Distribution['kind'][]

function isParamValue(value: unknown): value is ParamValue {
  return value === null || ['number', 'string', 'boolean'].includes(typeof value)
}

function checkRequest(of: string, request: unknown): void {
  const { space, taken, history, pending, seed } = (request ?? {}) as Partial<ProposalRequest>
  const isRequest =
    isSpace(space) &&
    typeof taken?.has === 'function' &&
    Array.isArray(history) &&
    Array.isArray(pending) &&
    typeof seed === 'number'
  if (!isRequest)
    throw wrongArgument(of, 'request must be what propose is given', request, `Write ${of}(request, …).`)
}

function checkParams(of: string, params: unknown): void {
  if (!isRecord(params)) throw wrongArgument(of, 'params must be an object', params)
}

function checkSpace(of: string, space: unknown): void {
  if (!isSpace(space))
    throw wrongArgument(of, 'space must be a search space', space, `Write ${of}(request.space).`)
}

function isSpace(space: unknown): space is SearchSpace {
  const { parameters, conditions, constraints } = (space ?? {}) as Partial<SearchSpace>
  return isRecord(parameters) && isRecord(conditions) && Array.isArray(constraints)
}

function checkDistribution(of: string, distribution: unknown): void {
  if (KINDS.includes((distribution as Partial<Distribution> | null | undefined)?.kind)) return
  const hint = `Write ${of}(request.space.parameters.lr, …).`
  throw wrongArgument(of, 'distribution must be a parameter of a space', distribution, hint)
}

function checkPlace(of: string, name: string, place: unknown): void {
  if (typeof place !== 'number' || Number.isNaN(place))
    throw wrongArgument(of, `${name} must be a number`, place)
}
