import { countOf, formatDistribution } from '../../report/numbers.ts'
import { narrowedBy } from '../../search/imported-stages.ts'
import type { Distribution } from '../../space/distribution.ts'
import { own } from '../../space/own.ts'
import { bandAxisDown, jitter } from '../axis.ts'
import {
  type Box,
  dots,
  emptyFigure,
  type Figure,
  type Mark,
  type Panel,
  type Point,
  panel,
  stageRole,
} from '../figure.ts'
import { type PictureOptions, SHOWN_PARAMETERS } from '../options.ts'
import { type ParameterAxis, parameterAxis } from '../parameter-axis.ts'
import { choseParameters, mishapLegend } from '../select.ts'
import {
  isMishap,
  type PictureStage,
  type PictureStudy,
  paramsByNumber,
  rankedWithValue,
  searchedNames,
} from '../study.ts'

/** Where each stage searched for one parameter, and what it found there. */
export interface NarrowingRow {
  readonly stage: number
  readonly name: string
  /** Null if the stage has no such parameter. */
  readonly range: Distribution | null
  /** `start` in the first stage; else what narrowing did: narrowed, moved, extended, reduced, kept. */
  readonly action: string
  readonly reason: string
  readonly trials: readonly number[]
  readonly elite: readonly number[]
  readonly mishaps: readonly number[]
}

export interface NarrowingData {
  readonly study: PictureStudy
  readonly parameters: readonly { readonly name: string; readonly rows: readonly NarrowingRow[] }[]
  readonly notes: readonly string[]
}

export function narrowingData(study: PictureStudy, options: PictureOptions = {}): NarrowingData {
  const { names, notes } = choseParameters(study, { order: [], ...options }, SHOWN_PARAMETERS)
  const found = study.stages.map((stage) => stageTrials(study, stage))
  const rowOf = (name: string, stage: PictureStage): NarrowingRow => {
    const decided = stage.narrowing?.parameters.find((parameter) => parameter.name === name)
    return {
      stage: stage.index,
      name: stage.name,
      range: own(stage.space.parameters, name) ?? null,
      action: decided?.action ?? (stage.index === 0 ? 'start' : 'kept'),
      reason: decided?.reason ?? '',
      ...found[stage.index]!,
    }
  }
  const parameters = names.map((name) => ({ name, rows: study.stages.map((stage) => rowOf(name, stage)) }))
  return { study, parameters, notes: [...notes, ...rootNotes(study)] }
}

/** The trials of a stage, by how they are drawn: the same in the row of every parameter. */
function stageTrials(
  study: PictureStudy,
  stage: PictureStage,
): Pick<NarrowingRow, 'trials' | 'elite' | 'mishaps'> {
  const elite = new Set(eliteOf(study, stage))
  const trials = study.trials.filter((trial) => trial.stage === stage.index && trial.state !== 'waiting')
  return {
    trials: trials.filter((trial) => !isMishap(trial) && !elite.has(trial.number)).map(numberOf),
    elite: trials.filter(({ number }) => elite.has(number)).map(numberOf),
    mishaps: trials.filter(isMishap).map(numberOf),
  }
}

function numberOf({ number }: { readonly number: number }): number {
  return number
}

/** The trials that the next stage was narrowed to; of the last stage its own best one. */
function eliteOf(study: PictureStudy, stage: PictureStage): readonly number[] {
  const next = study.stages.find(
    ({ index, narrowing }) => narrowing !== null && narrowedBy(study.stages, index) === stage.index,
  )?.narrowing
  if (next != null) return next.elite
  return rankedWithValue(study)
    .filter((trial) => trial.stage === stage.index)
    .slice(0, 1)
    .map(numberOf)
}

function rootNotes(study: PictureStudy): string[] {
  const share = Math.max(0, ...study.stages.map(({ narrowing }) => narrowing?.rootShare ?? 0))
  if (share === 0) return []
  return [
    `Dots outside their stage's box are expected: ${Math.round(share * 100)} % of a later stage's trials still sample the whole range.`,
  ]
}

export function narrowingFigure(data: NarrowingData): Figure {
  const { study, parameters } = data
  if (study.stages.length === 0) return emptyFigure(TITLE, 'No stage has started.')
  if (parameters.length === 0) return emptyFigure(TITLE, 'The study searches no parameter.')
  const isSeen = parameters.some(({ rows }) => rows.some((row) => row.trials.length > 0))
  const elite = parameters.some(({ rows }) => rows.some((row) => row.elite.length > 0))
  return {
    title: TITLE,
    summary: summaryOf(study),
    notes: data.notes,
    legend: [
      { role: 's0', shape: 'range', text: "a stage's range" },
      ...(isSeen ? [{ role: 's0', shape: 'dot', text: 'a trial' } as const] : []),
      ...(elite ? [{ role: 'winner', shape: 'large', text: 'among the best of its stage' } as const] : []),
      ...mishapLegend(study.trials),
    ],
    panels: parameters.map(({ name, rows }) => parameterPanel(study, name, rows)),
  }
}

const TITLE = 'How the ranges narrowed'

function summaryOf(study: PictureStudy): string {
  if (study.stages.every(({ narrowing }) => narrowing === null)) {
    const stages = study.stages.length === 1 ? 'One stage so far' : countOf(study.stages.length, 'stage')
    return `${stages}: ${countOf(searchedNames(study).length, 'range')}, not narrowed.`
  }
  const actions = ['narrowed', 'reduced', 'moved', 'extended', 'kept']
  const made = study.stages.flatMap(({ narrowing }) => narrowing?.parameters ?? [])
  const counts = actions.map(
    (action) => [action, made.filter((each) => each.action === action).length] as const,
  )
  const words = counts.filter(([, count]) => count > 0).map(([action, count]) => `${count} ${action}`)
  return `${countOf(study.stages.length, 'stage')}; decisions: ${words.join(', ') || 'none'}.`
}

function parameterPanel(study: PictureStudy, name: string, rows: readonly NarrowingRow[]): Panel {
  const axis = parameterAxis(study, name, 8)
  const params = paramsByNumber(study)
  const marks = rows.flatMap((row, i): Mark[] => {
    const middle = 1 - (i + 0.5) / rows.length
    const room = 1 / rows.length
    const point = (number: number): Point => {
      const aside = (jitter(number, 1) - 0.5) * axis.slot * 0.7
      const u = axis.place(own(params.get(number) ?? {}, name)) + aside
      return [u, middle + (jitter(number) - 0.5) * room * 0.55, number]
    }
    return [
      ...rangeBoxes(axis, row, middle, room),
      dots('bad', row.mishaps.map(point), 'cross'),
      dots(stageRole(row.stage), row.trials.map(point)),
      dots('winner', row.elite.map(point), 'large'),
    ]
  })
  return panel({
    title: name,
    x: { ...axis.axis, label: '' },
    y: bandAxisDown(
      '',
      rows.map((row) => row.name),
    ),
    marks,
    height: rows.length * 26,
    notes: rows.map(({ range, action }) => ({
      text: rowNote(range, action),
      warning: action === 'moved' || action === 'extended',
    })),
  })
}

function rowNote(range: Distribution | null, action: string): string {
  if (range === null) return 'not searched'
  const words = formatDistribution(range)
  const short = words.length > 34 ? `${words.slice(0, 33)}…` : words
  return action === 'start' ? short : `${action} ${short}`
}

/** The range of a stage as one box, or a box for each choice. */
function rangeBoxes(axis: ParameterAxis, row: NarrowingRow, middle: number, room: number): Box[] {
  const { range } = row
  if (range === null) return []
  const y = [middle - room * 0.38, middle + room * 0.38] as const
  const box = (x: readonly [number, number]): Box => ({
    kind: 'box',
    look: 'range',
    role: stageRole(row.stage),
    x,
    y,
    title: row.reason,
  })
  if (axis.choices === null && 'low' in range) {
    const half = axis.slot / 2
    return [box([axis.place(range.low) - half, axis.place(range.high) + half])]
  }
  const values = range.kind === 'categorical' ? range.choices : range.kind === 'fixed' ? [range.value] : []
  return values.map((value) => {
    const centre = axis.place(value)
    return box([centre - axis.slot * 0.45, centre + axis.slot * 0.45])
  })
}
