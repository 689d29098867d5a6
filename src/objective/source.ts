import type { DataSettings } from '../data/data-config.ts'
import type { PreparedData } from '../data/prepared.ts'
import type { ClassifierConfig } from './classifier-config.ts'
import type { Objective } from './objective.ts'
import type { StudyPlace } from './study-place.ts'

/** What study files and stored experiments call the built-in network. */
export const CLASSIFIER = 'mlp-classifier'

/** What an experiment says of its objective: plain JSON, every default filled in, every path absolute. */
export type ObjectiveSettings = ClassifierSettings | ModuleSettings | CommandSettings | ExternalSettings

export interface ClassifierSettings {
  readonly kind: typeof CLASSIFIER
  readonly config: ClassifierConfig
  readonly data: DataSettings
}

/** A module whose default export is an objective. */
export interface ModuleSettings {
  readonly kind: 'module'
  readonly file: string
}

/** What study files and stored experiments call an objective that finesweep cannot start. */
export const EXTERNAL = 'external'

/** A function of the program that runs the study; or values that are told from outside. */
export interface ExternalSettings {
  readonly kind: typeof EXTERNAL
  /** SHA-256 in hex of the function's text; null where values are told. */
  readonly code: string | null
}

/** A program, split into words as a shell would but run without one. */
export interface CommandSettings {
  readonly kind: 'command'
  /** A text to be split, or the words themselves. */
  readonly command: string | readonly string[]
  readonly cwd: string
  /** Variables of the program's environment, beside those that it inherits; placeholders are filled in. */
  readonly env: Readonly<Record<string, string>>
  /** One for each slot, in turn: GPUs, ports; null for none. */
  readonly devices: readonly string[] | null
  /** How many of the best trials keep their folders. */
  readonly keep: number | 'all'
}

/** The source with the place of its study, for kinds whose trials have folders. */
export function atPlace(source: ObjectiveSource, place: StudyPlace): ObjectiveSource {
  return source.kind === CLASSIFIER ? source : { ...source, place }
}

/** Where an objective comes from once its data are prepared: plain data that every worker can load it from. */
export type ObjectiveSource =
  | { readonly kind: typeof CLASSIFIER; readonly config: ClassifierConfig; readonly data: PreparedData }
  | (ModuleSettings & { readonly place?: StudyPlace })
  | (CommandSettings & { readonly place?: StudyPlace })
  /** An object in this process: only the inline executor can run it. */
  | { readonly kind: 'object'; readonly objective: Objective; readonly place?: StudyPlace }
