import { countOf, formatMetric, formatPercent } from '../../report/numbers.ts'
import { medianOf, numberAxis, numberScale, valueScale } from '../axis.ts'
import { emptyFigure, type Figure, lines, type Point, panel, stageRole } from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import { choseStages, clampNotes, noValueSentence, prunedNotes, stageLegend } from '../select.ts'
import { isMishap, type PictureStudy } from '../study.ts'

/** The share of a stage's trials that reached a value: diverged and failed ones never do. */
export interface StageDistribution {
  readonly stage: number
  /** The values in rising order. */
  readonly values: readonly number[]
  /** All finished trials of the stage: what the shares are of. */
  readonly trials: number
}

export interface EdfData {
  readonly study: PictureStudy
  readonly log: boolean
  readonly stages: readonly StageDistribution[]
}

export function edfData(study: PictureStudy, options: PictureOptions = {}): EdfData {
  const stages = choseStages(study, options).map(({ index }): StageDistribution => {
    const finished = study.trials.filter(
      (trial) => trial.stage === index && (trial.value !== null || isMishap(trial)),
    )
    const values = finished.flatMap((trial) => (isMishap(trial) ? [] : (trial.value ?? [])))
    return { stage: index, values: values.toSorted((a, b) => a - b), trials: finished.length }
  })
  return { study, stages: stages.filter(({ trials }) => trials > 0), log: options.log === true }
}

/** The corners of a stage's line: the share of its trials with a value up to v, diverged ones at the worse end. */
export function edfSteps(
  { values, trials }: StageDistribution,
  direction: PictureStudy['direction'],
): { readonly value: number; readonly share: number }[] {
  const missing = trials - values.length
  // Where larger is better, those without a value lie below all others; where smaller is better, above.
  const before = direction === 'maximize' ? missing : 0
  return values.map((value, i) => ({ value, share: (before + i + 1) / trials }))
}

const TITLE = 'How values are distributed'

export function edfFigure(data: EdfData): Figure {
  const { study, stages } = data
  const values = stages.flatMap((stage) => stage.values)
  if (values.length === 0) return emptyFigure(TITLE, noValueSentence(study))
  const x = valueScale(values, study.direction, data.log)
  const y = numberScale(0, 1)
  const lineOf = (stage: StageDistribution): Point[] => {
    const steps = edfSteps(stage, study.direction)
    const start = study.direction === 'maximize' ? (stage.trials - stage.values.length) / stage.trials : 0
    const end = steps.at(-1)?.share ?? start
    return [
      [0, start, -1],
      ...steps.map(({ value, share }): Point => [x.unit(value), share, -1]),
      [1, end, -1],
    ]
  }
  const missing = stages.reduce((sum, stage) => sum + stage.trials - stage.values.length, 0)
  const shown = stages.map(({ stage }) => study.stages[stage]!)
  return {
    title: TITLE,
    summary: `${stages.map((stage) => medianWords(study, stage)).join('; ')}.`,
    notes: [
      'The height is the share of all finished trials of a stage with at most that value.',
      ...(missing > 0
        ? [`${countOf(missing, 'trial')} without a value ${missing === 1 ? 'counts' : 'count'} as worst.`]
        : []),
      ...prunedNotes(study.trials),
      ...clampNotes(x.clamped),
    ],
    legend: stageLegend(shown, 'line'),
    panels: [
      panel({
        x: numberAxis(study.metric, x, 6),
        y: numberAxis('share of trials', y, 4),
        marks: stages.map((stage) =>
          lines(stageRole(stage.stage), [lineOf(stage)], { width: 2, steps: true, dashed: stage.stage >= 4 }),
        ),
        height: 180,
      }),
    ],
  }
}

function medianWords(study: PictureStudy, { stage, values, trials }: StageDistribution): string {
  const name = study.stages[stage]?.name ?? `stage ${stage + 1}`
  const median = medianOf(values)
  if (median === undefined) return `${name}: none of ${trials} succeeded`
  const share = values.length === trials ? '' : `, ${formatPercent(values.length / trials)} with a value`
  return `${name}: median ${formatMetric(study.metric, median)}${share}`
}
