import type { Params } from '../space/distribution.ts'
import { drawnBefore } from './imported-stages.ts'
import type { Replicate, StagePlan } from './stage-plan.ts'

/** The epochs of a first stage that names none, and of any other. */
export const DEFAULT_EPOCHS = [1, 5] as const

/** What a stage of replicates may say; the rest of it is worked out. */
interface Entry {
  readonly name?: string | undefined
  readonly trials?: number | undefined
  readonly epochs?: number | undefined
  readonly warmStart?: boolean | undefined
  readonly startWith?: readonly Params[] | undefined
  readonly rungs?: readonly number[] | true | undefined
  readonly replicate?: Replicate | undefined
  readonly imported?: StagePlan['imported']
}

/**
 * The entries with what a stage of replicates leaves to be worked out: its trials, and the epochs of the stage before.
 * Reports one that is not last, that is first, or that names what does not apply to it.
 */
export function withReplicates<E extends Entry>(
  entries: readonly E[],
  mistakes: { readonly path: readonly (string | number)[]; readonly message: string }[],
): readonly E[] {
  return entries.map((entry, index) => {
    const { replicate } = entry
    if (replicate === undefined) return entry
    const report = (key: string, message: string): void => {
      mistakes.push({ path: ['stages', index, key], message: `stages[${index}]: ${message}` })
    }
    const trials = replicate.top * replicate.seeds
    const before = drawnBefore(entries, index)
    const drawn = entries[before]
    const epochs = drawn === undefined ? entry.epochs : epochsOf(drawn, before)
    if (drawn === undefined)
      report('replicate', 'replicate reruns the best trials, but there is no stage before it. Drop it.')
    if (index < entries.length - 1)
      report('replicate', 'replicate must be the last stage. Move it to the end.')
    if (entry.trials !== undefined && entry.trials !== trials) {
      report(
        'trials',
        `trials must be top · seeds = ${trials} in a replicate stage, got ${entry.trials}. Drop it.`,
      )
    }
    if (entry.epochs !== undefined && entry.epochs !== epochs) {
      report('epochs', `epochs must be those of the stage before, ${epochs}, got ${entry.epochs}. Drop it.`)
    }
    if (entry.warmStart === true)
      report('warmStart', 'replicates start from scratch: warmStart does not apply. Drop it.')
    if (entry.startWith !== undefined && entry.startWith.length > 0) {
      report('startWith', 'replicates run the best points: startWith does not apply. Drop it.')
    }
    if (entry.rungs === true || (entry.rungs !== undefined && entry.rungs.length > 0)) {
      report('rungs', 'replicates run all their epochs: rungs does not apply. Drop it.')
    }
    const name = entry.name ?? 'replicate'
    return { ...entry, name, trials, epochs, sampler: 'random', rootShare: 0 }
  })
}

/** The epochs of the stage of that index. */
export function epochsOf({ epochs }: Pick<Entry, 'epochs'>, index: number): number {
  return epochs ?? (index === 0 ? DEFAULT_EPOCHS[0] : DEFAULT_EPOCHS[1])
}
