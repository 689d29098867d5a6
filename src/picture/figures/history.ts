import { countOf, formatMetric } from '../../report/numbers.ts'
import { type Direction, isFinished } from '../../trial.ts'
import { mishapHeight, numberScale, valueAxis, valueScale, wholeAxis } from '../axis.ts'
import {
  type Box,
  dots,
  emptyFigure,
  type Figure,
  type Label,
  lines,
  type Mark,
  type Point,
  panel,
  stageRole,
} from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import {
  bestLegend,
  clampNotes,
  mishapLegend,
  noValueSentence,
  prunedNotes,
  shapeLegend,
  stageLegend,
  trialDots,
} from '../select.ts'
import { bestTrial, competitors, firstDrawn, isMishap, type PictureStudy, stageLabel } from '../study.ts'

export interface HistoryData {
  readonly study: PictureStudy
  readonly log: boolean
  /** Whether x is the epochs spent up to the end of a trial, else its number. */
  readonly byEpochs: boolean
  /** Each trial's place on x, in order of number. */
  readonly places: readonly number[]
  readonly values: readonly {
    readonly trial: number
    readonly stage: number
    readonly x: number
    readonly value: number
  }[]
  /** Each improvement of the best value so far. */
  readonly best: readonly { readonly x: number; readonly value: number }[]
  readonly mishaps: readonly { readonly trial: number; readonly x: number }[]
  readonly stages: readonly { readonly stage: number; readonly from: number; readonly to: number }[]
  /** The expected best of the first n draws of the first stage, for n = 1, 2, ...; null unless asked for. */
  readonly random: readonly number[] | null
}

export function historyData(study: PictureStudy, options: PictureOptions = {}): HistoryData {
  const byEpochs = options.epochs === true
  let spent = 0
  const places = study.trials.map(({ number, epochs }) => {
    spent += epochs
    return byEpochs ? spent : number
  })
  const placed = study.trials.map((trial, i) => ({ trial, x: places[i]! }))
  const values = placed.flatMap(({ trial, x }) =>
    trial.value === null || isMishap(trial)
      ? []
      : [{ trial: trial.number, stage: trial.stage, x, value: trial.value }],
  )
  const rivals = new Set(competitors(study.trials).map(({ number }) => number))
  return {
    study,
    byEpochs,
    places,
    values,
    log: options.log === true,
    best: bestSoFar(
      values.filter(({ trial }) => rivals.has(trial)),
      study.direction,
    ),
    mishaps: placed
      .filter(({ trial }) => isMishap(trial))
      .map(({ trial, x }) => ({ trial: trial.number, x })),
    stages: study.stages.flatMap(({ index }) => {
      const of = placed.filter(({ trial }) => trial.stage === index)
      const [first, last] = [of[0], of.at(-1)]
      return first === undefined ? [] : [{ stage: index, from: first.x, to: last!.x }]
    }),
    random: options.random === true ? randomBest(study) : null,
  }
}

/** Where the best value so far improves, in the order given. */
export function bestSoFar<T extends { readonly x: number; readonly value: number }>(
  values: readonly T[],
  direction: Direction,
): { readonly x: number; readonly value: number }[] {
  const better = (a: number, b: number): boolean => (direction === 'maximize' ? a > b : a < b)
  const steps: { x: number; value: number }[] = []
  for (const { x, value } of values) {
    const last = steps.at(-1)
    if (last === undefined || better(value, last.value)) steps.push({ x, value })
  }
  return steps
}

/**
 * The expected best of n values drawn without replacement, for n from 1 to all of them. Values that are missing count as
 * the worst one seen.
 */
export function expectedBest(values: readonly number[], missing: number, direction: Direction): number[] {
  const sorted = values.toSorted((a, b) => (direction === 'maximize' ? a - b : b - a))
  if (sorted.length === 0) return []
  const all = [...Array.from({ length: missing }, () => sorted[0]!), ...sorted]
  const total = all.length
  return all.map((_, index) => {
    const n = index + 1
    // The best of n is the i-th from below with probability C(i - 1, n - 1) / C(N, n): from the top down, each is the
    // one above times (i - n + 1) / i.
    let probability = n / total
    let sum = 0
    for (let i = total; i >= n; i--) {
      sum += probability * all[i - 1]!
      probability *= (i - n) / (i - 1)
    }
    return sum
  })
}

function randomBest(study: PictureStudy): number[] {
  const first = study.trials.filter(({ stage }) => stage === firstDrawn(study))
  const values = competitors(first).map(({ value }) => value!)
  const ended = first.filter(isFinished)
  return expectedBest(values, ended.length - values.length, study.direction)
}

const TITLE = 'Best value so far'

export function historyFigure(data: HistoryData): Figure {
  const { study, values, best, mishaps } = data
  const winner = bestTrial(study)
  if (winner === undefined && mishaps.length === 0) return emptyFigure(TITLE, noValueSentence(study))
  const last = data.places.at(-1) ?? 0
  const x = numberScale(data.byEpochs ? 0 : -0.5, last + (data.byEpochs ? 0 : 0.5))
  const y = valueScale(
    values.map(({ value }) => value),
    study.direction,
    data.log,
  )
  const at = (each: { readonly x: number; readonly value: number; readonly trial?: number }): Point => [
    x.unit(each.x),
    y.unit(each.value),
    each.trial ?? -1,
  ]
  const placed = new Map(values.map((each) => [each.trial, each]))
  const line = best.length === 0 ? [] : [...best, { x: last, value: best.at(-1)!.value }].map(at)
  const marks: Mark[] = [
    ...data.stages.flatMap((_, i) => stageBand(data, i, x.unit)),
    ...trialDots(
      study.stages,
      study.trials.filter((trial) => trial.value !== null && !isMishap(trial)),
      (trial) => at(placed.get(trial.number)!),
    ),
    dots(
      'bad',
      mishaps.map((each): Point => [x.unit(each.x), mishapHeight(study.direction), each.trial]),
      'cross',
    ),
    ...randomMarks(data, x.unit, y.unit),
    ...(line.length === 0 ? [] : [lines('winner', [line], { width: 2, steps: true })]),
    dots('winner', values.filter(({ trial }) => trial === winner?.number).map(at), 'large'),
  ]
  return {
    title: TITLE,
    summary:
      winner === undefined
        ? noValueSentence(study)
        : `${study.metric} ${formatMetric(study.metric, winner.value)} in trial ${winner.number} (${countOf(study.trials.length, 'trial')}).`,
    notes: notesOf(data, y.clamped),
    legend: [
      ...stageLegend(study.stages, 'dot'),
      ...bestLegend(study, 'line'),
      ...shapeLegend(study.trials),
      ...mishapLegend(study.trials),
      ...(data.random === null
        ? []
        : [{ role: 'muted', shape: 'dashed', text: 'random order, expected' } as const]),
    ],
    panels: [
      panel({
        x: wholeAxis(data.byEpochs ? 'epochs spent' : 'trial', x, 8),
        y: valueAxis(study.metric, y),
        marks,
        height: 220,
      }),
    ],
  }
}

function notesOf({ study, random }: HistoryData, clamped: number): string[] {
  const budgets = new Set(study.stages.map(({ epochs }) => epochs))
  return [
    ...(budgets.size > 1
      ? [
          'Stages have different epochs: a jump at a stage boundary can come from longer training as well as from a better range.',
        ]
      : []),
    ...prunedNotes(study.trials),
    ...clampNotes(clamped),
    ...(random === null
      ? []
      : [
          'The dashed line is the best value expected from the first stage in random order, with diverged trials counted as worst.',
        ]),
  ]
}

/** Every other stage lies on a light ground, with its name at the top. */
function stageBand({ study, stages }: HistoryData, i: number, unit: (x: number) => number): Mark[] {
  const { stage, to } = stages[i]!
  const from = i === 0 ? Number.NEGATIVE_INFINITY : (stages[i - 1]!.to + stages[i]!.from) / 2
  const next = stages[i + 1]
  const end = next === undefined ? Number.POSITIVE_INFINITY : (to + next.from) / 2
  const [left, right] = [i === 0 ? 0 : unit(from), next === undefined ? 1 : unit(end)]
  const band: Box = {
    kind: 'box',
    look: 'band',
    role: stageRole(stage),
    x: [left, right],
    y: [0, 1],
    title: '',
  }
  const text = stageLabel(study.stages[stage]!)
  // A stage of a few trials among thousands has no room for its name: the legend has it.
  const room = right - left
  const label: Label = { kind: 'label', x: left + 0.006, y: 1.025, text, anchor: 'start', tone: 'dim', room }
  return [band, label]
}

function randomMarks(
  { study, random, places }: HistoryData,
  x: (value: number) => number,
  y: (value: number) => number,
): Mark[] {
  if (random === null || random.length === 0) return []
  const start = study.trials.findIndex(({ stage }) => stage === firstDrawn(study))
  const line = random.map((value, i): Point => [x(places[start + i] ?? start + i), y(value), -1])
  return [lines('muted', [line], { dashed: true })]
}
