import { formatDistribution, formatMetric, formatParam } from '../../report/numbers.ts'
import { own } from '../../space/own.ts'
import { escapeText } from '../escape.ts'
import { compareFigure } from '../figures/compare.ts'
import { bestTrial, type PictureStudy, searchedNames } from '../study.ts'
import { figureHtml } from './html.ts'

/** A study with its settings, to be laid beside others. */
export interface Compared {
  readonly records: PictureStudy
  readonly activity: string
  /** The study file, resolved. */
  readonly experiment: unknown
}

/** Several studies side by side: their best, their histories, their last ranges, and the settings that differ. */
export function comparisonHtml(studies: readonly Compared[]): string {
  if (studies.length < 2) return ''
  const names = studies.map(({ records }) => records.name)
  const figure = compareFigure(studies.map(({ records }) => records))
  return (
    '<section class="compare"><h2>Side by side</h2>' +
    table('Results', names, resultRows(studies)) +
    figureHtml({ name: 'compare', figure, folded: false }) +
    table('Ranges of the last stage', names, rangeRows(studies)) +
    table('Settings that differ', names, settingRows(studies)) +
    '</section>'
  )
}

type Row = readonly [name: string, cells: readonly string[]]

function resultRows(studies: readonly Compared[]): Row[] {
  const each = (cell: (study: Compared) => string): string[] => studies.map(cell)
  const best = ({ records }: Compared) => bestTrial(records)
  const params = [...new Set(studies.flatMap(({ records }) => searchedNames(records)))]
  return [
    ['state', each(({ activity }) => activity)],
    ['trials', each(({ records }) => String(records.trials.length))],
    ...(['diverged', 'failed'] as const).map(
      (bad): Row => [
        bad,
        each(({ records }) => String(records.trials.filter(({ state }) => state === bad).length)),
      ],
    ),
    [
      'best',
      each((study) => `${study.records.metric} ${formatMetric(study.records.metric, best(study)?.value)}`),
    ],
    ['of trial', each((study) => String(best(study)?.number ?? '-'))],
    ...params.map(
      (name): Row => [
        name,
        each((study) =>
          formatParam(
            own(best(study)?.params ?? {}, name),
            own(study.records.stages[0]?.space.parameters ?? {}, name),
          ),
        ),
      ],
    ),
  ]
}

function rangeRows(studies: readonly Compared[]): Row[] {
  const names = [...new Set(studies.flatMap(({ records }) => searchedNames(records)))]
  return names.map(
    (name): Row => [
      name,
      studies.map(({ records }) => {
        const range = own(records.stages.at(-1)?.space.parameters ?? {}, name)
        return range === undefined ? '-' : formatDistribution(range)
      }),
    ],
  )
}

function settingRows(studies: readonly Compared[]): Row[] {
  const flat = studies.map(({ experiment }) => flatten(experiment))
  const keys = [...new Set(flat.flatMap((settings) => [...settings.keys()]))]
  const differing = keys.filter(
    (key) => key !== 'name' && new Set(flat.map((each) => each.get(key))).size > 1,
  )
  return differing.map((key): Row => [key, flat.map((each) => each.get(key) ?? '-')])
}

/** Each setting by its path, as text. */
export function flatten(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) {
    into.set(path, value === null ? '-' : settingText(value))
    return into
  }
  const entries = Object.entries(value)
  const isList = Array.isArray(value)
  if (isList && entries.every(([, item]) => typeof item !== 'object' || item === null)) {
    into.set(path, `[${value.map(settingText).join(', ')}]`)
    return into
  }
  for (const [key, item] of entries)
    flatten(item, isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, into)
  return into
}

/** Texts that would be read as something else, or as several, are in quotes: settings differ if their texts do. */
function settingText(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  const isClear = /^[^\s",-][^",]*$/.test(value) && Number.isNaN(Number(value)) && !WORDS.has(value)
  return isClear ? value : JSON.stringify(value)
}

const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null'])

function table(caption: string, names: readonly string[], rows: readonly Row[]): string {
  if (rows.length === 0) return `<p class="note">${escapeText(caption)}: none.</p>`
  const head = names.map((name) => `<th scope="col">${escapeText(name)}</th>`).join('')
  const body = rows.map(
    ([name, cells]) =>
      `<tr><th scope="row">${escapeText(name)}</th>${cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('')}</tr>`,
  )
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escapeText(caption)}"><table><caption>${escapeText(caption)}</caption><thead><tr><td></td>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}
