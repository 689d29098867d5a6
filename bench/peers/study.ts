import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { evaluateOnTest } from '../../src/objective/classifier-open.ts'
import { keepsNetwork } from '../../src/objective/kinds.ts'
import { openExperiment } from '../../src/session/open-experiment.ts'
import { openReader } from '../../src/store/open-reader.ts'
import type { StudyReader } from '../../src/store/store.ts'
import { experimentFromJson } from '../../src/study-file/experiment-json.ts'
import type { TrialRecord } from '../../src/trial.ts'
import { isSteady, measurePeak, withSpread } from '../peak.ts'

export interface StudyComparison {
  readonly python: string
  /** CIFAR-10 in its binary layout. */
  readonly data: string
  /** Wall time of each search. */
  readonly seconds: number
  readonly seeds: number
  readonly workers: number
  readonly json: boolean
}

/** A new best by validation accuracy, and what it is worth on the test part. */
export interface Found {
  readonly seconds: number
  readonly valid: number
  readonly test: number
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Few coarse trials, so that full trainings begin early: what counts is the best network at any time. */
const STAGES =
  '[{ name: coarse, trials: 20, epochs: 1 }, { name: fine, trials: 6, epochs: 12 }, { name: final, trials: 60, epochs: 20 }]'
const TIMES = [10, 20, 30, 60, 90, 120, 150]

/** Searches in turn, seed by seed, and prints the test accuracy of each one's best network against time. */
export async function compareStudies(setup: StudyComparison): Promise<void> {
  const searches: Record<string, (seed: number) => Promise<Found[]>> = {
    finesweep: (seed) => searchHere(setup, seed),
  }
  const hasPeers = await promisify(execFile)(setup.python, ['-c', 'import torch, optuna']).then(
    () => true,
    () => false,
  )
  if (!hasPeers)
    console.error(`${setup.python} has no torch or no optuna: only finesweep runs. Set FINESWEEP_PYTHON.`)
  for (const sampler of hasPeers ? ['tpe', 'hyperband'] : []) {
    searches[`Optuna ${sampler} + PyTorch`] = (seed) => searchWithOptuna(setup, sampler, seed)
  }
  const before = measurePeak()
  const found: Record<string, Found[][]> = Object.fromEntries(Object.keys(searches).map((name) => [name, []]))
  for (let seed = 1; seed <= setup.seeds; seed++) {
    for (const [name, search] of Object.entries(searches)) found[name]!.push(await search(seed))
  }
  const after = measurePeak()
  const steady = isSteady(before, after)
  if (setup.json) {
    const { seconds, seeds, workers } = setup
    console.log(JSON.stringify({ seconds, seeds, workers, peakGflops: [before, after], steady, found }))
  } else if (steady) printTable(found, setup.seconds)
  if (!steady) process.exitCode = 1
}

function printTable(found: Record<string, Found[][]>, seconds: number): void {
  const times = [...new Set([...TIMES.filter((time) => time < seconds), seconds])]
  console.log(`Test accuracy of the best network so far, median (least to most) over the seeds\n`)
  console.log(`| seconds | ${Object.keys(found).join(' | ')} |`)
  console.log(`|${'---|'.repeat(Object.keys(found).length + 1)}`)
  for (const time of times) {
    const cells = Object.values(found).map((runs) => {
      const tests = runs.map((run) => testAt(run, time))
      return tests.every((test) => test > 0) ? withSpread(tests, 4) : 'none yet'
    })
    console.log(`| ${time} | ${cells.join(' | ')} |`)
  }
}

/** What the best network so far is worth at a time; 0 while there is none. */
export function testAt(run: readonly Found[], seconds: number): number {
  return run.findLast((best) => best.seconds <= seconds)?.test ?? 0
}

async function searchWithOptuna(setup: StudyComparison, sampler: string, seed: number): Promise<Found[]> {
  const { python, data, seconds, workers } = setup
  const script = path.join(ROOT, 'bench/peers/optuna_study.py')
  const args = ['--data', data, '--sampler', sampler, '--seconds', `${seconds}`, '--workers', `${workers}`]
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
  const { stdout } = await promisify(execFile)(python, [script, ...args, '--seed', `${seed}`], { env })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Found)
    .filter((best) => best.seconds <= setup.seconds)
}

/** A best trial with the network it kept, which a better one may push out of the store. */
interface Snapshot {
  readonly trial: TrialRecord
  readonly seconds: number
  readonly bytes: Uint8Array
}

/** The command from its start on, ended with force when its time is over; its networks are judged afterwards. */
async function searchHere(setup: StudyComparison, seed: number): Promise<Found[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-peers-'))
  const db = path.join(folder, 'studies.db')
  const file = path.join(ROOT, 'experiments/cifar10-tonight.yaml')
  const args = ['run', file, '--db', db, '--seed', `${seed}`, '--workers', `${setup.workers}`]
  try {
    const began = Date.now()
    const command = spawn(
      process.execPath,
      [
        path.join(ROOT, 'dist/bin/finesweep.cjs'),
        ...args,
        '--quiet',
        ...['--set', `data.path=${setup.data}`, '--set', `stages=${STAGES}`],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    const ended = new Promise((resolve) => command.once('exit', resolve))
    const snapshots = await follow(db, began, setup.seconds, () => command.exitCode !== null)
    command.kill('SIGKILL')
    await ended
    return await judge(db, snapshots)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const LOOK_EVERY_MS = 100

async function follow(
  db: string,
  began: number,
  seconds: number,
  isOver: () => boolean,
): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = []
  let reader: StudyReader | null = null
  const end = began + seconds * 1000
  for (let last = false; !last; ) {
    // One more look after the end: what was written just before it counts.
    last = Date.now() >= end || isOver()
    if (!last) await wait(Math.min(LOOK_EVERY_MS, Math.max(0, end - Date.now())))
    reader ??= tryToOpen(db)
    const study = reader?.changed() === true ? reader.latestStudy() : undefined
    const best = study === undefined ? undefined : reader!.bestTrials(study.id, 1)[0]
    if (best === undefined || best.number === snapshots.at(-1)?.trial.number) continue
    const bytes = reader!.artifact(study!.id, best.number)
    const at = (best.startedAt! + best.durationMs! - began) / 1000
    if (bytes !== undefined && at <= seconds)
      snapshots.push({ trial: best, seconds: at, bytes: bytes.slice() })
  }
  reader?.close()
  return snapshots
}

/** Null while the store is not there, or is only being made. */
function tryToOpen(db: string): StudyReader | null {
  if (!existsSync(db)) return null
  try {
    return openReader(db)
  } catch {
    return null
  }
}

async function judge(db: string, snapshots: readonly Snapshot[]): Promise<Found[]> {
  const reader = openReader(db)
  const study = reader.latestStudy()
  reader.close()
  if (study === undefined) return []
  const experiment = experimentFromJson(study.experiment, study.name)
  if (!keepsNetwork(experiment.objective)) throw new Error('The study of the benchmark trains no network.')
  const { data } = await openExperiment(experiment)
  return snapshots.map(({ trial, seconds, bytes }) => {
    const score = evaluateOnTest(data!, bytes, 'auto')
    return { seconds, valid: trial.value!, test: score!.metrics.accuracy! }
  })
}
