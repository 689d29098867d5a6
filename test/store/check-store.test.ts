import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { checkStore } from '../../src/store/check-store.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const old = fileURLToPath(new URL('../fixtures/stores/v1.db', import.meta.url))

const kinds = (findings: ReturnType<typeof checkStore>): string[] =>
  findings.map(({ kind, severity, fixed }) => `${severity} ${kind}${fixed ? ' fixed' : ''}`)

describe('checking a store', () => {
  it('finds nothing wrong with one at rest', () => {
    const file = join(folder, 'good.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.startTrial(id, spec(0), 'a-host', 0)
    store.finishTrial(id, 0, outcome(1), false)
    store.finishStudy(id, 'complete', null)
    store.close()
    const findings = checkStore(file, { fix: true })
    expect(kinds(findings)).toEqual(['ok store'])
    expect(findings[0]?.message).toMatch(/good\.db: version 2, \d+ kB, studies: 1, trials: 1$/)
  })

  it('notes who runs a study, and leaves it alone', () => {
    const file = join(folder, 'live.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.startTrial(id, spec(0), 'a-host', 0)
    store.flush()
    expect(kinds(checkStore(file, { fix: true }))).toEqual(['ok store', 'note live-lease'])
    store.finishTrial(id, 0, outcome(1), false)
    store.flush()
    expect(store.countTrials(id).complete).toBe(1)
    store.close()
  })

  it('finds what a dead process has left, and corrects it on request', () => {
    const file = join(folder, 'left.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.startTrial(id, spec(0), 'a-host', 0)
    store.finishTrial(id, 0, outcome(1, { artifact: new Uint8Array(5) }), true)
    store.startTrial(id, spec(1), 'a-host', 0)
    store.startTrial(id, spec(2), 'a-host', 0)
    store.finishTrial(id, 2, outcome(1, { state: 'failed', artifact: new Uint8Array(5) }), true)
    store.close()
    const db = new Database(file)
    db.exec("INSERT INTO leases VALUES (1, 'another', 'elsewhere', 17, NULL, 0, 0)")
    db.close()
    const names = ['warning stale-lease', 'warning interrupted-trials', 'warning useless-artifacts']
    const found = checkStore(file)
    expect(kinds(found)).toEqual(['ok store', ...names])
    expect(found[1]?.message).toBe(
      'Study "quickstart" was run by pid 17 on host elsewhere, which no longer exists',
    )
    expect(found[2]?.message).toContain('while trials were running (1)')
    expect(kinds(checkStore(file, { fix: true }))).toEqual([
      'ok store',
      ...names.map((name) => `${name} fixed`),
    ])
    expect(kinds(checkStore(file))).toEqual(['ok store'])
    const reader = openReader(file)
    expect(reader.countTrials(id)).toMatchObject({ waiting: 1, running: 0, complete: 1, failed: 1 })
    expect([0, 2].map((number) => reader.artifact(id, number)?.length)).toEqual([5, undefined])
    reader.close()
  })

  it('leaves a trial alone that was handed out: it is pending until its value is told', () => {
    const file = join(folder, 'asked.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy({ codeVersion: '0.2.0' }))
    store.startTrial(id, spec(0), 'a-host')
    store.startTrial(id, spec(1), 'a-host', 0)
    store.releaseLease(id)
    store.close()
    expect(checkStore(file)[1]?.message).toContain('while trials were running (1)')
    checkStore(file, { fix: true })
    const reader = openReader(file)
    expect(reader.trials(id).map(({ state }) => state)).toEqual(['running', 'waiting'])
    reader.close()
  })

  it('notes that there is no store, and reports one that is no store or damaged', () => {
    expect(kinds(checkStore(join(folder, 'none.db')))).toEqual(['note no-store'])
    const text = join(folder, 'text.db')
    writeFileSync(text, 'not a store'.repeat(100))
    expect(kinds(checkStore(text, { fix: true }))).toEqual(['error integrity'])
    const file = join(folder, 'damaged.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    for (let number = 0; number < 100; number++) {
      store.startTrial(id, spec(number), 'a-host', 0)
      store.finishTrial(id, number, outcome(1), false)
    }
    store.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, bytes.length - 8192)
    writeFileSync(file, bytes)
    const findings = checkStore(file, { fix: true })
    expect(findings.length).toBeGreaterThan(0)
    for (const { severity } of findings) expect(severity).toBe('error')
  })

  it('finds trials that do not agree with their measurements', () => {
    const file = join(folder, 'edited.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.startTrial(id, spec(0), 'a-host', 0)
    store.finishTrial(id, 0, outcome(1), false)
    store.close()
    const db = new Database(file)
    db.exec('DELETE FROM measurements WHERE step = 3')
    db.close()
    expect(kinds(checkStore(file))).toEqual(['ok store', 'error damaged-records', 'error incomplete-trials'])
  })

  it('says what to do about each finding', () => {
    expect(checkStore(join(folder, 'nowhere.db'))).toEqual([
      {
        severity: 'note',
        kind: 'no-store',
        message: `No store at ${join(folder, 'nowhere.db')}`,
        hint: 'Run a study first: finesweep run FILE.yaml',
        fixed: false,
      },
    ])
    const short = join(folder, 'short.db')
    writeFileSync(short, 'x')
    expect(checkStore(short)).toEqual([
      {
        severity: 'error',
        kind: 'integrity',
        message: `${short}: not a finesweep store: it has only 1 bytes`,
        hint: 'Choose another file (--db FILE).',
        fixed: false,
      },
    ])
    expect(checkStore(old)).toMatchObject([
      {
        severity: 'note',
        kind: 'version',
        hint: 'The next run or resume backs it up, then upgrades it to version 2.',
        fixed: false,
      },
      {
        kind: 'interrupted-trials',
        message:
          'Study "quickstart": its process ended while trials were running (1); resume runs them again',
      },
    ])
  })

  it('names what is damaged, and each of what else it finds on one line', () => {
    const file = join(folder, 'many.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    for (const number of [0, 1, 2]) {
      store.startTrial(id, spec(number), 'a-host', 0)
      store.finishTrial(id, number, outcome(1), false)
    }
    store.close()
    const db = new Database(file)
    db.pragma('foreign_keys = OFF')
    db.exec(
      'UPDATE trials SET seed = 1 WHERE number = 1; DELETE FROM measurements WHERE trial = 2 AND step = 3',
    )
    expect(checkStore(file).slice(1)).toEqual([
      {
        severity: 'error',
        kind: 'damaged-records',
        message: 'Study "quickstart" is damaged: trial 1, trial 2',
        hint: 'Restore a backup, or run the study again: its seed gives the same trials.',
        fixed: false,
      },
      {
        severity: 'error',
        kind: 'incomplete-trials',
        message: 'Trials do not match their measurements (1)',
        hint: 'The store was edited by another program; restore a backup.',
        fixed: false,
      },
    ])
    db.exec('DELETE FROM trials WHERE number = 0')
    expect(checkStore(file, { fix: true })).toEqual([
      {
        severity: 'error',
        kind: 'integrity',
        message: 'The store is damaged: orphaned rows in measurements',
        hint: 'Export what can be read, then restore a backup.',
        fixed: false,
      },
      expect.objectContaining({ message: 'Study "quickstart" is damaged: trial 0, trial 1, trial 2' }),
    ])
    db.close()
  })

  it('frees no study of its live lease, and no trial of a study that runs', () => {
    const file = join(folder, 'two.db')
    const store = openWriter(file, { now: () => 0 })
    const ids = ['runs', 'left'].map((name) => store.createStudy(newStudy({ name })).id)
    for (const id of ids) {
      store.startTrial(id, spec(0), 'a-host', 0)
      store.addMeasurements(id, 0, outcome(1).measurements)
    }
    store.flush()
    const db = new Database(file)
    db.exec("UPDATE leases SET host = 'elsewhere', pid = 17 WHERE study = 2")
    const check = (fix: boolean, now: number) =>
      checkStore(file, { fix, now: () => now })
        .slice(1)
        .map(({ kind, message, fixed }) => [kind, message, fixed])
    const runs = [
      'live-lease',
      expect.stringContaining(`Study "runs" is being run by pid ${process.pid}`),
      false,
    ]
    expect(check(true, 59_999)).toEqual([
      runs,
      ['live-lease', 'Study "left" is being run by pid 17 on host elsewhere', false],
    ])
    const left = (fixed: boolean) => [
      runs,
      ['stale-lease', 'Study "left" was run by pid 17 on host elsewhere, which no longer exists', fixed],
      [
        'interrupted-trials',
        expect.stringContaining('Study "left": its process ended while trials were running (1)'),
        fixed,
      ],
    ]
    expect(check(false, 60_000)).toEqual(left(false))
    expect(check(true, 60_000)).toEqual(left(true))
    expect(db.prepare('SELECT study FROM leases').pluck().all()).toEqual([1])
    expect(db.prepare('SELECT study, state, host, slot, started_at FROM trials').raw().all()).toEqual([
      [1, 'running', 'a-host', 0, 0],
      [2, 'waiting', null, null, null],
    ])
    expect(ids.map((id) => store.measurements(id, 0).length)).toEqual([3, 0])
    expect(ids.flatMap((id) => store.damage(id))).toEqual([])
    db.close()
    expect(existsSync(`${file}-wal`)).toBe(true)
    store.releaseLease(ids[0]!)
  })

  it('finds what was kept of trials without a result, and drops that alone', () => {
    const file = join(folder, 'useless.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    for (const [number, state] of (['complete', 'pruned', 'diverged', 'failed'] as const).entries()) {
      store.startTrial(id, spec(number), 'a-host', 0)
      store.finishTrial(id, number, outcome(1, { state, artifact: Uint8Array.of(number) }), true)
    }
    store.close()
    const useless = ['useless-artifacts', 'Artifacts exist for trials without a result (2)']
    const check = (fix: boolean) =>
      checkStore(file, { fix })
        .slice(1)
        .map(({ kind, message }) => [kind, message])
    expect([check(false), check(true), check(false)]).toEqual([[useless], [useless], []])
    const reader = openReader(file)
    expect([0, 1, 2, 3].map((number) => reader.artifact(id, number)?.[0])).toEqual([
      0,
      1,
      undefined,
      undefined,
    ])
    reader.close()
  })
})
