import type { Objective } from '../objective/objective.ts'
import type { ObjectiveFunction } from '../objective/plain-function.ts'
import type { Sampler } from '../search/sampler.ts'
import type { SamplerName } from '../search/stage-plan.ts'
import type { Conditional, ValueOf } from '../space/constructors.ts'
import type { Distribution, Params, ParamValue } from '../space/distribution.ts'
import type { StudyWriter } from '../store/store.ts'
import type { StudySettings } from '../study-file/define-study.ts'

/**
 * A search space in code. Each parameter is made by `float`, `int`, `choice`, `fixed` or `when`, or is an entry as in a
 * study file (`{ float: [1e-5, 1], log: true }`), or a single, fixed value.
 */
export type SpaceInCode = Readonly<Record<string, Distribution | Conditional | ParamValue | object>>

/** The values that a parameter written in any of these ways can take. */
export type ValueIn<Entry> = Entry extends ParamValue
  ? Entry
  : Entry extends Distribution | Conditional
    ? ValueOf<Entry>
    : Entry extends { readonly float: unknown } | { readonly int: unknown }
      ? number
      : Entry extends { readonly choices: readonly (infer Choice)[] }
        ? Extract<Choice, ParamValue>
        : Entry extends { readonly fixed: infer Value }
          ? Extract<Value, ParamValue>
          : ParamValue

type ConditionalNames<S> = {
  [Name in keyof S]: S[Name] extends { readonly kind: 'conditional' } | { readonly when: object }
    ? Name
    : never
}[keyof S]

/** The params that a space gives: names and types, conditional ones optional. Any params where the space is not known. */
export type ParamsIn<S extends SpaceInCode> = string extends keyof S
  ? Params
  : { readonly [Name in Exclude<keyof S, ConditionalNames<S>>]: ValueIn<S[Name]> } & {
      readonly [Name in ConditionalNames<S>]?: ValueIn<S[Name]>
    }

/** A program that is started for each trial. Its contract: docs/commands.md. */
export interface ProgramInCode {
  /** A string that is split as a shell would, or a list of words; placeholders such as `{learningRate}` are filled in. */
  readonly command: string | readonly string[]
  readonly cwd?: string
  /** Environment variables, in addition to those that it inherits. */
  readonly env?: Readonly<Record<string, string | number | boolean>>
  /** Assigned to the slots in turn: GPUs, ports. */
  readonly devices?: readonly (string | number)[]
  /** How many of the best trials keep their folders; 3 by default. */
  readonly keep?: number | 'all'
}

/** What is measured: a function, a module, or a program. */
export type ObjectiveInCode<P extends Params> =
  /** A function, called on this thread. The space says what its params are, never the function. */
  | ObjectiveFunction<NoInfer<P>>
  /** The result of `defineObjective`. */
  | Objective<P>
  /** A module's path or file URL (each trial runs in a thread of a pool), or `external` if values are reported with `tell`. */
  | string
  | URL
  | ProgramInCode

/** Where the trials of a study are kept, and where relative paths start. */
export interface StudyPlaceOptions {
  /** A file, which keeps every trial, or a store of your own. By default memory, lost when the process ends. */
  readonly store?: string | StudyWriter
  /** The folder that relative paths start from; by default the working directory. */
  readonly folder?: string
}

/** A stage in code: the keys of a study file, or a sampler of your own. */
export type StageInCode = Omit<NonNullable<StudySettings['stages']>[number], 'sampler'> & {
  readonly sampler?: SamplerName | Sampler | undefined
}

/**
 * A study in code: the keys of a study file, with a space and an objective written in code.
 * Without `objective` it is the built-in network, as in a file.
 */
export type StudyInCode<S extends SpaceInCode = SpaceInCode, P extends Params = ParamsIn<S>> = Omit<
  StudySettings,
  'space' | 'objective' | 'stages'
> &
  StudyPlaceOptions & {
    readonly space?: S
    readonly objective?: ObjectiveInCode<P>
    readonly stages?: readonly StageInCode[]
  }
