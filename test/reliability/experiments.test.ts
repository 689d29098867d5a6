import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { runExperiment } from '../../src/session/session.ts'
import { openReader } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import type { Experiment } from '../../src/study-file/experiment.ts'
import { readExperiment } from '../../src/study-file/read-experiment.ts'
import { scaled } from './finesweep.ts'

const EXPERIMENTS = fileURLToPath(new URL('../../experiments', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-experiments-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The file's study with few trials and epochs, on few examples of the generated data: each path of it is taken, none for long. */
function shortened(file: string): Experiment {
  const text = readFileSync(file, 'utf8')
  const overrides = /^data:/m.test(text) ? ['data={"source":"generated","count":300}'] : []
  if (/^split:.*train: 40000/m.test(text)) overrides.push('split={}')
  const experiment = readExperiment(file, { overrides })
  const stages = experiment.stages.map((stage, index) => ({
    ...stage,
    trials: Math.min(stage.trials, index === 0 ? 6 : 4),
    epochs: Math.min(stage.epochs, index + 1),
  }))
  return { ...experiment, stages }
}

/** The study's digest, run to its end. */
async function digestOf(file: string, workers: number): Promise<string> {
  const db = path.join(folder, `${path.basename(file)}-${workers}.db`)
  const { end, study, best } = await runExperiment(shortened(file), null, {
    db,
    workers,
    say: () => {},
    onPrint: () => {},
  })
  expect(end).toEqual({ state: 'complete', endReason: null })
  expect(best).not.toBeNull()
  const reader = openReader(db)
  const digest = studyDigest(reader, study.id)
  reader.close()
  return digest
}

const files = readdirSync(EXPERIMENTS).filter((file) => file.endsWith('.yaml'))
/** All of them under .ci/run and `npm run test:chaos`; under `npm test` one of each kind of objective. */
const all = process.env.FINESWEEP_EXPERIMENTS !== undefined || scaled(0, 1) === 1
const chosen = all ? files : ['pca.yaml', 'own-objective.yaml', 'command.yaml']

test('there are experiments to run', () => {
  expect(files.length).toBeGreaterThan(10)
  expect(files).toEqual(expect.arrayContaining(chosen))
})

test.each(chosen)(
  '%s runs to its end, with the same results for 1, 2 and 5 workers',
  async (file) => {
    const digests = []
    for (const workers of [1, 2, 5]) digests.push(await digestOf(path.join(EXPERIMENTS, file), workers))
    expect(new Set(digests).size).toBe(1)
  },
  120_000,
)
