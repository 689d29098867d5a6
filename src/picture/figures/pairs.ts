import { countOf, formatMetric } from '../../report/numbers.ts'
import type { ParamValue } from '../../space/distribution.ts'
import { own } from '../../space/own.ts'
import { jitter, medianOf } from '../axis.ts'
import {
  type Cell,
  type CellRole,
  dots,
  emptyFigure,
  type Figure,
  type Mark,
  type Panel,
  type Point,
  panel,
} from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import { AFTER_ABSENT, type ParameterAxis, parameterAxis } from '../parameter-axis.ts'
import { choseParameters, mishapLegend, noValueSentence } from '../select.ts'
import {
  firstDrawn,
  isMishap,
  type PictureStudy,
  type PictureTrial,
  rankedWithValue,
  stageLabel,
} from '../study.ts'

/** Cells along each axis of a pair. */
const CELLS = 12
/** With more parameters the pairs would be too many to read. */
const SHOWN = 3
/** More dots would hide the cells. */
const MOST_DOTS = 600

export interface PairCell {
  /** The cell's sides in [0, 1]. */
  readonly x: readonly [low: number, high: number]
  readonly y: readonly [low: number, high: number]
  /** The median value of the trials in it; null if none of them has one. */
  readonly median: number | null
  readonly trials: number
}

export interface Pair {
  readonly names: readonly [x: string, y: string]
  readonly cells: readonly PairCell[]
}

export interface PairsData {
  readonly study: PictureStudy
  readonly stage: number
  readonly pairs: readonly Pair[]
  readonly trials: readonly PictureTrial[]
  readonly notes: readonly string[]
}

/** Pairs of parameters within one stage, the first that drew its trials by default: values of different budgets are not comparable. */
export function pairsData(study: PictureStudy, options: PictureOptions = {}): PairsData {
  const stage = options.stage ?? firstDrawn(study)
  const { names, notes } = choseParameters(study, options, SHOWN)
  const trials = study.trials.filter(
    (trial) => trial.stage === stage && (trial.value !== null || isMishap(trial)),
  )
  const pairs = names.flatMap((x, i) =>
    names.slice(i + 1).map((y): Pair => ({ names: [x, y], cells: cellsOf(study, trials, x, y) })),
  )
  return { study, stage, pairs, trials, notes }
}

function cellsOf(study: PictureStudy, trials: readonly PictureTrial[], x: string, y: string): PairCell[] {
  const [across, up] = [parameterAxis(study, x), parameterAxis(study, y)]
  const cells = new Map<string, { x: PairCell['x']; y: PairCell['y']; inside: PictureTrial[] }>()
  for (const trial of trials) {
    const sides = { x: cellSides(across, own(trial.params, x)), y: cellSides(up, own(trial.params, y)) }
    const key = `${sides.x[0]} ${sides.y[0]}`
    const cell = cells.get(key)
    if (cell === undefined) cells.set(key, { ...sides, inside: [trial] })
    else cell.inside.push(trial)
  }
  return [...cells.values()].map(({ x, y, inside }): PairCell => {
    const values = inside.flatMap((trial) => (isMishap(trial) ? [] : (trial.value ?? [])))
    return { x, y, median: medianOf(values.sort((a, b) => a - b)) ?? null, trials: inside.length }
  })
}

/** The cell of a value: its own slot where the axis has slots, else a twelfth of the axis. */
function cellSides(axis: ParameterAxis, value: ParamValue | undefined): readonly [number, number] {
  const from = axis.hasAbsent ? AFTER_ABSENT : 0
  if (value === undefined) return [0, from * 0.7]
  const count = axis.slot > 0 ? Math.round((1 - from) / axis.slot) : CELLS
  const share = (axis.place(value) - from) / (1 - from)
  const index = Math.min(count - 1, Math.max(0, Math.floor(share * count)))
  return [from + (index / count) * (1 - from), from + ((index + 1) / count) * (1 - from)]
}

const TITLE = 'Pairs of parameters'

export function pairsFigure(data: PairsData): Figure {
  const { study, pairs, trials, stage } = data
  const record = study.stages[stage]
  if (pairs.length === 0) return emptyFigure(TITLE, 'A pair needs two searched parameters.')
  if (trials.length === 0 || record === undefined) return emptyFigure(TITLE, noValueSentence(study))
  const medians = pairs.flatMap(({ cells }) => cells.flatMap((cell) => cell.median ?? []))
  const step = quintiles(medians, study.direction)
  const best = rankedWithValue(study).find((trial) => trial.stage === stage)
  return {
    title: TITLE,
    summary: `Median ${study.metric} in cells, ${countOf(trials.length, 'trial')} of ${stageLabel(record)}${best === undefined ? '' : `; best ${formatMetric(study.metric, best.value)} in trial ${best.number}`}.`,
    notes: [...data.notes, 'Cells without a trial stay empty: nothing is interpolated.'],
    legend: [
      { role: 'c4', shape: 'bar', text: 'best fifth of the cells' },
      { role: 'c2', shape: 'bar', text: 'middle' },
      { role: 'c0', shape: 'bar', text: 'worst fifth' },
      ...(trials.length > MOST_DOTS
        ? []
        : [{ role: 'k0', shape: 'dot', text: 'a trial' } as const, ...mishapLegend(trials)]),
    ],
    panels: pairs.map((pair) => pairPanel(data, pair, step, best?.number)),
  }
}

const STEPS = [0, 1, 2, 3, 4] as const

/** Dots in the ink of the cells they lie on, which are light and dark. */
function trialDots(
  trials: readonly PictureTrial[],
  at: (trial: PictureTrial) => Point,
  shades: readonly Cell[],
): Mark[] {
  const points = trials.filter((trial) => !isMishap(trial)).map(at)
  const stepOf = ([x, y]: Point): string =>
    shades.find((cell) => x >= cell.x[0] && x <= cell.x[1] && y >= cell.y[0] && y <= cell.y[1])?.role[1] ??
    '0'
  return [
    dots('bad', trials.filter(isMishap).map(at), 'cross'),
    ...STEPS.map((step) =>
      dots(
        `k${step}`,
        points.filter((point) => stepOf(point) === String(step)),
      ),
    ),
  ]
}

/** Five steps by rank, the best the darkest. */
function quintiles(
  values: readonly number[],
  direction: PictureStudy['direction'],
): (value: number) => CellRole {
  const sorted = values.toSorted((a, b) => (direction === 'maximize' ? a - b : b - a))
  return (value) => {
    const place = sorted.indexOf(value) / Math.max(1, sorted.length - 1)
    return `c${Math.min(4, Math.floor(place * 5)) as 0 | 1 | 2 | 3 | 4}`
  }
}

function pairPanel(
  { study, trials }: PairsData,
  { names: [x, y], cells }: Pair,
  step: (value: number) => CellRole,
  best: number | undefined,
): Panel {
  const [across, up] = [parameterAxis(study, x, 4), parameterAxis(study, y, 5)]
  const shades = cells.flatMap(({ x, y, median }): Cell[] =>
    median === null ? [] : [{ kind: 'cell', role: step(median), x, y, text: '', strong: false }],
  )
  const spread = (axis: ParameterAxis, trial: PictureTrial, turn: 1 | 2): number =>
    axis.place(own(trial.params, axis.name)) + (jitter(trial.number, turn) - 0.5) * axis.slot * 0.6
  const at = (trial: PictureTrial): Point => [spread(across, trial, 1), spread(up, trial, 2), trial.number]
  const marks: Mark[] = [
    ...shades,
    ...(trials.length > MOST_DOTS ? [] : trialDots(trials, at, shades)),
    dots('winner', trials.filter(({ number }) => number === best).map(at), 'large'),
  ]
  return panel({ x: across.axis, y: up.axis, marks, span: 'part', height: 260, maxWidth: 300 })
}
