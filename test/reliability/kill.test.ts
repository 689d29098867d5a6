import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { chaosSeed, finesweep, scaled, start, studyFile } from './finesweep.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let undisturbed = ''

beforeAll(async () => {
  const db = path.join(folder, 'undisturbed.db')
  const run = await finesweep(['run', studyFile('quick.yaml'), '--db', db, '--workers', '2', '--quiet'])
  expect(run.stderr).toBe('')
  undisturbed = await digest(db)
})

async function digest(db: string): Promise<string> {
  return (await finesweep(['digest', '--db', db])).stdout.trim()
}

/** A study is as it must be: nothing lost, nothing twice, nothing left running, the file sound. */
function expectSound(db: string): void {
  const store = new Database(db, { readonly: true })
  const numbers = store.prepare('SELECT number FROM trials ORDER BY number').pluck().all()
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, number) => number))
  expect(
    store.prepare("SELECT count(*) FROM trials WHERE state IN ('running', 'waiting')").pluck().get(),
  ).toBe(0)
  expect(store.pragma('integrity_check', { simple: true })).toBe('ok')
  store.close()
}

/** Resolves once the process has a study in its store to be killed in, or has ended. */
function begun(run: ReturnType<typeof start>): Promise<unknown> {
  return Promise.race([new Promise((resolve) => run.child.stderr!.once('data', resolve)), run.ended])
}

/** How many trials of the store have finished; 0 while it is being made. */
function finishedIn(db: string): number {
  try {
    const store = new Database(db, { readonly: true })
    try {
      return store
        .prepare("SELECT count(*) FROM trials WHERE state NOT IN ('running', 'waiting')")
        .pluck()
        .get() as number
    } finally {
      store.close()
    }
  } catch {
    return 0
  }
}

/** Calls `work` once the run has finished that many more trials, and a few milliseconds; never if it ends before. */
async function afterTrials(
  run: ReturnType<typeof start>,
  db: string,
  { trials, ms }: { readonly trials: number; readonly ms: number },
  work: () => void,
): Promise<void> {
  let isOver = false
  void run.ended.then(() => {
    isOver = true
  })
  await begun(run)
  const wanted = finishedIn(db) + trials
  while (!isOver && finishedIn(db) < wanted) await new Promise((resolve) => setTimeout(resolve, 2))
  await new Promise((resolve) => setTimeout(resolve, ms))
  if (!isOver) work()
}

test(
  'a study that is killed at random times and resumed ends with the digest of one that was not',
  async () => {
    const seed = chaosSeed()
    const generator = fastGenerator(['kill', seed])
    const kills = scaled(6, 200)
    let killed = 0
    for (let study = 0; killed < kills; study++) {
      const db = path.join(folder, `killed-${study}.db`)
      let args = ['run', studyFile('quick.yaml'), '--db', db]
      for (;;) {
        const run = start([...args, '--workers', String(1 + generator.below(3))])
        const moment = { trials: generator.below(40), ms: 20 * generator.next() }
        await afterTrials(run, db, moment, () => run.child.kill('SIGKILL'))
        const { code, signal, stderr } = await run.ended
        args = ['resume', '--db', db]
        if (signal === 'SIGKILL') {
          killed++
          continue
        }
        expect(code, `seed ${seed}, study ${study}: ${stderr}`).toBe(0)
        break
      }
      expect(await digest(db), `seed ${seed}, study ${study}`).toBe(undisturbed)
      expectSound(db)
    }
    console.log(`${killed} kills`)
  },
  scaled(120_000, 3_600_000),
)

test(
  'SIGTERM and Ctrl-C at random times give their exit codes and leave a study that resumes to the same digest',
  async () => {
    const seed = chaosSeed()
    const generator = fastGenerator(['signal', seed])
    let stopped = 0
    for (let round = 0; round < scaled(3, 60); round++) {
      const db = path.join(folder, `signal-${round}.db`)
      const name = generator.below(2) === 0 ? 'SIGINT' : 'SIGTERM'
      const run = start(['run', studyFile('quick.yaml'), '--db', db, '--workers', '2'])
      const twice = generator.below(3) === 0
      const moment = { trials: generator.below(30), ms: 20 * generator.next() }
      await afterTrials(run, db, moment, () => {
        run.child.kill(name)
        if (twice) run.child.kill(name)
      })
      const { code, stderr } = await run.ended
      const message = `seed ${seed}, round ${round}: ${stderr}`
      const store = new Database(db, { readonly: true })
      const state = store.prepare('SELECT state FROM studies').pluck().get()
      const left = store.prepare("SELECT count(*) FROM trials WHERE state = 'running'").pluck().get()
      store.close()
      if (code !== 0) {
        stopped++
        expect(code, message).toBe(name === 'SIGINT' ? 130 : 143)
        expect({ state, left }, message).toEqual({ state: 'stopped', left: 0 })
      } else expect(state).toBe('complete')
      const resumed = await finesweep(['resume', '--db', db, '--quiet'])
      expect(resumed.code, message + resumed.stderr).toBe(0)
      expect(await digest(db), message).toBe(undisturbed)
      expectSound(db)
    }
    console.log(`${stopped} stopped by a signal`)
  },
  scaled(120_000, 3_600_000),
)

test('of two that resume one study at once one runs it, the other is told who does and exits with 6; readers read on', async () => {
  const db = path.join(folder, 'two.db')
  const first = start([
    'run',
    studyFile('quick.yaml'),
    '--db',
    db,
    '--set',
    'stages[0].trials=100000',
    '--quiet',
  ])
  while (!existsSync(db) || (await finesweep(['studies', '--db', db])).stdout === '') {}
  const second = finesweep(['resume', '--db', db])
  const commands = ['best', 'trials', 'status', 'export --format csv']
  const readers = Array.from({ length: scaled(6, 32) }, (_, i) =>
    finesweep([...commands[i % commands.length]!.split(' '), '--db', db]),
  )
  const { code, stderr } = await second
  expect(stderr).toContain(`is being run by pid ${first.child.pid}`)
  expect(code).toBe(6)
  for (const reader of await Promise.all(readers)) expect(reader.code, reader.stderr).toBe(0)
  first.child.kill('SIGTERM')
  expect((await first.ended).code).toBe(143)
}, 300_000)
