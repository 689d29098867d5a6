import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../errors.ts'
import type { PictureOptions } from '../../picture/options.ts'
import { readPictureStudy } from '../../picture/read-study.ts'
import { searchedNames } from '../../picture/study.ts'
import { drawSvg, type SvgOptions } from '../../picture/svg.ts'
import { drawText } from '../../picture/text-figure.ts'
import { shortName } from '../../report/names.ts'
import { countOf } from '../../report/numbers.ts'
import { SCHEMA_VERSION } from '../../report/trial-json.ts'
import type { StudyReader } from '../../store/store.ts'
import { closestName } from '../../text/closest-name.ts'
import { textWidth } from '../layout.ts'
import { findStudy, findTrial, type OpenStudy, withReader } from '../open-study.ts'
import { writeOutputFile } from '../output-file.ts'
import { hasColour, print, printAll, say, type Terminal } from '../terminal.ts'
import { parseStage } from '../trial-filter.ts'
import {
  ALL_PICTURES,
  type AnyPicture,
  describePicture,
  isPicture,
  makeFigure,
  makeFigureData,
  type PictureSource,
  parsePicture,
} from './make.ts'

export interface PlotArguments {
  /** The study and the pictures; either may be left out. */
  readonly words: readonly string[]
  readonly db: string
  readonly quiet: boolean
  readonly json: boolean
  readonly list: boolean
  readonly output?: string | undefined
  readonly trial?: number | undefined
  readonly param?: string | undefined
  readonly stage?: string | undefined
  readonly metric?: string | undefined
  readonly top?: string | undefined
  readonly log: boolean
  readonly random: boolean
  readonly byEpochs: boolean
  readonly all: boolean
  readonly ascii: boolean
  readonly theme?: string | undefined
  readonly width?: number | undefined
}

/** What is shown in a terminal where no picture is named. */
const FIRST_PICTURES: readonly AnyPicture[] = ['narrowing', 'history']

const SVG_WIDTH = 760

export async function plot(args: PlotArguments, terminal: Terminal): Promise<undefined> {
  if (args.list) {
    const width = Math.max(...ALL_PICTURES.map((name) => name.length))
    await print(
      terminal,
      ALL_PICTURES.map((name) => `${name.padEnd(width)}  ${describePicture(name)}\n`).join(''),
    )
    return undefined
  }
  const theme = parseTheme(args.theme)
  await withReader(args.db, async (reader) => {
    const { study: name, pictures } = readWords(args.words, reader)
    const study = findStudy(reader, name, args.db)
    const open: OpenStudy = { reader, study, stages: reader.stages(study.id) }
    const records = readPictureStudy(reader, study, curveOptions(args, open))
    const source: PictureSource = { reader, study, records }
    const options = pictureOptions(args, open, source)
    if (args.json) await printData(source, chosen(pictures, args.output === undefined), options, terminal)
    else if (args.output !== undefined)
      await writePictures(args.output, source, pictures, options, { ...args, theme }, terminal)
    else await printPictures(source, chosen(pictures, true), options, args, terminal, pictures.length === 0)
  })
  return undefined
}

function chosen(pictures: readonly AnyPicture[], inTerminal: boolean): readonly AnyPicture[] {
  if (pictures.length > 0) return pictures
  return inTerminal ? FIRST_PICTURES : ALL_PICTURES
}

/** The first word is a study, unless it is a picture's name and no study has it. */
function readWords(
  words: readonly string[],
  reader: StudyReader,
): { readonly study: string | undefined; readonly pictures: readonly AnyPicture[] } {
  const [first, ...rest] = words
  if (first === undefined) return { study: undefined, pictures: [] }
  if (isPicture(first) && reader.findStudy(first) === undefined) {
    return { study: undefined, pictures: [...new Set([first, ...rest.map(parsePicture)])] }
  }
  if (reader.findStudy(first) === undefined && closestName(first, ALL_PICTURES) !== undefined)
    parsePicture(first)
  return { study: first, pictures: [...new Set(rest.map(parsePicture))] }
}

/** What decides whose curves are read. */
function curveOptions(args: PlotArguments, { stages }: OpenStudy): PictureOptions {
  return {
    trial: args.trial,
    stage: args.stage === undefined ? undefined : parseStage(args.stage, stages),
    top: args.top === undefined ? undefined : parseShare(args.top),
  }
}

function pictureOptions(args: PlotArguments, open: OpenStudy, { records }: PictureSource): PictureOptions {
  if (args.trial !== undefined) findTrial(open, args.trial, args.db)
  return {
    trial: args.trial,
    params: args.param === undefined ? undefined : parseParameters(args.param, searchedNames(records)),
    stage: args.stage === undefined ? undefined : parseStage(args.stage, open.stages),
    metric: args.metric === undefined ? undefined : parseMetric(args.metric, open, records),
    top: args.top === undefined ? undefined : parseShare(args.top),
    log: args.log,
    random: args.random,
    epochs: args.byEpochs,
    all: args.all,
  }
}

/** @throws UserError('usage') for an unknown name */
export function parseParameters(text: string, names: readonly string[]): string[] {
  return text.split(',').map((word) => {
    const wanted = word.trim()
    const found = names.find((name) => name === wanted) ?? names.find((name) => shortName(name) === wanted)
    if (found !== undefined) return found
    throw unknownName('--param', 'searched parameter', wanted, names)
  })
}

function parseMetric(text: string, { study }: OpenStudy, { curves }: PictureSource['records']): string {
  const names = [...new Set([study.metric, ...curves.flatMap(({ metrics }) => Object.keys(metrics))])]
  if (names.includes(text)) return text
  throw unknownName('--metric', 'metric', text, names)
}

function unknownName(option: string, kind: string, word: string, names: readonly string[]): UserError {
  const likely = closestName(word, names)
  return new UserError('usage', `${option}: there is no ${kind} ${JSON.stringify(word)}`, {
    hint:
      likely === undefined
        ? `Available: ${names.join(', ') || 'none'}.`
        : `Did you mean ${JSON.stringify(likely)}?`,
  })
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share > 0 && share <= 1) return share
  throw new UserError('usage', `--top must be above 0 and at most 1, got ${JSON.stringify(text)}`, {
    hint: 'The best tenth is --top 0.1.',
  })
}

function parseTheme(text: string | undefined): Exclude<SvgOptions['theme'], 'page'> {
  if (text === undefined || text === 'auto') return 'auto'
  if (text === 'light' || text === 'dark') return text
  throw new UserError('usage', `--theme must be auto, light or dark, got ${JSON.stringify(text)}`)
}

async function printData(
  source: PictureSource,
  pictures: readonly AnyPicture[],
  options: PictureOptions,
  terminal: Terminal,
): Promise<void> {
  const made: Record<string, unknown> = {}
  for (const name of pictures) made[name] = await makeFigureData(name, source, options)
  const { study } = source
  const document = {
    schemaVersion: SCHEMA_VERSION,
    study: study.name,
    metric: study.metric,
    direction: study.direction,
    pictures: made,
  }
  await print(terminal, `${JSON.stringify(document, null, 2)}\n`)
}

async function printPictures(
  source: PictureSource,
  pictures: readonly AnyPicture[],
  options: PictureOptions,
  args: PlotArguments,
  terminal: Terminal,
  isDefault: boolean,
): Promise<void> {
  const layout = {
    width: args.width ?? Math.min(textWidth(terminal), 120),
    colour: hasColour(terminal.stdout, terminal.env),
    ascii: args.ascii || terminal.env.TERM === 'dumb',
  }
  const texts: string[] = []
  for (const name of pictures) texts.push(drawText(await makeFigure(name, source, options), layout))
  await print(terminal, texts.join('\n'))
  if (isDefault && !args.quiet) {
    const others = ALL_PICTURES.filter((name) => !pictures.includes(name))
    say(terminal, `Other pictures: ${others.join(', ')}. As SVG files: -o FOLDER/`)
  }
}

/** One picture to a file, or to stdout for `-`; or several to a folder, which is made if it is not there. */
async function writePictures(
  output: string,
  source: PictureSource,
  pictures: readonly AnyPicture[],
  options: PictureOptions,
  {
    width,
    theme,
    quiet,
  }: { readonly width?: number | undefined; readonly theme: SvgOptions['theme']; readonly quiet: boolean },
  terminal: Terminal,
): Promise<void> {
  const svg = { width: width ?? SVG_WIDTH, theme }
  const isFolder =
    /[\\/]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory() === true
  const extension = /\.(\w+)$/.exec(output)?.[1]?.toLowerCase()
  const toStdout = output === '-'
  if (toStdout || (!isFolder && extension === 'svg')) {
    const names = pictures.length === 0 ? FIRST_PICTURES.slice(0, 1) : pictures
    if (names.length > 1) {
      throw new UserError('usage', `-o: ${countOf(names.length, 'picture')} do not fit in one file`, {
        hint: `Write to a folder: -o ${toStdout ? 'pictures' : output.replace(/\.svg$/i, '')}/`,
      })
    }
    const text = drawSvg(await makeFigure(names[0]!, source, options), svg)
    if (toStdout) {
      await printAll(terminal, [text])
      return
    }
    writeOutputFile(output, [text])
    if (!quiet) say(terminal, `Wrote ${names[0]} of ${source.study.name} to ${output}.`)
    return
  }
  if (!isFolder && extension !== undefined) {
    throw new UserError('usage', `-o: pictures are written as .svg, got ${JSON.stringify(output)}`, {
      hint: 'A folder ends with a slash: -o pictures/',
    })
  }
  makeFolder(output)
  const names = chosen(pictures, false)
  for (const name of names) {
    writeOutputFile(join(output, `${name}.svg`), [drawSvg(await makeFigure(name, source, options), svg)])
  }
  if (!quiet) say(terminal, `Wrote ${countOf(names.length, 'picture')} of ${source.study.name} to ${output}.`)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UserError('usage', `${folder} cannot be created: ${code ?? String(error)}`, { cause: error })
  }
}
