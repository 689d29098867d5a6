import { classifierKind } from './classifier-kind.ts'
import { externalKind } from './external-kind.ts'
import type { ObjectiveKind } from './kind.ts'
import { moduleKind } from './module-kind.ts'
import { commandKind } from './program/command-kind.ts'
import type { ClassifierSettings, ObjectiveSettings } from './source.ts'

/** Every kind of objective, by the name that a store has for it. */
const KINDS: {
  readonly [K in ObjectiveSettings['kind']]: ObjectiveKind<Extract<ObjectiveSettings, { kind: K }>>
} = {
  [classifierKind.kind]: classifierKind,
  module: moduleKind,
  command: commandKind,
  external: externalKind,
}

export const OBJECTIVE_KINDS = Object.values(KINDS) as readonly ObjectiveKind[]

/** What a study file means that names no objective. */
export const DEFAULT_OBJECTIVE = classifierKind.kind

/** The blocks of a study file that belong to one kind of objective; those of a further kind are merged here. */
export const OBJECTIVE_BLOCKS = classifierKind.blocks

/** The description of an objective's kind. */
export function kindOf<S extends ObjectiveSettings>({ kind }: Pick<S, 'kind'>): ObjectiveKind<S> {
  return KINDS[kind] as unknown as ObjectiveKind<S>
}

/** Whether trials keep a network of finesweep's own, which can be evaluated and used. */
export function keepsNetwork(settings: ObjectiveSettings): settings is ClassifierSettings {
  return kindOf(settings).artifact === 'network'
}
