import type { NarrowDecision, ParameterDecision } from '../search/narrow-decision.ts'
import { shortName } from './names.ts'
import { decisionClause, decisionJson } from './narrow-words.ts'
import { countOf, formatDistribution, formatDuration, formatPercent } from './numbers.ts'
import { displayWidth, oneLine, padEnd, type Span, truncate, wrap } from './text.ts'

/** What a stage came to, for the sentence that ends it. */
export interface StageTotals {
  readonly name: string
  readonly trials: number
  /** Null where an earlier process ran a part of them. */
  readonly epochs: number | null
  readonly durationMs: number | null
  readonly diverged: number
  readonly failed: number
}

/** `coarse done: 64 trials, 64 epochs, 23 s, 9 diverged.` */
export function stageTotalsLine(totals: StageTotals): Span[] {
  const { name, trials, epochs, durationMs, diverged, failed } = totals
  const time = durationMs === null ? '' : `, ${formatDuration(durationMs)}`
  return [
    `${oneLine(name)} done: ${countOf(trials, 'trial')}${epochs === null ? '' : `, ${countOf(epochs, 'epoch')}`}${time}`,
    ...(diverged > 0 ? [', ', { text: `${diverged} diverged`, tone: 'bad' } as const] : []),
    ...(failed > 0 ? [', ', { text: `${failed} failed`, tone: 'bad' } as const] : []),
    '.',
  ]
}

/** `Narrowing to the best 20 % (13 trials):` */
export function narrowingHeadline(decision: NarrowDecision): string {
  const best = countOf(decision.elite.length, 'trial')
  return `Narrowing to the best ${formatPercent(decision.keep)} (${best}):`
}

/**
 * One line for each parameter that was searched: its range before and after, and why. A reason that does not fit goes
 * on below itself. No line is wider than `width`, as long as that leaves a reason 30 columns.
 */
export function narrowingLines(decision: NarrowDecision, width: number): Span[][] {
  const shown = decision.parameters.filter(({ before }) => before.kind !== 'fixed')
  const names = shown.map(({ name }) => truncate(oneLine(shortName(name)), 24))
  const before = shown.map((parameter) => truncate(formatDistribution(parameter.before), 32))
  const after = shown.map((parameter) => truncate(afterOf(parameter), 35))
  const [nameWidth, beforeWidth, afterWidth] = [names, before, after].map((texts) =>
    Math.max(0, ...texts.map(displayWidth)),
  ) as [number, number, number]
  const indent = 2 + nameWidth + 2 + beforeWidth + 1 + afterWidth + 2
  const beside = width - indent >= 30
  return shown.flatMap((parameter, i) => {
    const ranges: Span[] = [
      `  ${padEnd(names[i]!, nameWidth)}  ${padEnd(before[i]!, beforeWidth)} `,
      toned(padEnd(after[i]!, beside ? afterWidth : 0), parameter),
    ]
    const reason = wrap(oneLine(decisionClause(parameter)), Math.max(30, width - (beside ? indent : 6)))
    if (!beside) return [ranges, ...reason.map((line): Span[] => [`      ${line}`])]
    const [first = '', ...rest] = reason
    return [[...ranges, `  ${first}`], ...rest.map((line): Span[] => [' '.repeat(indent) + line])]
  })
}

/** A decision as documents for machines have it. */
export function narrowingJson(decision: NarrowDecision | null) {
  if (decision === null) return null
  return { ...decision, parameters: decision.parameters.map(decisionJson) }
}

function afterOf({ action, after }: ParameterDecision): string {
  return action === 'kept' ? 'kept' : `-> ${formatDistribution(after)}`
}

/** A range that left its edge deserves a second look. */
function toned(text: string, { action }: ParameterDecision): Span {
  if (action === 'moved' || action === 'extended') return { text, tone: 'warning' }
  return action === 'kept' ? { text, tone: 'dim' } : text
}
