import { countOf, formatMetric } from '../../report/numbers.ts'
import { own } from '../../space/own.ts'
import { numberAxis, numberScale, valueScale, wholeAxis } from '../axis.ts'
import {
  dots,
  emptyFigure,
  type Figure,
  type Label,
  type LegendEntry,
  lines,
  type Mark,
  type Point,
  panel,
  stageRole,
} from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import { choiceNotes, clampNotes, stageLegend } from '../select.ts'
import {
  bestTrial,
  type Curve,
  curveTrials,
  isMishap,
  type PictureStudy,
  type PictureTrial,
  ranking,
} from '../study.ts'

/** One trial's line. */
export interface DrawnCurve {
  readonly trial: number
  readonly stage: number
  /** Whether a rung ended it. */
  readonly pruned: boolean
  readonly points: readonly (readonly [step: number, value: number])[]
}

export interface CurvesData {
  readonly study: PictureStudy
  readonly metric: string
  readonly log: boolean
  /** Worst first, so that the best lie on top. */
  readonly curves: readonly DrawnCurve[]
  /** How many trials measured anything. */
  readonly measured: number
  readonly notes: readonly string[]
}

export function curvesData(study: PictureStudy, options: PictureOptions = {}): CurvesData {
  const metric = options.metric ?? study.metric
  const curves = new Map(study.curves.map((curve) => [curve.trial, curve]))
  const { shown, measured } = curveTrials(ranking(study), options)
  const running = study.trials.filter(({ state }) => state === 'running')
  const drawn = [...new Set([...running, ...shown.toReversed()])].flatMap(
    (trial) => curveOf(trial, curves.get(trial.number), metric, study.metric) ?? [],
  )
  return {
    study,
    metric,
    curves: drawn,
    log: options.log === true,
    measured: Math.max(measured, drawn.length),
    notes: choiceNotes(study, options),
  }
}

/** The metric as it was measured at each step; the ranked value where it is not among the metrics. */
function curveOf(
  { number, stage, state }: PictureTrial,
  curve: Curve | undefined,
  metric: string,
  ranked: string,
): DrawnCurve | undefined {
  if (curve === undefined) return undefined
  const values = own(curve.metrics, metric) ?? (metric === ranked ? curve.values : undefined)
  const points = curve.steps.flatMap((step, i): [number, number][] => {
    const value = values?.[i]
    return value === null || value === undefined || !Number.isFinite(value) ? [] : [[step, value]]
  })
  return points.length === 0 ? undefined : { trial: number, stage, pruned: state === 'pruned', points }
}

const TITLE = 'Learning curves'

export function curvesFigure(data: CurvesData): Figure {
  const { study, metric, curves, measured } = data
  if (curves.length === 0) {
    const known = [...new Set(study.curves.flatMap((curve) => Object.keys(curve.metrics)))]
    const hint = known.length > 0 ? ` Metrics: ${known.join(', ')}.` : ''
    return emptyFigure(TITLE, `No trial has measured ${metric}.${metric === study.metric ? '' : hint}`)
  }
  const last = Math.max(...curves.map(({ points }) => points.at(-1)![0]))
  const x = numberScale(Math.min(1, last - 1), last)
  const direction = /loss|error/i.test(metric) ? 'minimize' : study.direction
  const y = valueScale(
    curves.flatMap(({ points }) => points.map(([, value]) => value)),
    direction,
    data.log,
  )
  const best = bestTrial(study)?.number
  const line = ({ points, trial }: DrawnCurve): Point[] =>
    points.map(([step, value]) => [x.unit(step), y.unit(value), trial])
  const others = (stage: number): DrawnCurve[] =>
    curves.filter((curve) => curve.stage === stage && curve.trial !== best)
  const winner = curves.find(({ trial }) => trial === best)
  const marks: Mark[] = [
    ...study.stages.flatMap(({ index }): Mark[] => {
      const long = others(index).filter(({ points }) => points.length > 1)
      const single = others(index).filter(({ points }) => points.length === 1)
      return [
        lines(stageRole(index), long.map(line), { width: 1, opacity: 0.7, dashed: index >= 4 }),
        dots(stageRole(index), single.filter(({ pruned }) => !pruned).flatMap(line)),
        dots(
          stageRole(index),
          others(index).flatMap((each) => (each.pruned ? [line(each).at(-1)!] : [])),
          'ring',
        ),
      ]
    }),
    ...(winner === undefined ? [] : winnerMarks(line(winner))),
  ]
  return {
    title: TITLE,
    summary: summaryOf(metric, winner),
    notes: notesOf(data, curves.length, measured, y.clamped),
    legend: [
      ...stageLegend(study.stages, 'line'),
      ...prunedLegend(curves),
      ...(winner === undefined
        ? []
        : [{ role: 'winner', shape: 'line', text: `best: trial ${winner.trial}` } as const]),
    ],
    panels: [panel({ x: wholeAxis('epoch', x, 8), y: numberAxis(metric, y), marks, height: 220 })],
  }
}

function prunedLegend(curves: readonly DrawnCurve[]): LegendEntry[] {
  const count = curves.filter(({ pruned }) => pruned).length
  return count === 0 ? [] : [{ role: 'muted', shape: 'ring', text: `${count} pruned` }]
}

function winnerMarks(points: readonly Point[]): Mark[] {
  const [x, y, trial] = points.at(-1)!
  const label: Label = {
    kind: 'label',
    x: Math.max(0.1, x - 0.005),
    y: Math.min(0.97, y + 0.04),
    text: `trial ${trial}`,
    anchor: 'end',
    tone: 'strong',
  }
  return points.length > 1
    ? [lines('winner', [points], { width: 2.5 }), label]
    : [dots('winner', points, 'large'), label]
}

function summaryOf(metric: string, winner: DrawnCurve | undefined): string {
  if (winner === undefined) return `${metric} by epoch; no trial has succeeded yet.`
  const [from, to] = [winner.points[0]!, winner.points.at(-1)!]
  const words = from === to ? '' : `from ${formatMetric(metric, from[1])} in epoch ${from[0]} `
  return `${metric} of the best trial, ${winner.trial}: ${words}${words === '' ? '' : 'to '}${formatMetric(metric, to[1])} in epoch ${to[0]}.`
}

function notesOf(data: CurvesData, drawn: number, measured: number, clamped: number): string[] {
  const mishap = data.study.trials.filter((trial) => isMishap(trial) && trial.epochs > 0).length
  return [
    ...data.notes,
    ...(drawn < measured
      ? [
          `${countOf(drawn, 'curve')} of ${countOf(measured, 'trial')} with measurements, sampled evenly by rank.`,
        ]
      : []),
    ...(mishap > 0 ? [`Curves of trials that diverged or failed end where they did.`] : []),
    ...clampNotes(clamped),
  ]
}
