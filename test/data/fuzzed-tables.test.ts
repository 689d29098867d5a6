import fc from 'fast-check'
import { expect, it } from 'vitest'
import { temporaryFolder } from './data-files.ts'
import { checkTable, fuzzedTable } from './fuzzed-tables.ts'

const folder = temporaryFolder()

it('tables in odd dialects are read back exactly, as a remark says, or refused by a sentence', () => {
  const outcomes = { exact: 0, told: 0, refused: 0 }
  fc.assert(
    fc.property(fuzzedTable, (table) => {
      outcomes[checkTable(folder, table)] += 1
    }),
  )
  // Most are read: refusing everything would be exact, too.
  expect(outcomes.exact).toBeGreaterThan(outcomes.refused + outcomes.told)
})
