import type { Edge, NarrowReason, NarrowRemark, ParameterDecision } from '../search/narrow-decision.ts'
import type { Distribution } from '../space/distribution.ts'
import { decimalUnit, rounded, roundedTo } from '../space/rounded.ts'
import { logEnds } from '../space/unit-scale.ts'
import { formatBound, formatParam } from './numbers.ts'

/**
 * Why a parameter's range is what it is, in one clause without its name and ranges:
 * "best 1.4e-5 lies at the lower edge: moved 1.7 decades below it".
 */
export function decisionClause({ action, before, reason, remarks }: ParameterDecision): string {
  return [
    reasonClause(action, before, reason),
    ...remarks.map((remark) => remarkClause(before, remark)),
  ].join('; ')
}

/** A decision's parameter as a document for machines has it: the code, its figures, and the clause for people. */
export function decisionJson(decision: ParameterDecision) {
  const { reason, remarks, ...rest } = decision
  return { ...rest, reason: decisionClause(decision), because: reason, remarks }
}

type MissingReason = Extract<NarrowReason, { readonly code: 'choices-missing' | 'choices-back' }>

function reasonClause(
  action: ParameterDecision['action'],
  before: Distribution,
  reason: NarrowReason,
): string {
  switch (reason.code) {
    case 'too-few-values':
      return `only ${reason.withValue} of ${reason.trials} trials have a value: too few to tell`
    case 'too-few-elite':
      return `${['none', 'only one'][reason.elite] ?? `only ${reason.elite}`} of the best trials ${reason.elite < 2 ? 'has' : 'have'} it: too few to tell`
    case 'keeps-all':
      return `keep is 1: all ${reason.trials} trials count as the best`
    case 'tied':
      return `${reason.tied} of ${reason.trials} trials tie at the cut-off for the best: no evidence`
    case 'flat':
      return 'its effect is too small to measure'
    case 'no-trend':
      return `the best trials are distributed like all trials (p = ${figure(reason.pValue)})`
    case 'ends-untested':
      return 'not enough trials beyond the best ones to justify cutting either end'
    case 'concentrated':
      return shareClause(before, reason.share)
    case 'past-edge': {
      const { edge, best, bestAtEdge, reach } = reason
      const where = bestAtEdge
        ? `best ${formatParam(best, before)} lies at the ${edge} edge`
        : `values improve right up to the ${edge} edge (best at ${formatParam(best, before)})`
      return `${where}: ${action} ${reachText(reach)} ${beyond(edge)} it`
    }
    case 'elite-outside':
      return `one of the best trials, drawn from the whole range, lies outside this one: extended to ${formatParam(reason.outermost, before)}`
    case 'choices-present':
      return `no choice is missing from the best trials by more than chance (p = ${figure(reason.pValue)})`
    case 'choices-missing':
      return missingClause(reason)
    case 'choices-back': {
      const back = `${reason.back.map(String).join(' and ')} restored: some of the best trials, drawn from the whole range, use ${reason.back.length === 1 ? 'it' : 'them'}`
      return reason.missing.length === 0 ? back : `${back}; ${missingClause(reason)}`
    }
    case 'sentence':
      return reason.text
  }
}

function missingClause({ elite, of = elite, missing, pValue }: MissingReason): string {
  const them = missing.map(String).join(' or ')
  const chance = `(p = ${figure(pValue)})`
  if (elite === of) return `none of the best ${elite} trials uses ${them} ${chance}`
  return `${elite} of the best ${of} trials have the parameter, and none of them uses ${them} ${chance}`
}

function remarkClause(before: Distribution, remark: NarrowRemark): string {
  switch (remark.code) {
    case 'diverged-side': {
      const { count, side, from } = remark
      return `all ${count} diverged trials lie ${borderText(before, side, from)}`
    }
    case 'hard-bound':
      return `${remark.bestAtEdge ? 'the best lies at' : 'values improve right up to'} the ${remark.edge} edge, a hard bound`
    case 'drift':
      return driftClause(remark)
  }
}

/** `above 0.31`: rounded outwards to what tells on the range, so that it is true; the value itself where it is one of few. */
function borderText(range: Distribution, side: 'above' | 'below', from: number): string {
  const outwards = side === 'above' ? -1 : 1
  const border = roundedOn(range, from, outwards)
  const isPast = side === 'above' ? from > border : from < border
  return `${isPast ? side : `at or ${side}`} ${formatBound(border, 15)}`
}

function roundedOn(range: Distribution, value: number, side: 1 | -1): number {
  if (range.kind === 'int') return value
  if (range.kind !== 'float' || range.log) return rounded(value, 2, side)
  if (range.step !== null) return value
  const width = Math.min(range.high - range.low, Number.MAX_VALUE)
  return roundedTo(value, decimalUnit(width), side)
}

function driftClause(remark: NarrowRemark & { readonly code: 'drift' }): string {
  const { side, moved, fromEpoch, toEpoch } = remark
  return `the ${side} side is not cut: the best moved ${Math.round(moved * 100)} % of the range towards it from epoch ${fromEpoch} to ${toEpoch}`
}

function beyond(edge: Edge): string {
  return edge === 'lower' ? 'below' : 'above'
}

function reachText({
  unit,
  amount,
}: {
  readonly unit: 'decades' | 'widths'
  readonly amount: number
}): string {
  const size = figure(amount)
  if (unit === 'widths') return `${size} of its width`
  return `${size} decade${size === '1' ? '' : 's'}`
}

/** How much of a range is left, `share` of its axis: in decades on a log axis. */
function shareClause(before: Distribution, share: number): string {
  if ((before.kind !== 'float' && before.kind !== 'int') || !before.log) {
    return `narrowed to ${Math.round(share * 100)} % of the range`
  }
  const [start, end] = logEnds(before)
  const decades = (end - start) / Math.LN10
  return `narrowed to ${figure(share * decades)} of ${figure(decades)} decades`
}

/** Two significant digits, with an exponent where it is shorter to read. */
function figure(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e')
  }
  return String(Number(value.toPrecision(2)))
}
