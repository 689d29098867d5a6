import { loadModule } from './module.ts'
import type { Objective } from './objective.ts'
import { createCommand } from './program/command.ts'
import { CLASSIFIER, type ObjectiveSource } from './source.ts'

type SourceOf<K extends ObjectiveSource['kind']> = Extract<ObjectiveSource, { readonly kind: K }>

/** What one kind of objective needs where its trials run. */
interface RunningKind<K extends ObjectiveSource['kind']> {
  /** `threads`: each trial computes in a thread of a pool. `here`: it takes its turn on the executor's own thread. */
  readonly runsIn: 'threads' | 'here'
  /**
   * MB of garbage that a thread gathers before V8 looks for it; without it the heap would grow several times larger. The
   * classifier makes hardly any, and a worker more then costs 32 MB instead of 41; other objectives may live by it.
   */
  readonly youngGenerationMb: number
  load(source: SourceOf<K>): Promise<Objective>
  /** Loads what of this package the objective will need, and nothing of the user's: so it cannot fail. */
  preload(): Promise<unknown>
}

const RUNNING: { readonly [K in ObjectiveSource['kind']]: RunningKind<K> } = {
  // Both only on use: a thread that runs a user's own objective starts without the network's code.
  [CLASSIFIER]: {
    runsIn: 'threads',
    youngGenerationMb: 6,
    load: async ({ config, data }) => (await import('./classifier.ts')).createClassifier(config, data),
    preload: () => import('./classifier.ts'),
  },
  module: {
    runsIn: 'threads',
    youngGenerationMb: 16,
    load: ({ file }) => loadModule(file),
    preload: () => import('./authoring.ts'),
  },
  command: {
    runsIn: 'here',
    youngGenerationMb: 16,
    load: async ({ place, ...settings }) => createCommand(settings, place ?? null),
    preload: async () => {},
  },
  object: {
    runsIn: 'here',
    youngGenerationMb: 16,
    load: async ({ objective }) => objective,
    preload: async () => {},
  },
}

/** What the kind of a source needs where its trials run. */
export function runningKind<K extends ObjectiveSource['kind']>(source: SourceOf<K>): RunningKind<K> {
  return RUNNING[source.kind] as RunningKind<K>
}

/**
 * The objective of a source, in this thread.
 * @throws UserError('usage') for a module that cannot be loaded, and for a command that cannot be split
 */
export function loadObjective(source: ObjectiveSource): Promise<Objective> {
  return runningKind(source).load(source as never)
}
