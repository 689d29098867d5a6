import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createMemoryStore, float, openStudy, type Study, type StudyInCode, study } from '../../src/index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-use-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const space = { x: float(0, 1) }
const IN_USE = { code: 'usage', message: 'Study "used" is being run by this program' }

function used(changes: Partial<StudyInCode<typeof space>> = {}): Study<{ readonly x: number }> {
  return study<typeof space>({
    name: 'used',
    direction: 'minimize',
    space,
    objective: async ({ params }: { params: { x: number } }) => {
      await new Promise(setImmediate)
      return params.x
    },
    stages: [{ trials: 6, epochs: 1 }],
    ...changes,
  })
}

async function wholeDigest(): Promise<string> {
  const whole = used()
  await whole.run()
  return whole.digest()
}

describe('while a study is run', () => {
  test.each<[string, (tuning: Study<{ readonly x: number }>) => Promise<unknown>]>([
    ['run', (tuning) => tuning.run()],
    ['asked', (tuning) => tuning.ask()],
    ['told', (tuning) => tuning.tell(0, 1)],
    ['imported into', (tuning) => tuning.import([{ params: { x: 0.5 }, value: 1 }])],
  ])('it cannot be %s, and the run is not disturbed', async (_, act) => {
    const store = createMemoryStore()
    const twice = used()
    for (const [running, other] of [[used({ store }), used({ store })] as const, [twice, twice] as const]) {
      const refusals: Promise<unknown>[] = []
      const refused = (): number => refusals.push(expect(act(other)).rejects.toMatchObject(IN_USE))
      const run = running.run({ onTrial: ({ number }) => number === 2 && refused() })
      refused()
      expect((await run).state).toBe('complete')
      expect(await Promise.all(refusals)).toHaveLength(2)
      expect(running.digest()).toBe(await wholeDigest())
    }
  })

  test('a close takes effect at its end', async () => {
    const store = path.join(folder, 'closed.db')
    const tuning = used({ store })
    const { state } = await tuning.run({ onTrial: ({ number }) => number === 2 && tuning.close() })
    expect(state).toBe('complete')
    expect(existsSync(`${store}-wal`)).toBe(false)
    expect(openStudy(store, 'used').digest()).toBe(await wholeDigest())
  })
})

test('of two runs that begin a study of one file at once, one says that the other was quicker', async () => {
  const store = path.join(folder, 'raced.db')
  const [one, other] = [used({ store }), used({ store })]
  const ends = await Promise.allSettled([one.run(), other.run()])
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'store', message: 'Study "used" was started elsewhere at the same time' },
  })
  expect((await other.run()).state).toBe('complete')
  one.close()
  other.close()
})

test('a heartbeat that cannot be written ends nothing by itself', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const store = createMemoryStore()
  let beats = 0
  store.renewLease = () => {
    beats++
    throw new Error('a disk that is full')
  }
  const tuning = used({
    store,
    objective: ({ params }: { params: { x: number } }) => {
      vi.advanceTimersByTime(15_000)
      return params.x
    },
  })
  await tuning.run().finally(() => vi.useRealTimers())
  expect(beats).toBe(6)
  expect(tuning.trials({ states: ['complete'] })).toHaveLength(6)
})

describe('a trial that waits for results', () => {
  const waits = { lag: 1, stages: [{ trials: 3, epochs: 1, sampler: 'tpe' as const }] }

  test('is refused once the study is run, and asking afterwards finds its end', async () => {
    const tuning = used(waits)
    await tuning.ask()
    const waiting = expect(tuning.ask()).rejects.toMatchObject(IN_USE)
    await new Promise(setImmediate)
    await tuning.run({ onMessage: () => {} })
    await waiting
    expect(await tuning.ask()).toBeNull()
  })

  test('is refused once the study is closed', async () => {
    const tuning = used(waits)
    await tuning.ask()
    const waiting = expect(tuning.ask()).rejects.toThrow('Study "used" was closed during a call of ask()')
    await new Promise(setImmediate)
    tuning.close()
    await waiting
  })

  test('is refused also if that happens before it has begun to wait', async () => {
    const tuning = used(waits)
    await tuning.ask()
    const waiting = expect(tuning.ask()).rejects.toThrow('Study "used" was closed during a call of ask()')
    tuning.close()
    await waiting
  })

  test('is given once another study in code of the same store is told them', async () => {
    const store = createMemoryStore()
    const [one, other] = [used({ ...waits, store }), used({ ...waits, store })]
    const first = await one.ask()
    const waiting = one.ask()
    await new Promise(setImmediate)
    await other.tell(first!.number, 0.5)
    expect(await waiting).toMatchObject({ number: 1 })
    await one.tell(1, 0.25)
    expect(await other.ask()).toMatchObject({ number: 2 })
  })
})

test('an ask that failed can be repeated', async () => {
  const rungs = used({ stages: [{ trials: 6, epochs: 9, rungs: [1] }], store: path.join(folder, 'again.db') })
  await expect(rungs.ask()).rejects.toThrow('compares trials while they run')
  await used({ store: path.join(folder, 'again.db') }).run()
  await expect(rungs.ask()).resolves.toBeNull()
})
