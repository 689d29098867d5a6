import { afterAll, describe, test } from 'vitest'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { checkStore } from '../../src/testing/check-store.ts'
import { randomSeed } from '../random-seed.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let files = 0

describe('a store in a file', () => {
  const open: Parameters<typeof checkStore>[0] = (options) =>
    openWriter(`${folder}/checked-${files++}.db`, options)
  checkStore(open, { test, after: afterAll }, { seed: randomSeed() })
})
