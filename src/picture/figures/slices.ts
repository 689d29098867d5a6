import { countOf } from '../../report/numbers.ts'
import { own } from '../../space/own.ts'
import { jitter, mishapHeight, valueAxis, valueScale } from '../axis.ts'
import {
  dots,
  emptyFigure,
  type Figure,
  lines,
  type Mark,
  type Panel,
  type Point,
  panel,
  stageRole,
} from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import { parameterAxis } from '../parameter-axis.ts'
import {
  bestLegend,
  choiceNotes,
  choseParameters,
  choseStages,
  choseTrials,
  clampNotes,
  mishapLegend,
  mishaps,
  noValueSentence,
  prunedNotes,
  shapeLegend,
  stageLegend,
  trialDots,
} from '../select.ts'
import { bestTrial, type PictureStudy, type PictureTrial } from '../study.ts'

export interface SlicesData {
  readonly study: PictureStudy
  readonly options: PictureOptions
  readonly names: readonly string[]
  /** With a value; best first. */
  readonly trials: readonly PictureTrial[]
  readonly mishaps: readonly PictureTrial[]
  readonly notes: readonly string[]
}

/** The most parameters before the rest is folded. */
const SHOWN = 6

export function slicesData(study: PictureStudy, options: PictureOptions = {}): SlicesData {
  const { names, notes } = choseParameters(study, options, SHOWN)
  return {
    study,
    options,
    names,
    trials: choseTrials(study, options),
    mishaps: mishaps(study, options),
    notes: [...choiceNotes(study, options), ...notes],
  }
}

const TITLE = 'Each parameter'

export function slicesFigure(data: SlicesData): Figure {
  const { study, names, trials } = data
  if (names.length === 0) return emptyFigure(TITLE, 'The study searches no parameter.')
  if (trials.length === 0 && data.mishaps.length === 0) return emptyFigure(TITLE, noValueSentence(study))
  const values = trials.map(({ value }) => value!)
  const y = valueScale(values, study.direction, data.options.log)
  const stages = choseStages(study, data.options)
  const edges = stages.some(({ index }) => index > 0)
  return {
    title: TITLE,
    summary: `${study.metric} against ${names.length === 1 ? names[0] : countOf(names.length, 'parameter')}, ${countOf(trials.length, 'trial')} with a value.`,
    notes: [
      ...data.notes,
      ...(edges ? ["Dashed lines are the edges of later stages' ranges."] : []),
      ...prunedNotes(data.trials),
      ...clampNotes(y.clamped),
    ],
    legend: [
      ...stageLegend(stages, 'dot'),
      ...bestLegend(study, 'large'),
      ...shapeLegend(data.trials),
      ...mishapLegend(data.mishaps),
    ],
    panels: names.map((name) => slicePanel(data, name, y)),
  }
}

function slicePanel(data: SlicesData, name: string, y: ReturnType<typeof valueScale>): Panel {
  const { study } = data
  const axis = parameterAxis(study, name, 5)
  const best = data.trials.find(({ number }) => number === bestTrial(study)?.number)
  const point = (trial: PictureTrial, height: number): Point => {
    const spread = axis.slot > 0 || own(trial.params, name) === undefined
    const aside = spread
      ? (jitter(trial.number, 1) - 0.5) * (own(trial.params, name) === undefined ? 0.05 : axis.slot * 0.6)
      : 0
    return [axis.place(own(trial.params, name)) + aside, height, trial.number]
  }
  const at = (trial: PictureTrial): Point => point(trial, y.unit(trial.value!))
  const marks: Mark[] = [
    ...edgeMarks(data, name, axis.place),
    ...trialDots(study.stages, data.trials, at),
    dots(
      'bad',
      data.mishaps.map((trial) => point(trial, mishapHeight(study.direction))),
      'cross',
    ),
    dots('winner', best === undefined ? [] : [at(best)], 'large'),
  ]
  return panel({
    x: axis.axis,
    y: valueAxis(study.metric, y),
    marks,
    span: 'part',
    height: 150,
  })
}

/** The ends of later stages' ranges that are not the root's, as dashed lines. */
function edgeMarks({ study }: SlicesData, name: string, place: (value: number) => number): Mark[] {
  const root = own(study.stages[0]?.space.parameters ?? {}, name)
  return study.stages.slice(1).flatMap(({ index, space }) => {
    const range = own(space.parameters, name)
    if (range === undefined || !('low' in range) || root === undefined || !('low' in root)) return []
    const ends = [
      ...(range.low === root.low ? [] : [range.low]),
      ...(range.high === root.high ? [] : [range.high]),
    ]
    const edge = (end: number): Point[] => [
      [place(end), 0, -1],
      [place(end), 1, -1],
    ]
    return ends.length === 0 ? [] : [lines(stageRole(index), ends.map(edge), { width: 1, dashed: true })]
  })
}
