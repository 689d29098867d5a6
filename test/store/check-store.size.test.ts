import { statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkStore } from '../../src/store/check-store.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy } from '../../src/testing/store/records.ts'
import { openDescriptors } from './file-system.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

describe('checking a store', () => {
  it('tells the size of a store, in kB rounded up, from 1 MB in MB', () => {
    const file = join(folder, 'size.db')
    openWriter(file).close()
    const sizeAt = (bytes: number): string | undefined => {
      truncateSync(file, bytes)
      return checkStore(file)[0]?.message.replace(`${file}: version 2, `, '')
    }
    const empty = 'studies: 0, trials: 0'
    expect(sizeAt(statSync(file).size + 1)).toMatch(/^\d+ kB, studies: 0, trials: 0$/)
    expect(sizeAt(200_000)).toBe(`200 kB, ${empty}`)
    expect(sizeAt(200_001)).toBe(`201 kB, ${empty}`)
    expect(sizeAt(999_999)).toBe(`1000 kB, ${empty}`)
    expect(sizeAt(1_000_000)).toBe(`1.0 MB, ${empty}`)
    expect(sizeAt(1_050_000)).toBe(`1.1 MB, ${empty}`)
    expect(sizeAt(12_340_000)).toBe(`12.3 MB, ${empty}`)
  })

  it('warns of a WAL beyond 64 MB, which it writes back if it is told to', () => {
    const file = join(folder, 'long-wal.db')
    const store = openWriter(file)
    store.createStudy(newStudy())
    const walOf = (bytes: number) => {
      // SQLite takes nothing for a frame that does not follow on the one before.
      truncateSync(`${file}-wal`, bytes)
      return checkStore(file).slice(2)
    }
    const mb = 1024 * 1024
    expect(walOf(64 * mb)).toEqual([])
    expect(walOf(64 * mb + 1)).toMatchObject([{ message: `${file}-wal has grown to 64 MB` }])
    expect(walOf(150 * mb)).toEqual([
      {
        severity: 'warning',
        kind: 'long-wal',
        message: `${file}-wal has grown to 150 MB`,
        hint: 'To fix it: finesweep doctor --fix',
        fixed: false,
      },
    ])
    expect(checkStore(file, { fix: true }).map(({ kind, fixed }) => [kind, fixed])).toEqual([
      ['store', false],
      ['live-lease', false],
      ['long-wal', true],
    ])
    expect(statSync(`${file}-wal`).size).toBe(0)
    store.close()
  })

  it('leaves nothing open behind it, also where it finds damage', () => {
    const file = join(folder, 'open.db')
    openWriter(file).close()
    checkStore(file)
    checkStore(file, { fix: true })
    expect(openDescriptors(file) ?? 0).toBe(0)
    truncateSync(file, 8192)
    expect(checkStore(file).map(({ severity }) => severity)).toContain('error')
    expect(openDescriptors(file) ?? 0).toBe(0)
  })
})
