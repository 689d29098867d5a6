import { CsvError, parse } from 'csv-parse/sync'
import { type OptionToSet, type Place, UserError } from '../errors.ts'
import { choiceOfCell, isUnclear, unquoted } from '../space/choice-text.ts'
import type { ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { closestName } from '../text/closest-name.ts'
import { readDecimal } from '../text/decimal.ts'
import { describeValue, shorten } from '../text/quote.ts'
import { type GivenTrial, type GivenTrials, UNSAID } from './given-trial.ts'
import { stateOfWord } from './state-words.ts'

/** What is needed to find the columns of a table. */
export interface CsvSettings {
  readonly space: SearchSpace
  /** The study's metric: a column of this name holds the values, too. */
  readonly metric: string
  /** The column of a parameter, or of `value`, `state`, `epochs`, `budgetEpochs`, `seed`, where it has another name. */
  readonly columns: Readonly<Record<string, string>>
}

const FIELDS = ['value', 'state', 'epochs', 'budgetEpochs', 'seed', 'number'] as const

type Field = (typeof FIELDS)[number]

/** What tables of other tools call a field: that of Weights & Biases has `State`. */
const OTHER_NAMES: Readonly<Partial<Record<Field, readonly string[]>>> = { state: ['state', 'State'] }

/** The columns by what they hold. */
interface Columns {
  readonly fields: ReadonlyMap<Field, number>
  readonly params: ReadonlyMap<string, number>
  readonly metrics: ReadonlyMap<string, number>
}

interface Row {
  readonly cells: readonly string[]
  readonly line: number
}

/**
 * The trials of a table with a header: finesweep's own export, Optuna's `trials_dataframe().to_csv()`, or any other whose
 * columns have the names of the parameters. Cells are separated by commas, semicolons or tabs; an empty one says nothing.
 * @throws UserError('usage') with the place, for a missing column or a cell that is no number where one belongs
 */
export function readCsvTrials(text: string, file: string, settings: CsvSettings): GivenTrials {
  const table = readRows(text, file)
  const [header, ...rows] = table
  if (header === undefined) throw new UserError('usage', 'This file is empty', { where: { file } })
  const names = header.cells
  const columns = findColumns(table, file, settings)
  const used = new Set([...columns.fields.values(), ...columns.params.values(), ...columns.metrics.values()])
  const twice = [...used].find((index) => names.indexOf(names[index]!) !== names.lastIndexOf(names[index]!))
  if (twice !== undefined) {
    throw new UserError('usage', `There are two columns named ${describeValue(names[twice])}`, {
      where: { file, line: 1 },
      hint: 'Give each column a different name.',
    })
  }
  const unused = names.filter((_, index) => !used.has(index) && !isKnownAside(names[index]!))
  return {
    name: file,
    direction: null,
    metric: null,
    remarks: [
      ...(unused.length === 0 ? [] : [`Ignored columns: ${shorten(unused.join(', '), 200)}`]),
      ...unclearCells(rows, columns, settings.space),
    ],
    trials: rows.map((row) => readTrial(row, columns, file, settings.space)),
  }
}

function readRows(text: string, file: string): Row[] {
  const first = text.slice(0, text.search(/\r?\n|$/))
  const delimiter = [',', ';', '\t'].reduce((a, b) => (count(first, b) > count(first, a) ? b : a))
  const rows: Row[] = []
  try {
    parse(text, {
      bom: true,
      delimiter,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: readonly string[], { lines }) => {
        rows.push({ cells, line: lines })
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new UserError('usage', error.message.replace(/\.$/, ''), {
      where: { file, line: Number(error.lines ?? 1) },
      hint: 'Every row needs as many cells as the header.',
    })
  }
  return rows
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}

/** Which column holds what. */
function findColumns([header, ...rows]: readonly Row[], file: string, settings: CsvSettings): Columns {
  const names = header!.cells
  const { space, metric, columns } = settings
  const place = (wanted: readonly string[]): number =>
    wanted.map((name) => names.indexOf(name)).find((index) => index !== -1) ?? -1
  const mapped = (key: string, usual: readonly string[]): number => {
    const chosen = Object.hasOwn(columns, key) ? columns[key]! : null
    if (chosen === null) return place(usual)
    const index = names.indexOf(chosen)
    if (index !== -1) return index
    throw missing(file, names, `There is no column ${describeValue(chosen)} for ${key}`, chosen)
  }
  const known = [...Object.keys(space.parameters), ...FIELDS]
  const unknown = Object.keys(columns).find((key) => !known.includes(key.replace(/^params\./, '')))
  if (unknown !== undefined) {
    const near = closestName(unknown, known)
    throw new UserError(
      'usage',
      `There is no parameter or field ${describeValue(unknown)} to map a column to`,
      {
        hint: near === undefined ? `Parameters and fields: ${known.join(', ')}.` : `Did you mean ${near}?`,
      },
    )
  }
  const params = new Map<string, number>()
  for (const name of Object.keys(space.parameters)) {
    const usual = [`params.${name}`, `params_${name}`, name]
    const index = mapped(Object.hasOwn(columns, `params.${name}`) ? `params.${name}` : name, usual)
    if (index !== -1) params.set(name, index)
  }
  const fields = new Map<Field, number>()
  for (const field of FIELDS) {
    const usual =
      field === 'value' ? ['value', `metrics.${metric}`, metric, 'values_0'] : (OTHER_NAMES[field] ?? [field])
    const index = Object.hasOwn(space.parameters, field) ? place(usual) : mapped(field, usual)
    if (index !== -1 && ![...params.values()].includes(index)) fields.set(field, index)
  }
  if (!fields.has('value')) {
    const usual = metric === 'value' ? metric : `value or ${metric}`
    throw missing(file, names, `There is no column named ${usual}`, metric, 'value')
  }
  for (const [name, { kind }] of Object.entries(space.parameters)) {
    if (params.has(name) || kind === 'fixed' || Object.hasOwn(space.conditions, name)) continue
    throw missing(file, names, `There is no column named ${name}`, name, name)
  }
  return { fields, params: withOthers(names, params), metrics: metricsOf(names, rows) }
}

/** Columns of parameters that the space does not have: what they hold is ignored, and counted. */
function withOthers(names: readonly string[], params: ReadonlyMap<string, number>): Map<string, number> {
  const all = new Map(params)
  const taken = new Set(params.values())
  for (const [index, name] of names.entries()) {
    const parameter = /^params[._](.+)$/.exec(name)?.[1]
    if (parameter !== undefined && !taken.has(index)) all.set(parameter, index)
  }
  return all
}

/** User attributes of Optuna may be anything: a column of them is metrics where all its cells are numbers. */
function metricsOf(names: readonly string[], rows: readonly Row[]): Map<string, number> {
  const isNumeric = (index: number): boolean =>
    rows.every(({ cells }) => isBlank(cells[index] ?? '') || readDecimal(cells[index]!) !== null)
  return new Map(
    names.flatMap((name, index) => {
      const [, prefix, metric] = /^(metrics\.|user_attrs_)(.+)$/.exec(name) ?? []
      if (metric === undefined || (prefix === 'user_attrs_' && !isNumeric(index))) return []
      return [[metric, index] as const]
    }),
  )
}

/** Columns of finesweep's or Optuna's tables that say nothing about a result. */
function isKnownAside(name: string): boolean {
  return (
    ['stage', 'continues', 'attempts', 'startedAt', 'durationMs', 'host', 'arithmetic', 'origin'].includes(
      name,
    ) || /^(error(Code|Message)|datetime_\w+|duration|system_attrs_.*|)$/.test(name)
  )
}

/** What is said of columns whose cells may have been meant for a text or for another choice that is written alike. */
function unclearCells(rows: readonly Row[], { params }: Columns, space: SearchSpace): string[] {
  return [...params].flatMap(([name, index]) => {
    const choices = choicesOf(space, name)
    const cells = rows.map((row) => row.cells[index] ?? '')
    // A column with texts in quotes was written with care for this.
    if (cells.some((cell) => unquoted(cell) !== undefined)) return []
    const cell = cells.find((each) => isUnclear(choices, each))
    if (cell === undefined) return []
    const value = String(choiceOfCell(choices, cell))
    return [
      `${name}: cells containing ${cell} were read as the value ${value}, not as the text "${cell}"; for the text, write """${cell}"""`,
    ]
  })
}

function choicesOf(space: SearchSpace, name: string): readonly ParamValue[] {
  const distribution = own(space.parameters, name)
  return distribution?.kind === 'categorical' ? distribution.choices : []
}

function readTrial(
  { cells, line }: Row,
  { fields, params, metrics }: Columns,
  file: string,
  space: SearchSpace,
): GivenTrial {
  const cell = (index: number | undefined): string => (index === undefined ? '' : (cells[index] ?? ''))
  const field = (name: Field): number | null => {
    const index = fields.get(name)
    return readNumber(cell(index), name, { file, line })
  }
  const whole = (name: Field): number | null => readWhole(cell(fields.get(name)), name, { file, line })
  const word = cell(fields.get('state'))
  const state = word === '' ? 'complete' : stateOfWord(word)
  if (state === undefined) {
    throw new UserError(
      'usage',
      `state must be complete, pruned, diverged or failed, got ${describeValue(word)}`,
      { where: { file, line }, hint: 'The states may be in another column', option: columnOption('state') },
    )
  }
  const numbers = [...metrics].flatMap(([name, index]) => {
    const value = readNumber(cell(index), `metrics.${name}`, { file, line })
    return value !== null && Number.isFinite(value) ? [[name, value] as const] : []
  })
  const number = cell(fields.get('number'))
  return {
    ...UNSAID,
    label: number === '' ? `line ${line}` : `trial ${number}`,
    params: Object.fromEntries(
      [...params].flatMap(([name, i]) =>
        cell(i) === '' ? [] : [[name, choiceOfCell(choicesOf(space, name), cell(i))]],
      ),
    ),
    state,
    value: field('value'),
    // A trial that failed at once ran none.
    epochs: whole('epochs') || null,
    budget: whole('budgetEpochs') || null,
    metrics: Object.fromEntries(numbers),
    seed: whole('seed') ?? UNSAID.seed,
  }
}

/** Null for an empty cell. NaN and infinities as Python or JavaScript writes them. */
function readNumber(text: string, name: string, where: Place): number | null {
  if (isBlank(text)) return null
  const value = readDecimal(text)
  if (value !== null) return value
  throw new UserError('usage', `${name} must be a number, got ${describeValue(text)}`, {
    where,
    hint: /^[+-]?\d*,\d+$/.test(text) ? 'Write decimals with a point.' : undefined,
  })
}

/** Null for a cell that says nothing, of pandas also nan. */
function readWhole(text: string, name: string, where: Place): number | null {
  const value = readNumber(text, name, where)
  if (value === null || Number.isNaN(value)) return null
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new UserError(
    'usage',
    `${name} must be a whole number from 0 to 2^53 - 1, got ${describeValue(text)}`,
    {
      where,
      hint: 'Leave the cell empty if it is not known.',
    },
  )
}

function isBlank(text: string): boolean {
  return ['', 'none', 'null'].includes(text.toLowerCase())
}

/** The option that says which column holds something. */
export function columnOption(key: string, value = 'COLUMN'): OptionToSet {
  return { name: 'columns', key, value }
}

function missing(
  file: string,
  names: readonly string[],
  message: string,
  wanted: string,
  mapped?: string,
): UserError {
  const near = closestName(wanted, names)
  const way = mapped === undefined ? '' : ' Or choose a column'
  return new UserError('usage', message, {
    where: { file, line: 1 },
    hint: `${near === undefined ? `Columns: ${shorten(names.join(', '), 300)}.` : `Did you mean ${near}?`}${way}`,
    option: mapped === undefined ? undefined : columnOption(mapped),
  })
}
