import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupStore } from '../../src/store/backup.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, readAll, spec, stage } from '../../src/testing/store/records.ts'
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
})
