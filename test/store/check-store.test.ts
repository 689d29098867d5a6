import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { checkStore } from '../../src/store/check-store.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

const kinds = (findings: ReturnType<typeof checkStore>): string[] =>
  findings.map(({ kind, severity, fixed }) => `${severity} ${kind}${fixed ? ' fixed' : ''}`)

describe('checking a store', () => {
  it('finds nothing wrong with one at rest', () => {
    const file = join(folder, 'good.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.startTrial(id, spec(0), 'a-host')
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
    store.startTrial(id, spec(0), 'a-host')
    store.flush()
    expect(kinds(checkStore(file, { fix: true }))).toEqual(['ok store', 'note live-lease'])
    store.finishTrial(id, 0, outcome(1), false)
    store.flush()
    expect(store.countTrials(id).complete).toBe(1)
    store.close()
  })

  it('finds what a dead process has left, and mends it if it is told to', () => {
    const file = join(folder, 'left.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.startTrial(id, spec(0), 'a-host')
    store.finishTrial(id, 0, outcome(1, { artifact: new Uint8Array(5) }), true)
    store.startTrial(id, spec(1), 'a-host')
    store.startTrial(id, spec(2), 'a-host')
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

  it('notes that there is no store, and reports one that is no store or damaged', () => {
    expect(kinds(checkStore(join(folder, 'none.db')))).toEqual(['note no-store'])
    const text = join(folder, 'text.db')
    writeFileSync(text, 'not a store'.repeat(100))
    expect(kinds(checkStore(text, { fix: true }))).toEqual(['error integrity'])
    const file = join(folder, 'damaged.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    for (let number = 0; number < 100; number++) {
      store.startTrial(id, spec(number), 'a-host')
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
    store.startTrial(id, spec(0), 'a-host')
    store.finishTrial(id, 0, outcome(1), false)
    store.close()
    const db = new Database(file)
    db.exec('DELETE FROM measurements WHERE step = 3')
    db.close()
    expect(kinds(checkStore(file))).toEqual(['ok store', 'error damaged-records', 'error incomplete-trials'])
  })
})
