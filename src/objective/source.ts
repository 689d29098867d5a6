import type { DataSettings } from '../data/data-config.ts'
import type { PreparedData } from '../data/prepared.ts'
import type { ClassifierConfig } from './classifier-config.ts'
import type { Objective } from './objective.ts'

/** What study files and stored experiments call the built-in network. */
export const CLASSIFIER = 'mlp-classifier'

/** What an experiment says of its objective: plain JSON, every default filled in, every path absolute. */
export type ObjectiveSettings = ClassifierSettings | ModuleSettings | CommandSettings

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

/** A program, split into words as a shell would but run without one. */
export interface CommandSettings {
  readonly kind: 'command'
  readonly command: string
  readonly cwd: string
}

/** Where an objective comes from once its data are prepared: plain data that every worker can load it from. */
export type ObjectiveSource =
  | { readonly kind: typeof CLASSIFIER; readonly config: ClassifierConfig; readonly data: PreparedData }
  | ModuleSettings
  | CommandSettings
  /** An object in this process: only the inline executor can run it. */
  | { readonly kind: 'object'; readonly objective: Objective }
