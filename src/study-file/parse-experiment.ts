import path from 'node:path'
import type { z } from 'zod'
import { type Place, UserError, type UserErrors } from '../errors.ts'
import { kindOf } from '../objective/kinds.ts'
import { planNotes } from '../search/plan-notes.ts'
import { searchNotes } from '../search/search-notes.ts'
import { spaceNotes } from '../space/space-notes.ts'
import { describeValue } from '../text/quote.ts'
import type { Experiment } from './experiment.ts'
import { describeIssue, leaveUnsaid } from './issue-sentences.ts'
import { type Mistake, mistakesError, userErrors } from './mistakes.ts'
import { type OutsideSettings, withOutsideSettings } from './outside-settings.ts'
import { labelOf, type Override } from './overrides.ts'
import { type Path, startsWith } from './path.ts'
import { rememberPlaces } from './places.ts'
import { resolveExperiment } from './resolve-experiment.ts'
import type { Blocks } from './resolving.ts'
import { BLOCKS, type BlockName, SHORTHANDS, STUDY_KEYS } from './study-blocks.ts'
import { unknownKey } from './unknown-key.ts'
import { subject } from './wording.ts'
import { parseYaml, type YamlFile } from './yaml-file.ts'

export interface ParseOptions extends OutsideSettings {
  /** Whether there is a file or folder of that absolute path. Without it, no path is looked at. */
  readonly exists?: ((path: string) => boolean) | undefined
  /** Called with a sentence for each thing that was read differently than a reader might expect. */
  readonly note?: ((text: string) => void) | undefined
}

/** Settings as plain data, and where they come from. */
export interface StudySource {
  readonly value: unknown
  /** Relative paths are taken from its folder, and a study without a name is called like it. */
  readonly file: string
  /** The place of a key or of the value behind it; undefined where there is none. */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place | undefined
}

/**
 * The experiment that a study file's text describes: every default filled in, every path absolute, taken from the
 * file's folder. Pure but for `exists`.
 * @param file the file's path, for messages and relative paths
 * @throws UserErrors('usage') with every mistake found, in the order of the lines
 */
export function parseExperiment(text: string, file: string, options: ParseOptions = {}): Experiment {
  const yaml = parseYaml(text, file)
  if (yaml.value === null) throw emptyFile(file)
  const { value, overrides } = withOutsideSettings(yaml.value, options)
  return experimentOf(
    { value, file, placeOf: (where, at) => placeOf(where, at, yaml, overrides, file) },
    options,
  )
}

/**
 * The experiment that settings describe, wherever they come from. Pure but for `exists`.
 * @throws UserErrors('usage') with every mistake found
 */
export function experimentOf(
  { value: root, file, placeOf }: StudySource,
  { exists = () => true, note = () => {} }: Pick<ParseOptions, 'exists' | 'note'>,
): Experiment {
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    const message = `A study must be a block of keys, got ${describeValue(root)}`
    const hint = 'Start from a copy of a file in experiments/.'
    throw mistakesError([{ path: [], at: 'value', message, hint }], placeOf)
  }
  const mistakes: Mistake[] = []
  const raw = root as Readonly<Record<string, unknown>>
  const { blocks, failed } = readBlocks(raw, mistakes)
  const experiment = resolveExperiment({
    raw,
    blocks,
    failed,
    file: path.resolve(file),
    folder: path.dirname(path.resolve(file)),
    exists,
    report: (mistake) => mistakes.push(mistake),
  })
  mistakes.push(...nonFiniteNumbers(root, mistakes))
  if (experiment === null || mistakes.length > 0) throw mistakesError(mistakes, placeOf)
  rememberPlaces(experiment, placeOf)
  for (const text of notesOn(experiment, raw, blocks)) note(text)
  return experiment
}

/** What was read differently than a reader might expect, and what has no effect, a sentence each. */
function notesOn(
  { objective, space, stages }: Experiment,
  raw: Readonly<Record<string, unknown>>,
  blocks: Blocks,
): string[] {
  const kind = kindOf(objective)
  return [
    ...spaceNotes(space, raw.space),
    // The whole space of an objective that brings its own is known, and checked, once that is loaded.
    ...(kind.bringsSpace ? [] : searchNotes(space, stages)),
    ...planNotes(blocks.stages, blocks.budget, stages),
    ...(kind.unused?.(objective, raw, space) ?? []),
  ]
}

/** Each block on its own; mistakes are added to the list. */
function readBlocks(
  raw: Readonly<Record<string, unknown>>,
  mistakes: Mistake[],
): { readonly blocks: Blocks; readonly failed: ReadonlySet<BlockName> } {
  const context = { root: raw, schema: STUDY_KEYS, shorthands: SHORTHANDS }
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(BLOCKS, key)) mistakes.push(unknownKey([], key, context))
  }
  const blocks: Partial<Record<BlockName, unknown>> = {}
  const failed = new Set<BlockName>()
  for (const name of Object.keys(BLOCKS) as BlockName[]) {
    const schema: z.ZodType = BLOCKS[name]
    const read = schema.safeParse(raw[name], { error: leaveUnsaid })
    if (read.success) blocks[name] = read.data
    else {
      failed.add(name)
      mistakes.push(
        ...oneOfEachValue(read.error.issues).flatMap((issue) => describeIssue(issue, [name], context)),
      )
    }
  }
  return { blocks: blocks as Blocks, failed }
}

/** A value breaks its type or the narrowest of its bounds; what else it breaks is the echo of that. */
function oneOfEachValue(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const isSame = (a: z.core.$ZodIssue, b: z.core.$ZodIssue): boolean =>
    a.path.join('\0') === b.path.join('\0')
  return issues.filter((issue, i) => {
    if (issue.code !== 'too_big' && issue.code !== 'too_small') return true
    return !issues.some(
      (other, j) =>
        isSame(issue, other) && (other.code === 'invalid_type' || (other.code === issue.code && j > i)),
    )
  })
}

/** NaN and infinite numbers that no other rule has reported yet: nothing in a study may be NaN or infinite. */
function nonFiniteNumbers(root: unknown, known: readonly Mistake[]): Mistake[] {
  const found: Mistake[] = []
  const visit = (value: unknown, where: Path): void => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      if (known.some((mistake) => startsWith(where, mistake.path))) return
      const message = `${subject(where)} must be a finite number, got ${describeValue(value)}`
      found.push({ path: where, at: 'value', message })
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, [...where, index])
      })
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, [...where, key])
    }
  }
  visit(root, [])
  return found
}

function emptyFile(file: string): UserErrors {
  return userErrors([
    new UserError('usage', 'The file has no content', {
      hint: 'Start from a copy of a file in experiments/.',
      where: { file },
    }),
  ])
}

/** Where to point: at the override that set it, at its place in the file, or at the nearest block around it. */
function placeOf(
  where: Path,
  at: 'key' | 'value',
  yaml: YamlFile,
  overrides: readonly Override[],
  file: string,
): Place {
  const label = labelOf(overrides, where)
  if (label !== undefined) return { file: label }
  const place = yaml.placeOf(where, at)
  if (place !== undefined) return place
  const inside = overrides.findLast((override) => startsWith(override.path, where))
  if (inside !== undefined) return { file: inside.label }
  if (where.length === 0) return { file }
  return placeOf(where.slice(0, -1), 'key', yaml, overrides, file)
}
