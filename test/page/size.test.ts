import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { reportHtml } from '../../src/cli/pictures/report.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import { openReader } from '../../src/store/open-reader.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { createExampleStudy, DROPOUT, EXAMPLE_TIME, LEARNING_RATE, REG } from '../cli/example-store.ts'

const UNITS: Distribution = { kind: 'int', low: 16, high: 8560, log: true, step: 1, hard: true }
const OPTIMIZER: Distribution = { kind: 'categorical', choices: ['sgd', 'adam', 'nesterov'], ordered: false }
const SPACE: SearchSpace = {
  parameters: {
    learningRate: LEARNING_RATE,
    reg: REG,
    dropout: DROPOUT,
    units: UNITS,
    optimizer: OPTIMIZER,
    momentum: { ...DROPOUT, high: 0.99 } as Distribution,
  },
  conditions: { momentum: { optimizer: 'sgd' } },
  constraints: [],
}

const TRIALS = 10_000

it('keeps a report of 10,000 trials and 6 parameters below 3 MB', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesweep-size-'))
  const file = join(folder, 'studies.db')
  const writer = openWriter(file, { now: () => EXAMPLE_TIME })
  const study = createExampleStudy(writer, 'large')
  const stages = [6000, 2666, 1334]
  let number = 0
  stages.forEach((trials, index) => {
    const epochs = 1 + index * 2
    writer.addStage(study.id, {
      index,
      name: `stage-${index}`,
      trials,
      epochs,
      sampler: 'random',
      firstTrial: number,
      space: SPACE,
      narrowing: null,
      rungs: null,
    })
    for (let i = 0; i < trials; i++, number++) {
      // Spread evenly, with as many digits as real values have.
      const u = (turn: number) =>
        ((number + 1) * [0.618034, 0.754878, 0.569841, 0.438579, 0.876391][turn]!) % 1
      const optimizer = ['sgd', 'adam', 'nesterov'][number % 3]!
      const params = {
        learningRate: 1e-6 * 10 ** (7 * u(0)),
        reg: 1e-5 * 10 ** (10 * u(1)),
        dropout: 0.95 * u(2),
        units: Math.round(16 * 535 ** u(3)),
        optimizer,
        ...(optimizer === 'sgd' ? { momentum: 0.99 * u(4) } : {}),
      }
      writer.startTrial(
        study.id,
        { number, stage: index, params, seed: number, budget: { epochs }, continues: null },
        'a',
      )
      const diverged = number % 9 === 0
      const value = 0.2 + 0.5 * u(0) * (1 - u(2))
      writer.finishTrial(
        study.id,
        number,
        {
          state: diverged ? 'diverged' : 'complete',
          artifact: null,
          arithmetic: 'fma',
          slot: number % 2,
          host: null,
          error: diverged ? { code: 'diverged', message: 'loss became NaN in epoch 1', stack: null } : null,
          measurements: Array.from({ length: diverged ? 0 : epochs }, (_, k) => ({
            step: k + 1,
            value: value - (epochs - k) / 40,
            seconds: k,
            metrics: { validAccuracy: value - (epochs - k) / 40, trainLoss: 2 - value },
          })),
          startedAt: EXAMPLE_TIME + number * 431,
          durationMs: 800 + (number % 97),
        },
        false,
      )
      if (number % 1000 === 0) writer.flush()
    }
  })
  writer.finishStudy(study.id, 'complete', null)
  writer.close()
  const reader = openReader(file)
  const html = await reportHtml(reader, [reader.findStudy('large')!], {
    images: true,
    rows: 1000,
    withPaths: false,
  })
  reader.close()
  rmSync(folder, { recursive: true, force: true })
  expect(number).toBe(TRIALS)
  expect(Buffer.byteLength(html)).toBeLessThan(3_000_000)
  // Dots of a series share a path: a mark for each trial would be 10,000 in a single picture.
  expect(html.match(/<(path|rect|text|circle|image)\b/g)!.length).toBeLessThan(TRIALS / 4)
})
