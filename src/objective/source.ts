import type { PreparedData } from '../data/prepared.ts'
import type { ClassifierConfig } from './classifier-config.ts'
import type { Objective } from './objective.ts'

/** Where an objective comes from: plain data that every worker can load it from. */
export type ObjectiveSource =
  | { readonly kind: 'mlp-classifier'; readonly config: ClassifierConfig; readonly data: PreparedData }
  /** A module whose default export was made by `defineObjective`; an absolute path. */
  | { readonly kind: 'module'; readonly file: string }
  /** A program, split into words as a shell would but run without one; `cwd` is absolute. */
  | { readonly kind: 'command'; readonly command: string; readonly cwd: string }
  /** An object in this process: only the inline executor can run it. */
  | { readonly kind: 'object'; readonly objective: Objective }
