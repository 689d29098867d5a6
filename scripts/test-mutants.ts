/**
 * Plants small faults in the code that decides a study and runs the tests that should notice: first those named after
 * the file, then those of its folder, then all that import it (not with --near). Prints the survivors, and fails if too
 * few are killed. The checkout is not touched: the work is done in a copy.
 *
 *     node scripts/test-mutants.ts [--count 160] [--seed 1] [--only search/narrow.ts:12] [--near] [--least 0.85] [--jobs 2]
 */
import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import seedrandom from 'seedrandom'
import { findMutants, type Mutant, plant } from './find-mutants.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['search', 'study', 'store', 'execute']
/** A mutant that makes a loop endless is killed when its tests take this many times as long as without it. */
const SLOWER = 5
/** Added to each limit: the start of a run, and a machine with other work. */
const SPARE_MS = 60_000
/** For all tests that import a file: far above what the whole suite takes. */
const LIMIT_OF_ALL_MS = 1_800_000

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '160' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    near: { type: 'boolean', default: false },
    least: { type: 'string', default: '0.85' },
    jobs: { type: 'string', default: '2' },
  },
})

type Verdict = 'killed' | 'survived' | 'timed out'

const mutants = chooseMutants(Number(values.count), values.seed)
process.stdout.write(`${mutants.length} mutants, seed ${values.seed}\n`)
const survivors: Mutant[] = []
/** By folder of tests: how long it may take. */
const limits = new Map<string, number>()
let tested = 0
await Promise.all(Array.from({ length: Number(values.jobs) }, (_, job) => work(job)))
const killed = (tested - survivors.length) / tested
process.stdout.write(`\n${tested - survivors.length} of ${tested} killed, ${(100 * killed).toFixed(1)} %\n`)
for (const { file, description } of survivors) process.stdout.write(`survived  ${file}:${description}\n`)
process.exitCode = killed >= Number(values.least) ? 0 : 1

/** An even spread over all places at which a fault can be planted, the same for the same seed. */
function chooseMutants(count: number, seed: string): Mutant[] {
  const all = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `src/${folder}/${name}`),
  )
    .sort()
    .flatMap((file) => findMutants(file, readFileSync(join(ROOT, file), 'utf8')))
    .filter(({ file, description }) => `${file}:${description}`.includes(values.only))
  const random = seedrandom(seed)
  const step = all.length / Math.min(count, all.length)
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, i) => all[Math.floor((i + random()) * step)]!,
  )
}

async function work(job: number): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), `finesweep-mutants-${job}-`))
  try {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0')
    for (const name of tracked.filter((each) => each !== '' && existsSync(join(ROOT, each)))) {
      cpSync(join(ROOT, name), join(copy, name))
    }
    for (const name of ['node_modules', 'dist', 'study.schema.json'])
      symlinkSync(join(ROOT, name), join(copy, name))
    for (let mutant = mutants.shift(); mutant !== undefined; mutant = mutants.shift()) {
      const verdict = await judge(copy, mutant)
      tested++
      if (verdict === 'survived') survivors.push(mutant)
      process.stdout.write(`${verdict.padEnd(10)} ${mutant.file}:${mutant.description}\n`)
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** How long the tests of a folder may take. Tests that fail without a fault would kill every mutant. */
async function limitOf(copy: string, folder: string): Promise<number> {
  const known = limits.get(folder)
  if (known !== undefined) return known
  const began = performance.now()
  const verdict = await runTests(copy, ['run', folder], LIMIT_OF_ALL_MS)
  if (verdict !== 'survived') throw new Error(`The tests in ${folder} fail without a fault: ${verdict}`)
  const limit = SLOWER * (performance.now() - began) + SPARE_MS
  limits.set(folder, limit)
  return limit
}

function testsBeside(file: string): string {
  return dirname(file).replace(/^src/, 'test')
}

async function judge(copy: string, mutant: Mutant): Promise<Verdict> {
  const beside = testsBeside(mutant.file)
  const limit = await limitOf(copy, beside)
  const file = join(copy, mutant.file)
  const source = readFileSync(file, 'utf8')
  writeFileSync(file, plant(source, mutant))
  try {
    for (const tests of [`${beside}/${basename(mutant.file, '.ts')}`, beside]) {
      const verdict = await runTests(copy, ['run', tests, '--passWithNoTests'], limit)
      if (verdict !== 'survived') return verdict
    }
    return values.near ? 'survived' : await runTests(copy, ['related', mutant.file, '--run'], LIMIT_OF_ALL_MS)
  } finally {
    writeFileSync(file, source)
  }
}

function runTests(copy: string, words: readonly string[], limitMs: number): Promise<Verdict> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, ...words, '--bail=1', '--maxWorkers=1', '--reporter=dot'], {
    cwd: copy,
    stdio: 'ignore',
    detached: true,
  })
  const { promise, resolve } = Promise.withResolvers<Verdict>()
  const timer = setTimeout(() => {
    process.kill(-child.pid!, 'SIGKILL')
    resolve('timed out')
  }, limitMs)
  child.once('exit', (status) => {
    clearTimeout(timer)
    resolve(status === 0 ? 'survived' : 'killed')
  })
  return promise
}
