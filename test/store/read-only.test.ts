import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const isRoot = process.getuid?.() === 0
const names = ['rest.db', 'live.db', 'live.db-wal', 'live.db-shm', 'lone.db']
const readOnly = makeReadOnlyFolder(join(folder, 'read-only'))
afterAll(() => {
  if (!readOnly) return
  if (isRoot) execFileSync('umount', [join(folder, 'read-only')])
  else chmodSync(join(folder, 'read-only'), 0o755)
})

describe.skipIf(!readOnly)(
  'a folder that nobody may write to (needs the right to mount one, if root)',
  () => {
    const inside = (name: string): string => join(folder, 'read-only', name)

    it.each([
      ['a store at rest', 'rest.db', 2],
      ['a store whose writer has died', 'live.db', 2],
      ['a copy of a live store, made without its -wal', 'lone.db', 1],
    ])('gives %s to readers', (_, name, trials) => {
      const reader = openReader(inside(name))
      expect(reader.latestStudy()?.name).toBe('quickstart')
      expect(reader.countTrials(1).complete).toBe(trials)
      reader.close()
      expect(readdirSync(join(folder, 'read-only')).sort()).toEqual([...names].sort())
    })

    it.each(['rest.db', 'live.db', 'new.db'])('is refused to writers with a sentence: %s', (name) => {
      expect(() => openWriter(inside(name))).toThrow(
        expect.objectContaining({
          name: 'UserError',
          code: 'store',
          message: isRoot
            ? `${inside(name)}: its file system is read-only (EROFS)`
            : `${inside(name)}: no permission to access it or its folder (EACCES)`,
        }),
      )
    })
  },
)

it.skipIf(isRoot)('a store that may not be read is refused with a sentence', () => {
  const file = join(folder, 'secret.db')
  openWriter(file).close()
  chmodSync(file, 0)
  for (const open of [openReader, openWriter]) {
    expect(() => open(file)).toThrow(expect.objectContaining({ name: 'UserError', code: 'store' }))
  }
})

/** Fills the folder with a store at rest, one as a crash leaves it, and a part of one. False if it can't be closed off. */
function makeReadOnlyFolder(path: string): boolean {
  mkdirSync(path)
  try {
    if (isRoot) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', path], { stdio: 'ignore' })
  } catch {
    return false
  }
  const source = join(folder, 'source.db')
  const store = openWriter(source)
  const { id } = store.createStudy(newStudy())
  const add = (number: number): void => {
    store.startTrial(id, spec(number), 'a-host')
    store.finishTrial(id, number, outcome(number), false)
    store.flush()
  }
  add(0)
  const db = new Database(source)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  add(1)
  for (const suffix of ['', '-wal', '-shm'])
    copyFileSync(`${source}${suffix}`, join(path, `live.db${suffix}`))
  copyFileSync(source, join(path, 'lone.db'))
  store.close()
  copyFileSync(source, join(path, 'rest.db'))
  expect(readFileSync(join(path, 'lone.db'))[18]).toBe(2)
  if (isRoot) execFileSync('mount', ['-o', 'remount,ro', path])
  else chmodSync(path, 0o555)
  return true
}
