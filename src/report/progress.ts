import type { Distribution } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { TrialRecord } from '../trial.ts'
import { shortName } from './names.ts'
import { formatDuration, formatMetric, formatParam } from './numbers.ts'
import { epochRate, type ProgressState, timeLeftMs } from './progress-state.ts'
import { displayWidth, oneLine, padEnd, paint, type Span, truncate, truncateSpans } from './text.ts'

/** The window that a picture of a running study is drawn into. */
export interface ProgressWindow {
  /** No line is wider. */
  readonly width: number
  /** No picture is higher. */
  readonly rows: number
  readonly colour: boolean
}

/**
 * The lines that show a running study: where it is, the trials that run, and the best so far. Empty before a stage
 * has begun.
 */
export function renderProgress(state: ProgressState, now: number, window: ProgressWindow): string[] {
  if (state.study === null || state.stage === null) return []
  const lines = [headline(state, now, window.width), ...trialLines(state, window.rows - 1)]
  return lines.map((line) => paint(truncateSpans(line, window.width), window.colour))
}

/** One line for a finished trial, for logs: plain words that grep finds. */
export function renderTrialLine(state: ProgressState, trial: TrialRecord, now: number): string {
  const metric = state.study?.metric ?? 'value'
  const { stage, best } = state
  const value = trial.value === null ? '' : `, ${metric} ${formatMetric(metric, trial.value)}`
  const elsewhere = trial.host === null || trial.host === state.host ? '' : `, on ${oneLine(trial.host)}`
  return [
    `${oneLine(state.study?.name ?? '')} ${oneLine(stage?.record.name ?? '')} ${stage?.finished}/${stage?.record.trials}: ` +
      `trial ${trial.number} ${trial.state}${value}${elsewhere}`,
    ...(best === null ? [] : [`best ${best.number} with ${formatMetric(metric, best.value)}`]),
    ...(state.diverged > 0 ? [`${state.diverged} diverged`] : []),
    ...(state.failed > 0 ? [`${state.failed} failed`] : []),
    formatTimes(state, now),
  ].join('; ')
}

/** A piece of the headline; where room is short, those with the highest `rank` go first. */
interface HeadPiece {
  readonly rank: number
  readonly span: Span
}

function headline(state: ProgressState, now: number, width: number): Span[] {
  const { record, finished } = state.stage!
  const stages = Math.max(state.plans.length, record.index + 1)
  const epochs = `${record.epochs} ${record.epochs === 1 ? 'epoch' : 'epochs'}`
  const name = oneLine(record.name)
  const rate = epochRate(state, now)
  const pieces: HeadPiece[] = [
    {
      rank: 0,
      span: {
        text: truncate(oneLine(state.study!.name), Math.max(12, Math.floor(width / 4))),
        tone: 'strong',
      },
    },
    { rank: 3, span: `stage ${record.index + 1} of ${stages}, ${truncate(name, 20)} (${epochs})` },
    { rank: 0, span: `${finished}/${record.trials} trials` },
    { rank: 5, span: `${state.running.length} running` },
    ...(state.hosts.length > 1 ? [{ rank: 5, span: `${state.hosts.length} hosts` }] : []),
    ...(state.diverged > 0 ? [{ rank: 2, span: bad(`${state.diverged} diverged`) }] : []),
    ...(state.failed > 0 ? [{ rank: 2, span: bad(`${state.failed} failed`) }] : []),
    ...(rate === null ? [] : [{ rank: 4, span: formatRate(rate) }]),
    { rank: 1, span: formatTimes(state, now) },
  ]
  for (let highest = 5; highest >= 1 && lineWidth(pieces) > width; highest--) {
    const index = pieces.findLastIndex(({ rank }) => rank === highest)
    if (index >= 0) pieces.splice(index, 1)
    // Two of one rank go one after the other.
    if (index >= 0 && pieces.some(({ rank }) => rank === highest)) highest++
  }
  return pieces.flatMap(({ span }, i) => (i === 0 ? [span] : [' · ', span]))
}

function lineWidth(pieces: readonly HeadPiece[]): number {
  return pieces.reduce(
    (sum, { span }) => sum + 3 + displayWidth(typeof span === 'string' ? span : span.text),
    -3,
  )
}

/** `41 s, about 36 s left` */
function formatTimes(state: ProgressState, now: number): string {
  const left = timeLeftMs(state, now)
  const elapsed = formatElapsed(now - state.startedAt)
  return left === null ? elapsed : `${elapsed}, about ${formatElapsed(left)} left`
}

/** Whole seconds: tenths would flicker. */
function formatElapsed(ms: number): string {
  return ms < 9500 ? `${Math.round(ms / 1000)} s` : formatDuration(ms)
}

function formatRate(epochsPerSecond: number): string {
  if (epochsPerSecond >= 9.95) return `${Math.round(epochsPerSecond)} epochs/s`
  if (epochsPerSecond >= 0.95) return `${epochsPerSecond.toFixed(1)} epochs/s`
  const perMinute = epochsPerSecond * 60
  return `${perMinute.toFixed(perMinute < 9.95 ? 1 : 0)} epochs/min`
}

interface TrialLine {
  readonly label: string
  readonly epoch: string
  readonly value: string
  readonly params: Readonly<Record<string, unknown>>
  readonly isBest: boolean
}

/** The running trials and the best one below each other, in columns. */
function trialLines(state: ProgressState, rows: number): Span[][] {
  const metric = state.study!.metric
  const room = Math.max(0, rows - (state.best === null ? 0 : 1))
  const shown = state.running.slice(0, state.running.length > room ? Math.max(0, room - 1) : room)
  const lines: TrialLine[] = shown.map((trial) => ({
    label: `#${trial.number}`,
    epoch: `epoch ${Math.min(trial.step + 1, trial.epochs)}/${trial.epochs}`,
    value: formatMetric(metric, trial.value),
    params: trial.params,
    isBest: false,
  }))
  const hidden = state.running.length - shown.length
  const { best } = state
  if (best !== null) {
    lines.push({
      label: `best #${best.number}`,
      epoch: `epoch ${best.epochs}`,
      value: formatMetric(metric, best.value),
      params: best.params,
      isBest: true,
    })
  }
  const drawn = drawTrialLines(lines, metric, rootOf(state))
  if (hidden > 0 && room > 0) drawn.splice(shown.length, 0, [`  … and ${hidden} more running`])
  return drawn
}

function drawTrialLines(
  lines: readonly TrialLine[],
  metric: string,
  root: Readonly<Record<string, Distribution>>,
): Span[][] {
  const labelWidth = widest(lines.map(({ label }) => label))
  const epochWidth = widest(lines.map(({ epoch }) => epoch))
  const valueWidth = widest(lines.map(({ value }) => value))
  const names = [...new Set(lines.flatMap(({ params }) => Object.keys(params)))].filter(
    (name) => own(root, name)?.kind !== 'fixed',
  )
  const params = names.map((name) => {
    const texts = lines.map((line) => {
      const value = own(line.params, name) as never
      return value === undefined
        ? ''
        : `${oneLine(shortName(name))} ${oneLine(formatParam(value, own(root, name)))}`
    })
    return { texts, width: widest(texts) }
  })
  return lines.map(({ label, epoch, value, isBest }, i) => {
    const head = `  ${label.padStart(labelWidth)}  ${padEnd(epoch, epochWidth)}  `
    const measured = `${oneLine(metric)} ${padEnd(value, valueWidth)}`
    const tail = params.map(({ texts, width }) => padEnd(texts[i]!, width)).join('  ')
    return [head, isBest ? { text: measured, tone: 'good' } : measured, `  ${tail}`.trimEnd()]
  })
}

function rootOf({ study, stage }: ProgressState): Readonly<Record<string, Distribution>> {
  // The resolved experiment holds the root space; its ranges say how many digits of a value matter.
  const experiment = study?.experiment as { space?: { parameters?: Record<string, Distribution> } } | null
  return experiment?.space?.parameters ?? stage?.record.space.parameters ?? {}
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0)
}

function bad(text: string): Span {
  return { text, tone: 'bad' }
}
