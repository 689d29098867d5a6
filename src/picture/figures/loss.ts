import { extent, max, min } from 'd3-array'
import { formatMetric } from '../../report/numbers.ts'
import { own } from '../../space/own.ts'
import { numberAxis, numberScale, wholeAxis } from '../axis.ts'
import {
  dots,
  emptyFigure,
  type Figure,
  type LegendEntry,
  lines,
  type Mark,
  type Panel,
  type Point,
  panel,
  type Role,
} from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import { noValueSentence } from '../select.ts'
import { bestTrial, type PictureStudy } from '../study.ts'

/** Lines that belong together, such as the losses of training and of validation. */
export interface LossGroup {
  readonly title: string
  readonly series: readonly {
    readonly metric: string
    readonly part: 'train' | 'valid' | 'other'
    readonly points: readonly (readonly [step: number, value: number])[]
  }[]
}

export interface LossData {
  readonly study: PictureStudy
  /** The trial that is shown; null if there is none to show. */
  readonly trial: number | null
  readonly groups: readonly LossGroup[]
  /** The epoch of the best value; null if the value is not of one of its epochs. */
  readonly bestStep: number | null
  /** True if `trainLoss` contains the regularisation. */
  readonly regularised: boolean
  readonly log: boolean
}

export function lossData(study: PictureStudy, options: PictureOptions = {}): LossData {
  const trial = options.trial ?? bestTrial(study)?.number ?? null
  const record = study.trials.find(({ number }) => number === trial)
  const curve = study.curves.find((each) => each.trial === trial)
  const empty = { study, trial, groups: [], bestStep: null, regularised: false, log: options.log === true }
  if (curve === undefined || record === undefined) return empty
  const reg = record.params.reg ?? study.stages[0]?.space.parameters.reg
  const regularised = reg !== undefined && reg !== 0 && curve.metrics.trainLoss !== undefined
  const series = (metric: string, values: readonly (number | null)[]) => ({
    metric,
    part: /^train/.test(metric)
      ? ('train' as const)
      : /^valid/.test(metric)
        ? ('valid' as const)
        : ('other' as const),
    points: curve.steps.flatMap((step, i): [number, number][] => {
      const value = values[i]
      return value === null || value === undefined ? [] : [[step, value]]
    }),
  })
  // The loss of the data alone is comparable with the validation loss; the one with the penalty is not.
  const skipped = regularised && curve.metrics.trainDataLoss !== undefined ? 'trainLoss' : 'trainDataLoss'
  const named = Object.entries(curve.metrics).filter(([name]) => name !== skipped)
  const all = named.some(([name]) => name === study.metric)
    ? named
    : [[study.metric, curve.values] as const, ...named]
  const wanted = (word: RegExp) =>
    all.filter(([name]) => word.test(name)).map(([name, values]) => series(name, values))
  const groups = [
    { title: 'loss', series: wanted(/loss/i) },
    { title: 'accuracy', series: wanted(/accuracy/i) },
  ].filter((group) => group.series.some(({ points }) => points.length > 0))
  const ranked = all
    .filter(([name]) => name === study.metric && !/loss|accuracy/i.test(name))
    .map(([name, values]) => series(name, values))
  return {
    ...empty,
    groups: ranked.length > 0 ? [{ title: study.metric, series: ranked }, ...groups] : groups,
    bestStep: bestStepOf(curve.steps, own(curve.metrics, study.metric) ?? curve.values, study.direction),
    regularised: regularised && skipped === 'trainDataLoss',
  }
}

function bestStepOf(
  steps: readonly number[],
  values: readonly (number | null)[],
  direction: PictureStudy['direction'],
): number | null {
  let best: number | null = null
  values.forEach((value, i) => {
    if (value === null) return
    const known = best === null ? null : values[best]!
    if (known === null || (direction === 'maximize' ? value > known : value < known)) best = i
  })
  return best === null ? null : steps[best]!
}

const TITLE = 'Loss history'

const PARTS: Readonly<Record<'train' | 'valid' | 'other', Role>> = {
  train: 's1',
  valid: 'winner',
  other: 's0',
}

export function lossFigure(data: LossData): Figure {
  const { study, trial, groups, bestStep } = data
  if (trial === null) return emptyFigure(TITLE, noValueSentence(study))
  if (groups.length === 0)
    return emptyFigure(TITLE, `Trial ${trial} measured nothing that can be drawn by epoch.`)
  const isLog =
    data.log || groups[0]!.series.some(({ points }) => ratio(points.map(([, value]) => value)) > 100)
  const parts = new Set(groups.flatMap(({ series }) => series.map(({ part }) => part)))
  const others = [
    ...new Set(
      groups.flatMap(({ series }) =>
        series.filter(({ part }) => part === 'other').map(({ metric }) => metric),
      ),
    ),
  ]
  const legend = (['train', 'valid', 'other'] as const)
    .filter((part) => parts.has(part))
    .map((part): LegendEntry => {
      const text = { train: 'training', valid: 'validation', other: others.join(', ') }[part]
      return { role: PARTS[part], shape: part === 'train' ? 'dashed' : 'line', text }
    })
  return {
    title: `${TITLE} of trial ${trial}`,
    summary: summaryOf(data),
    notes: [
      'Each point is the mean of one epoch: losses of single steps are not stored.',
      ...(data.regularised ? ['The training loss contains the regularisation.'] : []),
    ],
    legend: [
      ...legend,
      ...(bestStep === null
        ? []
        : [{ role: 'muted', shape: 'dashed', text: `best epoch: ${bestStep}` } as const]),
    ],
    panels: groups.map((group) => groupPanel(group, bestStep, isLog && group === groups[0])),
  }
}

function ratio(values: readonly number[]): number {
  const positive = values.filter((value) => value > 0)
  return positive.length < values.length || positive.length === 0 ? 1 : max(positive)! / min(positive)!
}

function groupPanel({ title, series }: LossGroup, bestStep: number | null, log: boolean): Panel {
  const steps = series.flatMap(({ points }) => points.map(([step]) => step))
  const values = series.flatMap(({ points }) => points.map(([, value]) => value))
  const [low, high] = extent(values) as [number, number]
  const slack = (high - low) * 0.05
  const y = log && low > 0 ? numberScale(low, high, true) : numberScale(low - slack, high + slack)
  const last = max(steps)!
  const x = numberScale(Math.min(1, last - 1), last)
  const marks: Mark[] = [
    ...(bestStep === null
      ? []
      : [
          lines('muted', [[[x.unit(bestStep), 0, -1] as Point, [x.unit(bestStep), 1, -1] as Point]], {
            width: 1,
            dashed: true,
          }),
        ]),
    ...series.map(({ part, points }) => {
      const places = points.map(([step, value]): Point => [x.unit(step), y.unit(value), -1])
      // A line of one point would not be seen.
      if (places.length === 1) return dots(PARTS[part], places)
      return lines(PARTS[part], [places], { width: 2, dashed: part === 'train' })
    }),
  ]
  return panel({ x: wholeAxis('epoch', x, 5), y: numberAxis(title, y), marks, span: 'part', height: 170 })
}

function summaryOf({ groups }: LossData): string {
  const ends = groups
    .flatMap(({ series }) => series)
    .filter(({ points }) => points.length > 0)
    .map(({ metric, points }) => `${metric} ${formatMetric(metric, points.at(-1)![1])}`)
  return `In the last epoch: ${ends.join(', ')}.`
}
