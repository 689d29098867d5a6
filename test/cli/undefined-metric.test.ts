import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-metric-'))
afterAll(() => rmSync(folder, { recursive: true }))

const STAGES = 'model: { hidden: [2] }\nstages: [{ name: only, trials: 1, epochs: 1 }]\n'

/** Runs a study of a table whose last column is `label(row)`. */
function run(rows: number, label: (i: number) => string | number, study: string, ...args: string[]) {
  const lines = Array.from({ length: rows }, (_, i) => `${(i * 7) % 11}.5,${i % 4},${label(i)}`)
  writeFileSync(join(folder, 'table.csv'), lines.join('\n'))
  const file = join(folder, 'study.yaml')
  writeFileSync(file, `data: { source: csv, path: table.csv }\n${STAGES}${study}`)
  return runCaptured(['run', file, '--db', join(folder, 'store.db'), ...args])
}

describe('a metric that the validation rows leave undefined', () => {
  const target = (i: number): number => i * 1.5
  const refused: readonly (readonly [string, Parameters<typeof run>, RegExp])[] = [
    [
      'the area under the curve of three classes',
      [90, (i) => 'abc'[i % 3]!, 'metric: validAuc'],
      /metric: validAuc is defined for two classes, but the data have 3: a, b, c.*validMacroF1/,
    ],
    [
      'the area under the curve of one class',
      [90, (i) => (i === 0 ? 'a' : 'b'), 'metric: validAuc'],
      /metric: validAuc needs validation rows of both classes, but all 9 are of class "b".*folds: 5/,
    ],
    [
      'R² of one row',
      [10, target, 'task: regression'],
      /metric: validR2 needs validation rows with different targets, but the only one is [\d.]+\. .*validRmse.*folds: 3/,
    ],
    [
      'R² of a fold of one row',
      [10, target, 'task: regression\nsplit: { folds: 8, test: 2 }'],
      /metric: validR2 needs .* but the only one of fold 1 is [\d.]+\. .*fewer split\.folds/,
    ],
  ]

  it.each(refused)('is refused before the first trial, also by --dry-run: %s', async (_, study, sentence) => {
    for (const more of [['--dry-run'], []]) {
      const { code, stderr } = await run(...study, ...more)
      expect(stderr.replaceAll('\n', ' ')).toMatch(sentence)
      expect(code).toBe(2)
    }
  })

  it('is left out of the figures where a study ranks by another one', async () => {
    const { code, stdout, stderr } = await run(12, target, 'task: regression\nmetric: validRmse')
    expect(stdout + stderr).toMatch(/Test RMSE of trial 0/)
    expect(stdout + stderr).not.toMatch(/NaN/)
    expect(code).toBe(0)
    const evaluated = await runCaptured(['evaluate', '--db', join(folder, 'store.db')])
    expect(evaluated.stdout).toMatch(/^Trial 0 on the test set: RMSE [\d.]+ \(1 examples\), loss/)
    const shown = await runCaptured(['show', '0', '--db', join(folder, 'store.db')])
    expect(shown.stdout).not.toMatch(/NaN|validR2/)
  })
})
