import { copyFileSync, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, readAll, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

function fill(file: string) {
  const store = openWriter(file)
  const { id } = store.createStudy(newStudy())
  store.addStage(id, stage())
  for (let number = 0; number < 50; number++) {
    store.startTrial(id, spec(number), 'a-host')
    store.finishTrial(id, number, outcome(number), false)
    store.flush()
  }
  return { store, id }
}

it('a study that has ended is whole in the file alone, though a reader keeps it open', () => {
  const file = join(folder, 'watched.db')
  const { store, id } = fill(file)
  const reader = openReader(file)
  reader.trials(id)
  store.finishStudy(id, 'complete', null)
  expect(statSync(`${file}-wal`).size).toBe(0)
  store.close()
  expect(existsSync(`${file}-wal`)).toBe(true)
  const alone = join(folder, 'alone.db')
  copyFileSync(file, alone)
  const copy = openReader(alone)
  expect(readAll(copy, id)).toEqual(readAll(reader, id))
  expect(copy.latestStudy()?.state).toBe('complete')
  for (const open of [copy, reader]) open.close()
})

it('a reader in the middle of a read does not hinder the end of a study', () => {
  const file = join(folder, 'reading.db')
  const { store, id } = fill(file)
  const reader = openReader(file)
  const results = reader.allMeasurements(id)
  results.next()
  store.finishStudy(id, 'complete', null)
  store.close()
  expect(reader.latestStudy()?.state).toBe('complete')
  reader.close()
})
