import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readExplanation, renderExplanation } from '../../src/report/explain.ts'
import { float, int, searchSpace } from '../../src/space/constructors.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyState } from '../../src/store/store.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'

let count = 0
const folder = mkdtempSync(join(tmpdir(), 'finesweep-explain-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The explanation of a study whose second of two stages has no trial, and whose first has two of six. */
function explained(state: StudyState, reason: string | null, stages = STAGES): string[] {
  const writer = openWriter(join(folder, `${count++}.db`))
  const study = createExampleStudy(writer, 'short')
  for (const stage of stages) writer.addStage(study.id, stage)
  for (const number of [1, 2]) writeTrial(writer, study.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
  if (state !== 'running') writer.finishStudy(study.id, state, reason)
  const text = renderExplanation(readExplanation(writer, writer.findStudy('short')!), '', 120, false)
  writer.close()
  return text.split('\n')
}

describe('the explanation of a stage with fewer trials than planned', () => {
  it('says how many are to go while the study may go on', () => {
    for (const state of ['running', 'stopped', 'failed'] as const) {
      const lines = explained(state, 'a reason', STAGES.slice(0, 1))
      expect(lines).toContain('Best so far: trial 2 with validAccuracy 0.4312, 4 trials to go.')
      expect(lines.join()).not.toContain('ended')
    }
    expect(explained('running', null)).toContain('None of its trials has finished yet.')
  })

  it('says that they were not run, and why, once it has ended', () => {
    const lines = explained('complete', 'stage coarse has tried every possible point (2 trials)')
    expect(lines).toContain('Best: trial 2 with validAccuracy 0.4312, 4 trials not run.')
    expect(lines).toContain('None of its trials was run.')
    expect(lines.slice(-2)).toEqual([
      'The study ended: stage coarse has tried every possible point (2 trials).',
      '',
    ])
  })

  it('says so of an earlier stage while a later one runs', () => {
    const lines = explained('running', null, STAGES)
    expect(lines).toContain('Best: trial 2 with validAccuracy 0.4312, 4 trials not run.')
    expect(lines).toContain('None of its trials has finished yet.')
  })
})

it('says in which steps a range is searched', () => {
  const stepped = searchSpace({
    learningRate: float(0, 5, { step: 0.25 }),
    reg: int(0, 64, { step: 4 }),
    dropout: int(0, 4),
  })
  const lines = explained('running', null, [{ ...STAGES[0]!, space: stepped }])
  expect(lines.filter((line) => line.startsWith('  ')).slice(0, 3)).toEqual([
    '  lr       [0, 5]  steps of 0.25',
    '  reg      [0, 64]  whole numbers, steps of 4',
    '  dropout  [0, 4]  whole numbers',
  ])
})
