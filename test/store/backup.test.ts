import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { backupStore } from '../../src/store/backup.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, readAll, spec, stage } from '../../src/testing/store/records.ts'
import { openDescriptors, withFileSystem } from './file-system.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

describe('a backup', () => {
  it('of a store that is being written to holds what was committed, and can be resumed', async () => {
    const file = join(folder, 'live.db')
    const target = join(folder, 'backups', 'copy.db')
    mkdirSync(join(folder, 'backups'))
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.addStage(id, stage())
    for (let number = 0; number < 50; number++) {
      store.startTrial(id, spec(number), 'a-host')
      if (number < 48) store.finishTrial(id, number, outcome(number), false)
    }
    store.flush()
    const copying = backupStore(file, target)
    store.finishTrial(id, 48, outcome(48), false)
    store.flush()
    await copying
    expect(readdirSync(join(folder, 'backups'))).toEqual(['copy.db'])
    const copy = openWriter(target)
    expect(copy.countTrials(id)).toMatchObject({ complete: expect.closeTo(48, -1), failed: 0 })
    expect(copy.lease(id)).toBeUndefined()
    copy.acquireLease(id)
    copy.startTrial(id, spec(49), 'a-host')
    copy.flush()
    expect(copy.trial(id, 49)).toMatchObject({ attempts: 2 })
    copy.close()
    expect(store.lease(id)).toBeDefined()
    store.close()
  })

  it('of a store at rest says the same', async () => {
    const file = join(folder, 'rest.db')
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.startTrial(id, spec(0), 'a-host')
    store.finishTrial(id, 0, outcome(0.5, { artifact: new Uint8Array(10_000) }), true)
    store.finishStudy(id, 'complete', null)
    const expected = readAll(store, id)
    store.close()
    await backupStore(file, join(folder, 'rest-copy.db'))
    const copy = openReader(join(folder, 'rest-copy.db'))
    expect(readAll(copy, id)).toEqual(expected)
    copy.close()
  })

  it('never overwrites, and leaves nothing behind when it fails', async () => {
    const file = join(folder, 'source.db')
    openWriter(file).close()
    const target = join(folder, 'precious.txt')
    writeFileSync(target, 'mine')
    await expect(backupStore(file, target)).rejects.toMatchObject({
      code: 'usage',
      message: `${target} already exists, and a backup never overwrites a file`,
    })
    await expect(backupStore(file, file)).rejects.toMatchObject({ code: 'usage' })
    expect(readFileSync(target, 'utf8')).toBe('mine')
    await expect(backupStore(file, join(folder, 'no/where.db'))).rejects.toMatchObject({ code: 'usage' })
    await expect(backupStore(join(folder, 'none.db'), join(folder, 'x.db'))).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(existsSync(join(folder, 'x.db'))).toBe(false)
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('is a file by itself, whose studies nobody holds', async () => {
    const file = join(folder, 'held.db')
    const target = join(folder, 'free.db')
    const store = openWriter(file)
    store.createStudy(newStudy())
    await backupStore(file, target)
    // 1 is a rollback journal, 2 a WAL.
    expect([readFileSync(file)[18], readFileSync(target)[18]]).toEqual([2, 1])
    const copy = new Database(target, { readonly: true })
    expect(copy.prepare('SELECT count(*) FROM leases').pluck().get()).toBe(0)
    copy.close()
    expect(store.lease(1)).toBeDefined()
    store.close()
  })

  it('does not take the place of a file that came while it was made', async () => {
    const file = join(folder, 'slow.db')
    openWriter(file).close()
    const target = join(folder, 'meanwhile.txt')
    const copying = backupStore(file, target)
    writeFileSync(target, 'mine')
    await expect(copying).rejects.toMatchObject({
      code: 'usage',
      message: `${target} already exists, and a backup never overwrites a file`,
      hint: 'Choose another name.',
    })
    expect(readFileSync(target, 'utf8')).toBe('mine')
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('is made where the file system has no links, and does not overwrite there either', async () => {
    const file = join(folder, 'no-links.db')
    const target = join(folder, 'renamed.db')
    openWriter(file).close()
    const noLinks = (): never => {
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM', syscall: 'link' })
    }
    await withFileSystem({ linkSync: noLinks }, () => backupStore(file, target))
    expect(openReader(target).studies()).toEqual([])
    const other = join(folder, 'renamed.txt')
    const copying = withFileSystem({ linkSync: noLinks }, () => backupStore(file, other))
    writeFileSync(other, 'mine')
    await expect(copying).rejects.toThrow('already exists')
    expect(readFileSync(other, 'utf8')).toBe('mine')
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('says that a folder is missing, and closes the store whatever comes of it', async () => {
    const file = join(folder, 'closed.db')
    const target = join(folder, 'no/where.db')
    openWriter(file).close()
    await expect(backupStore(file, target)).rejects.toMatchObject({
      code: 'usage',
      message: `${target}: its folder does not exist`,
      hint: 'Create it first.',
    })
    const copy = join(folder, 'closed-copy.db')
    await backupStore(file, copy)
    for (const path of [file, target, copy]) expect(openDescriptors(path) ?? 0).toBe(0)
  })
})
