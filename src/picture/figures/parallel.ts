import { countOf } from '../../report/numbers.ts'
import { own } from '../../space/own.ts'
import { bandAxis, NO_AXIS, numberTicks, thinned, valueScale } from '../axis.ts'
import { cutApart } from '../escape.ts'
import {
  type Axis,
  emptyFigure,
  type Figure,
  type Label,
  lines,
  type Point,
  panel,
  type QualityRole,
} from '../figure.ts'
import { type PictureOptions, SHOWN_PARAMETERS } from '../options.ts'
import { type ParameterAxis, parameterAxis } from '../parameter-axis.ts'
import { choiceNotes, choseParameters, choseTrials, clampNotes, noValueSentence } from '../select.ts'
import { evenShare, type PictureStudy, type PictureTrial } from '../study.ts'

/** The most lines of a standing picture. */
const MOST_LINES = 300

export interface ParallelData {
  readonly study: PictureStudy
  readonly names: readonly string[]
  readonly log: boolean
  /** Best first. */
  readonly trials: readonly PictureTrial[]
  /** Those that the axes are made for; best first. */
  readonly all: readonly PictureTrial[]
  /** How many trials those were chosen from. */
  readonly of: number
  readonly notes: readonly string[]
}

export function parallelData(study: PictureStudy, options: PictureOptions = {}): ParallelData {
  const { names, notes } = choseParameters(study, options, SHOWN_PARAMETERS)
  const all = choseTrials(study, options)
  const { only } = options
  const through = only === undefined ? all : all.filter(({ number }) => only(number))
  const trials = evenShare(through, MOST_LINES)
  return {
    study,
    names,
    trials,
    all,
    of: through.length,
    log: options.log === true,
    notes: [...choiceNotes(study, options), ...notes],
  }
}

/** One upright axis of the picture; a place of 0 is at the bottom. */
export interface UprightAxis {
  readonly name: string
  readonly axis: Axis
  place(trial: PictureTrial): number
}

/** The axes in order: the parameters, then the value. */
export function parallelAxes(
  study: PictureStudy,
  names: readonly string[],
  trials: readonly PictureTrial[],
  log: boolean,
): { readonly axes: readonly UprightAxis[]; readonly clamped: number } {
  const value = valueScale(
    trials.map((trial) => trial.value!),
    study.direction,
    log,
  )
  const parameters = names.map((name): UprightAxis => {
    const axis: ParameterAxis = parameterAxis(study, name, 6)
    return { name, axis: axis.axis, place: ({ params }) => axis.place(own(params, name)) }
  })
  const last: UprightAxis = {
    name: study.metric,
    axis: { label: '', ticks: numberTicks(value, 6), bands: 0 },
    place: (trial) => value.unit(trial.value!),
  }
  return { axes: [...parameters, last], clamped: value.clamped }
}

/** In which fifth of a ranking the trial of that index lies. */
export function qualityRole(index: number, count: number): QualityRole {
  const fifth = Math.min(4, Math.floor((5 * index) / Math.max(1, count)))
  return `q${(4 - fifth) as 0 | 1 | 2 | 3 | 4}`
}

const TITLE = 'Parallel coordinates'

/** Of the axes, and what a label on them needs, in pixels. */
const HEIGHT = 260
const LABEL_HEIGHT = 12

export function parallelFigure(data: ParallelData): Figure {
  const { study, names, trials } = data
  if (data.all.length === 0) return emptyFigure(TITLE, noValueSentence(study))
  const { axes, clamped } = parallelAxes(study, names, data.all, data.log)
  const titles = cutApart(
    axes.map(({ name }) => name),
    14,
  )
  const x = (i: number): number => (i + 0.5) / axes.length
  const line = (trial: PictureTrial): Point[] =>
    axes.map((axis, i): Point => [x(i), axis.place(trial), trial.number])
  const fifths = (['q0', 'q1', 'q2', 'q3', 'q4'] as const).map((role) =>
    lines(role, trials.filter((_, i) => i > 0 && qualityRole(i, trials.length) === role).map(line), {
      width: 1,
      opacity: role === 'q4' ? 0.9 : 0.55,
    }),
  )
  return {
    title: TITLE,
    summary: `${countOf(trials.length, 'trial')} over ${countOf(names.length, 'parameter')}; the best in orange.`,
    notes: [
      ...data.notes,
      ...(trials.length < data.of
        ? [`${trials.length} of ${countOf(data.of, 'trial')} with a value, sampled evenly by rank.`]
        : []),
      ...(names.some((name) => trials.some(({ params }) => own(params, name) === undefined))
        ? ['A line at the bottom of an axis belongs to a trial without that parameter.']
        : []),
      ...clampNotes(clamped),
    ],
    legend: [
      {
        role: 'winner',
        shape: 'line',
        text: trials.length === 0 ? 'best: none' : `best: trial ${trials[0]!.number}`,
      },
      { role: 'q4', shape: 'line', text: 'best fifth' },
      { role: 'q2', shape: 'line', text: 'middle' },
      { role: 'q0', shape: 'line', text: 'worst fifth' },
    ],
    panels: [
      panel({
        x: {
          ...bandAxis(
            '',
            axes.map(() => ''),
          ),
          ticks: [],
        },
        y: NO_AXIS,
        marks: [
          ...fifths,
          lines(
            'muted',
            axes.map((_, i): Point[] => [
              [x(i), 0, -1],
              [x(i), 1, -1],
            ]),
            { width: 1 },
          ),
          lines('winner', trials.slice(0, 1).map(line), { width: 2.5 }),
          ...axes.flatMap((axis, i) => uprightLabels(axis.axis, titles[i]!, x(i))),
        ],
        height: HEIGHT,
        minWidth: axes.length * 92,
        title: ' ',
      }),
    ],
  }
}

/** The name above an axis and its ticks to the left: on top of all lines, which would strike them out. */
function uprightLabels({ ticks }: Axis, title: string, x: number): Label[] {
  const shown = thinned(ticks, LABEL_HEIGHT / HEIGHT)
  const texts = cutApart(
    shown.map(({ text }) => text),
    10,
  )
  return [
    { kind: 'label', x, y: 1.04, text: title, anchor: 'middle', tone: 'strong' },
    ...shown.map(
      ({ at }, i): Label => ({
        kind: 'label',
        x: x - 0.004,
        y: at - 0.012,
        text: texts[i]!,
        anchor: 'end',
        tone: 'normal',
      }),
    ),
  ]
}
