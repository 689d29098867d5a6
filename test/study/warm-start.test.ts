import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrialTask } from '../../src/execute/executor.ts'
import { planStages } from '../../src/search/plan.ts'
import { float } from '../../src/space/constructors.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import { runStudy } from '../../src/study/study-run.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { dying } from './dying-store.ts'
import { createSimulatedExecutor, type Simulated } from './simulated-executor.ts'

const folder = temporaryFolder()
const SPACE = { parameters: { x: float(0, 1) }, conditions: {}, constraints: [] }
const { stages } = planStages({
  stages: [
    { trials: 12, epochs: 1 },
    { trials: 8, epochs: 2, warmStart: true },
    { trials: 5, epochs: 3, warmStart: true },
  ],
})

/** Better than what it continues by an amount of its own; it leaves its number and value behind. */
function climb({ spec, continued }: TrialTask): Simulated {
  const before = continued === null ? null : (JSON.parse(new TextDecoder().decode(continued)) as number[])
  expect(before?.[0]).toBe(spec.continues ?? undefined)
  const value = (before?.[1] ?? 0) + ((spec.params.x as number) * (1 + spec.number)) / 50
  const artifact = new TextEncoder().encode(JSON.stringify([spec.number, value]))
  return { values: Array.from({ length: spec.budget.epochs }, () => value), artifact }
}

/** Runs the study from wherever its store stands; throws if it is killed. */
async function run(file: string, slots: number, schedule: number, flushes = Infinity): Promise<string> {
  const store = openWriter(file)
  try {
    let study = store.findStudy('climb')
    if (study !== undefined) store.acquireLease(study.id)
    study ??= store.createStudy({
      name: 'climb',
      seed: 7,
      direction: 'maximize',
      metric: 'score',
      tieMetric: null,
      lag: 3,
      experiment: {},
      fingerprints: { data: null, objective: '', space: '' },
      codeVersion: '0',
    })
    await runStudy({
      study,
      space: SPACE,
      stages,
      limits: { trialTimeoutMs: null, retries: 0, maxFailures: null, maxEpochs: null },
      store: dying(store, flushes),
      executor: createSimulatedExecutor(slots, schedule, climb),
      listener: () => {},
      say: () => {},
      host: 'here',
      signal: new AbortController().signal,
    })
    expect(store.trials(study.id).filter(({ continues }) => continues !== null)).toHaveLength(13)
    return studyDigest(store, study.id)
  } finally {
    store.close()
  }
}

let count = 0
const newFile = (): string => join(folder, `${count++}.db`)

test.each([1, 2, 5])(
  'warm starts on %d workers find what they continue, whatever kills the study on its way',
  async (slots) => {
    const expected = await run(newFile(), 1, 0)
    expect(await run(newFile(), slots, 1)).toBe(expected)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
        fc.nat(),
        async (kills, schedule) => {
          const file = newFile()
          for (const flushes of kills) await run(file, slots, schedule, flushes).catch(() => {})
          expect(await run(file, slots, schedule + 1)).toBe(expected)
        },
      ),
      { numRuns: 12 },
    )
  },
)

test('an artifact that the store has lost is made again by running its trial once more', async () => {
  const expected = await run(newFile(), 1, 0)
  const file = newFile()
  await run(file, 1, 0, 14).catch(() => {})
  const store = openWriter(file)
  const { id } = store.findStudy('climb')!
  expect(store.stages(id)).toHaveLength(2)
  store.acquireLease(id)
  store.keepArtifacts(id, [])
  store.flush()
  store.close()
  expect(await run(file, 2, 0)).toBe(expected)
})
