import { formatPercent } from '../../report/numbers.ts'
import { bandAxisDown, numberAxis, numberScale } from '../axis.ts'
import { type Box, emptyFigure, type Figure, panel } from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import type { PictureStudy } from '../study.ts'

/** How much of the differences between trials each parameter accounts for, the most important first. */
export interface ImportanceData {
  readonly study: PictureStudy
  /** Null with too few trials. */
  readonly parameters: PictureStudy['importance']
  /** Whether the last stage searched another box than the first. */
  readonly narrowed: boolean
}

export function importanceData(study: PictureStudy, options: PictureOptions = {}): ImportanceData {
  const all = study.importance
  const { params } = options
  const parameters =
    all === null || params === undefined ? all : all.filter(({ name }) => params.includes(name))
  return { study, parameters, narrowed: parameters?.some(({ here, whole }) => here !== whole) ?? false }
}

const TITLE = 'Importance of parameters'

export function importanceFigure({ study, parameters, narrowed }: ImportanceData): Figure {
  if (parameters === null) return emptyFigure(TITLE, 'Importance needs a dozen trials with a value.')
  const [first] = parameters
  if (first === undefined) return emptyFigure(TITLE, 'No parameter varies.')
  const x = numberScale(0, 1)
  const band = 1 / parameters.length
  const bars = parameters.flatMap(({ whole, here }, i): Box[] => {
    const top = 1 - i * band
    const bar = (role: Box['role'], share: number, from: number, to: number): Box => ({
      kind: 'box',
      look: 'bar',
      role,
      title: '',
      x: [0, x.unit(share)],
      y: [top - band * to, top - band * from],
    })
    return [
      bar('s1', whole, 0.12, narrowed ? 0.52 : 0.82),
      ...(narrowed && here !== null ? [bar('s0', here, 0.58, 0.86)] : []),
    ]
  })
  return {
    title: TITLE,
    summary: `${first.name} accounts for ${percent(first.whole)} of the differences in ${study.metric} over the whole ranges.`,
    notes: [
      'Shares of the variance of main effects, by a Gaussian process over the trials of one budget (functional ANOVA).',
    ],
    legend: [
      { role: 's1', shape: 'bar', text: 'over the whole ranges' },
      ...(narrowed ? [{ role: 's0', shape: 'bar', text: 'in the box of the last stage' } as const] : []),
    ],
    panels: [
      panel({
        x: numberAxis('share', x, 5),
        y: bandAxisDown(
          '',
          parameters.map(({ name }) => name),
        ),
        marks: bars,
        height: parameters.length * 26,
        notes: parameters.map((parameter) => ({
          text: noteOf(parameter, narrowed),
          warning: false,
        })),
      }),
    ],
  }
}

function noteOf(
  { whole, here, total, withOthers }: NonNullable<PictureStudy['importance']>[number],
  narrowed: boolean,
): string {
  const inBox = narrowed && here !== null ? `, here ${percent(here)}` : ''
  return `${percent(whole)}${inBox}${withOthers ? `, with others ${percent(total)}` : ''}`
}

/** Whole percents: the estimate knows no more. */
function percent(share: number): string {
  return formatPercent(Math.round(share * 100) / 100)
}
