import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { TrialTask } from '../../src/execute/executor.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { planStages, type StageEntry } from '../../src/search/plan.ts'
import { float } from '../../src/space/constructors.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import type { StudyEvent } from '../../src/study/events.ts'
import { runStudy, type StudyLimits } from '../../src/study/study-run.ts'
import type { TrialRecord } from '../../src/trial.ts'
import { dying } from './dying-store.ts'
import { type Course, createSteppingExecutor } from './stepping-executor.ts'

const SPACE = { parameters: { x: float(0, 1) }, conditions: {}, constraints: [] }

/** A file for a store that is not there yet; gone at the end of the test. */
export function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'finesweep-rungs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'studies.db')
}

interface Setup {
  readonly file?: string
  readonly stages?: readonly StageEntry[]
  readonly lag?: number
  readonly slots?: number
  readonly schedule?: number
  readonly pauses?: boolean
  readonly loses?: boolean
  /** The process dies at this flush. */
  readonly flushes?: number
  readonly limits?: Partial<StudyLimits>
  readonly stop?: { readonly target: number | null; readonly patience: number | null }
  readonly courseOf?: (task: TrialTask, attempt: number) => Course
  readonly onTrial?: (record: TrialRecord) => string | undefined
  readonly onEvent?: (event: StudyEvent) => void
}

interface Result {
  readonly digest: string
  readonly trials: readonly TrialRecord[]
  readonly epochs: number
  readonly endReason: string | null
}

const ONE_STAGE = [{ trials: 40, epochs: 9, rungs: [1, 3], sampler: 'tpe' }] as const

/** Runs a study from wherever its store stands; throws if it is killed. */
export async function run(setup: Setup = {}): Promise<Result> {
  const store = openWriter(setup.file ?? newFile())
  const attempts = new Map<number, number>()
  const executor = createSteppingExecutor({
    slots: setup.slots ?? 1,
    seed: setup.schedule ?? 0,
    pauses: setup.pauses ?? true,
    loses: setup.loses ?? false,
    courseOf: (task) => {
      const attempt = (attempts.get(task.spec.number) ?? 0) + 1
      attempts.set(task.spec.number, attempt)
      return (setup.courseOf ?? wild)(task, attempt)
    },
  })
  const control = new AbortController()
  try {
    let study = store.findStudy('rungs')
    if (study !== undefined) store.acquireLease(study.id)
    study ??= store.createStudy({
      name: 'rungs',
      seed: 5,
      direction: 'maximize',
      metric: 'score',
      tieMetric: null,
      lag: setup.lag ?? 4,
      experiment: {},
      fingerprints: { data: null, objective: '', space: '' },
      codeVersion: '0',
    })
    const { id } = study
    const running = runStudy({
      study,
      space: SPACE,
      stages: planStages({ stages: setup.stages ?? ONE_STAGE }).stages,
      limits: { trialTimeoutMs: null, retries: 1, maxFailures: null, maxEpochs: null, ...setup.limits },
      ...(setup.stop === undefined ? {} : { stop: setup.stop }),
      store: dying(store, setup.flushes ?? Infinity),
      executor,
      listener: (event) => {
        setup.onEvent?.(event)
        if (event.kind !== 'trial-finished') return
        const reason = setup.onTrial?.(event.record)
        if (reason !== undefined) control.abort(reason)
      },
      say: () => {},
      host: 'here',
      signal: control.signal,
    })
    const end = await Promise.race([running, executor.deadlock])
    const { epochs } = executor
    return { digest: studyDigest(store, id), trials: store.trials(id), epochs, endReason: end.endReason }
  } finally {
    await executor.close()
    store.close()
  }
}

/** Curves that cross, diverge, and fail for good or once, all from the trial's seed and params. */
export function wild({ spec }: TrialTask, attempt = 1): Course {
  const draws = fastGenerator(['wild', spec.seed])
  const fate = draws.next()
  const level = spec.params.x as number
  const all = Array.from(
    { length: spec.budget.epochs },
    (_, epoch) => level + (1 - level) * draws.next() * (epoch / spec.budget.epochs) + draws.next() / 5,
  )
  const until = draws.below(spec.budget.epochs)
  if (fate < 0.1) return { values: all.slice(0, until), ends: 'diverged' }
  if (fate < 0.2) return { values: all.slice(0, until), ends: 'failed' }
  if (fate < 0.3 && attempt === 1) return { values: all.slice(0, until), ends: 'failed' }
  if (fate < 0.35) return { values: all.slice(0, Math.max(1, until)) }
  return { values: all }
}
