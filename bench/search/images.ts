/**
 * Coarse to fine against random search on real images, with equal epochs: for each seed a study as a user gets it with
 * `budget: { epochs: 400 }`, and 80 random trials of 5 epochs over the same ranges, the same network and split.
 *
 *   npm run bench:images -- --data ../shared/data/cifar-10-small [--seeds 10] [--workers 2] [--json]
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { runExperiment } from '../../src/session/session.ts'
import { float } from '../../src/space/constructors.ts'
import { defineStudy, type StudySettings } from '../../src/study-file/define-study.ts'

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/cifar-10-small' },
    seeds: { type: 'string', default: '10' },
    workers: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
})

const EPOCHS = 400
const RANDOM_EPOCHS = 5

const common = {
  data: { source: 'cifar10', path: path.resolve(options.data) },
  split: { train: 0.8, valid: 0.2, test: 0 },
  model: { hidden: [200, 100], batchNorm: true },
  training: { batchSize: 200, optimizer: { kind: 'nesterov' } },
  space: {
    learningRate: float(1e-6, 10, { log: true, soft: true }),
    reg: float(1e-5, 1e5, { log: true, soft: true }),
    dropout: float(0, 0.95),
  },
} satisfies StudySettings

const WAYS: Readonly<Record<'coarseToFine' | 'random', StudySettings>> = {
  coarseToFine: { ...common, budget: { epochs: EPOCHS } },
  random: {
    ...common,
    stages: [{ name: 'only', trials: EPOCHS / RANDOM_EPOCHS, epochs: RANDOM_EPOCHS, sampler: 'random' }],
  },
}

if (!existsSync(options.data)) {
  console.error(
    `skipped: no ${options.data}. Give a folder with CIFAR-10, or a slice of it, with --data DIR.`,
  )
  process.exit(0)
}
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-images-'))
const rows = []
for (let seed = 1; seed <= Number(options.seeds); seed++) {
  const row = { seed, coarseToFine: 0, random: 0 }
  for (const way of ['coarseToFine', 'random'] as const) {
    const study = defineStudy({ ...WAYS[way], name: `${way}-${seed}`, seed }, import.meta.dirname)
    const { best } = await runExperiment(study, null, {
      db: path.join(folder, 'images.db'),
      workers: Number(options.workers),
    })
    row[way] = best?.value ?? Number.NaN
  }
  rows.push(row)
  if (!options.json) {
    const { coarseToFine, random } = row
    console.log(`seed ${seed}: coarse to fine ${coarseToFine.toFixed(4)}, random ${random.toFixed(4)}`)
  }
}
rmSync(folder, { recursive: true, force: true })

const better = rows.filter(({ coarseToFine, random }) => coarseToFine > random).length
if (options.json)
  console.log(JSON.stringify({ schemaVersion: 1, epochs: EPOCHS, better, seeds: rows }, null, 2))
else
  console.log(
    `validation accuracy of the winner: coarse to fine better for ${better} of ${rows.length} seeds`,
  )
