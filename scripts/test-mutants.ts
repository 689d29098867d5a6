/**
 * Plants small faults in the code that decides a study and runs the tests that should notice: of those that import the
 * file first the ones named after it, then the others of its folder, then all (not with --near). Prints which test noticed
 * each, and the survivors; fails if too few are killed. The checkout is not touched: the work is done in a copy.
 *
 *     node scripts/test-mutants.ts [--count 160] [--seed 1] [--only search/narrow.ts:12] [--near] [--least 0.85] [--jobs 2]
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import seedrandom from 'seedrandom'
import { findMutants, type Mutant } from './find-mutants.ts'
import { LIMIT_OF_ALL_MS, OpenTests, type Verdict } from './open-tests.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['search', 'study', 'store', 'execute']
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

const mutants = chooseMutants(Number(values.count), values.seed)
process.stdout.write(`${mutants.length} mutants, seed ${values.seed}\n`)
const survivors: Mutant[] = []
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
  const tests = new OpenTests(ROOT, copy)
  try {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0')
    for (const name of tracked.filter((each) => each !== '' && existsSync(join(ROOT, each)))) {
      cpSync(join(ROOT, name), join(copy, name))
    }
    for (const name of ['node_modules', 'dist', 'study.schema.json'])
      symlinkSync(join(ROOT, name), join(copy, name))
    for (let mutant = mutants.shift(); mutant !== undefined; mutant = mutants.shift()) {
      const verdict = await judge(tests, mutant)
      tested++
      if (verdict.kind === 'survived') survivors.push(mutant)
      const by = verdict.noticedBy === null ? '' : `, by: ${verdict.noticedBy}`
      process.stdout.write(`${verdict.kind.padEnd(10)} ${mutant.file}:${mutant.description}${by}\n`)
    }
  } finally {
    tests.kill()
    rmSync(copy, { recursive: true, force: true })
  }
}

async function judge(tests: OpenTests, mutant: Mutant): Promise<Verdict> {
  const folder = dirname(mutant.file).replace(/^src/, 'test')
  const near = values.near
  const limit = await tests.limitOf(folder)
  return tests.ask({ kind: 'fault', mutant, near }, near ? limit : LIMIT_OF_ALL_MS)
}
