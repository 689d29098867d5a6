/**
 * Reads many tables that csv-stringify wrote in odd dialects: each is read back exactly, as a remark says, or refused by a sentence.
 *
 *     node scripts/fuzz-tables.ts [COUNT] [SEED]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { checkTable, fuzzedTable } from '../test/data/fuzzed-tables.ts'

const count = Number(process.argv[2] ?? 1000)
const seed = Number(process.argv[3] ?? 1)
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-fuzz-'))
const outcomes = { exact: 0, told: 0, refused: 0 }
try {
  fc.assert(
    fc.property(fuzzedTable, (table) => {
      outcomes[checkTable(folder, table)] += 1
    }),
    { numRuns: count, seed },
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(
  `${count} tables: ${outcomes.exact} read back exactly, ${outcomes.told} as a remark says, ${outcomes.refused} refused (seed ${seed})\n`,
)
