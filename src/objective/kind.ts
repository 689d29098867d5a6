import type { z } from 'zod'
import type { PrepareOptions } from '../data/prepare-data.ts'
import type { PreparedData } from '../data/prepared.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { TestScore } from '../train/test-score.ts'
import type { Direction } from '../trial.ts'
import type { Objective } from './objective.ts'
import type { ObjectiveSettings, ObjectiveSource } from './source.ts'

/** How many of the best trials of a study keep their folders, unless its file says. */
export const KEPT_FOLDERS = 3

/** Something wrong in a study file. */
export interface FileMistake {
  /** Keys and list indices from the top of the file. */
  readonly path: readonly (string | number)[]
  /** Whether the key at the end of the path is wrong, or the value behind it. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly hint?: string | undefined
}

/** A study file around its objective: what the blocks say, each read on its own. */
export interface WrittenStudy {
  /** The file as plain data, to tell what it says from what was filled in. */
  readonly raw: Readonly<Record<string, unknown>>
  /** The blocks with their defaults, by name; one that is in `failed` is missing. */
  readonly blocks: Readonly<Record<string, unknown>>
  /** Blocks that could not be read; their mistakes are reported already. */
  readonly failed: ReadonlySet<string>
  /** The folder of the study file, absolute; relative paths start there. */
  readonly folder: string
  readonly exists: (path: string) => boolean
  readonly report: (mistake: FileMistake) => void
}

/** What a study ranks by, and which way it gets better. */
export interface Aim {
  readonly metric: string
  readonly direction: Direction
}

/** An objective that is ready to run, with what identifies it. */
export interface OpenedObjective {
  /** With everything settled that the study file leaves open. */
  readonly settings: ObjectiveSettings
  readonly source: ObjectiveSource
  /** What the study ranks by, where that follows from the data. */
  readonly aim?: Aim
  /** The space it brings along; null if the study file has to give it. */
  readonly space: SearchSpace | null
  /** SHA-256 in hex of what is measured: code and settings, without the data. */
  readonly fingerprint: string
  /** Null for an objective that reads its own. */
  readonly data: PreparedData | null
}

export interface OpenOptions extends PrepareOptions {
  readonly signal?: AbortSignal | undefined
  /** What an external objective stands for. */
  readonly objective?: Objective | undefined
}

/** The form of `objective` in a study file: a text, or a block of keys. */
export type WrittenObjective = string | Readonly<Record<string, unknown>>

/**
 * One kind of objective: everything that differs between kinds outside the thread that runs a trial, which
 * `load.ts` describes.
 */
export interface ObjectiveKind<S extends ObjectiveSettings = ObjectiveSettings> {
  readonly kind: S['kind']
  /** With its article, for messages. */
  readonly noun: string
  /** What the trials of a study keep: a network that `predict` and `evaluate` use, other bytes, or a folder. */
  readonly artifact: 'network' | 'bytes' | 'folder'
  /** The blocks of a study file that this kind alone reads, by name. */
  readonly blocks: Readonly<Record<string, z.ZodType>>
  /** The keys of `objective: { ... }`; the first one selects the kind. */
  readonly keys: Readonly<Record<string, z.ZodType>>
  /** Whether the text alone, `objective: TEXT`, means this kind. */
  readonly isShort: (text: string) => boolean
  /** The settings in a store. */
  readonly stored: z.ZodType<S> & z.core.$ZodTypeDiscriminable

  /** The settings of a study that version 0.1 began, so that its trials measure what they measured then. */
  fromVersion1?(settings: S): S
  /** The settings as a study file says them, by its top-level keys, for comparing two studies. */
  written(settings: S): Readonly<Record<string, unknown>>
  /** What the study ranks by; null after a report. */
  aim(metric: string | undefined, direction: Direction | undefined, study: WrittenStudy): Aim | null
  /** The settings; null after a report of what is wrong. */
  resolve(objective: WrittenObjective, aim: Aim | null, study: WrittenStudy): S | null
  /** Why no trial can continue another, with a way out; null if one can. */
  noWarmStart(study: WrittenStudy): { readonly reason: string; readonly hint: string } | null

  /** Whether the objective itself may bring a space: then names and rules of the file are checked against it later. */
  readonly bringsSpace: boolean
  /** Reports names in the file's space that the objective cannot take. */
  checkNames(study: WrittenStudy): void
  /** The space where a file gives none; null after a report. */
  defaultSpace(study: WrittenStudy): SearchSpace | null
  /** The space of a file, checked and with what follows from the objective filled in. @param settings null if unknown */
  checkSpace(space: SearchSpace, settings: S | null, study: WrittenStudy): SearchSpace
  /** Reports what can be known of a space that could not be read. */
  checkUnreadableSpace(settings: S | null, study: WrittenStudy): void

  /** What a file sets or searches although no trial reads it, a sentence each; left out where all is read. */
  unused?(settings: S, raw: WrittenStudy['raw'], space: SearchSpace): string[]

  /** How many of the best trials of a study keep their folders; null if its trials have none. */
  keptFolders(settings: S): number | 'all' | null
  /** The metric that ranks trials of equal value; null for none. */
  tie(settings: S): Aim | null
  /** Prepares what is measured. @throws UserError('usage'); PreparationStopped */
  open(settings: S, options: OpenOptions): Promise<OpenedObjective>
  /** The source with the arithmetic that a trial was recorded with. */
  asRecorded(source: ObjectiveSource, arithmetic: string): ObjectiveSource
  /** A kept artifact on the test part of the data; null if there is none. */
  evaluateTest(settings: S, data: PreparedData | null, artifact: Uint8Array): Promise<TestScore | null>
}

/** Reports a file or folder that is not there. @param what what it should be, without its article */
export function requireExisting(
  path: FileMistake['path'],
  absolute: string,
  what: string,
  { exists, report }: WrittenStudy,
): void {
  if (exists(absolute)) return
  report({
    path,
    at: 'value',
    message: `There is no ${what} ${absolute}`,
    hint: 'Paths are relative to the folder of the study file.',
  })
}
