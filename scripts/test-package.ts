/**
 * Packs the package, installs it in a fresh project, and tries what a newcomer does there: README's study in code and its
 * types, with TypeScript's `nodenext` and `bundler` resolution, and the command.
 *
 *     node scripts/test-package.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The oldest TypeScript whose users are served. */
const OLDEST = '5.5'

/** The most that users should download. */
const LARGEST_BYTES = 1_500_000

const RESOLUTIONS = [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const

const root = fileURLToPath(new URL('..', import.meta.url))
const project = mkdtempSync(path.join(tmpdir(), 'finesweep-package-'))

function run(cwd: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The first example of a document in TypeScript that has the text. */
function exampleOf(document: string, text = "from 'finesweep'"): string {
  const whole = readFileSync(path.join(root, document), 'utf8')
  const blocks = [...whole.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!)
  return blocks.find((code) => code.includes(text))!
}

/** The examples of docs/api.md that make up the test of a user's own sampler and store. */
const OWN_PARTS = ['near-best.ts', 'announced.ts', 'own.test.ts']

/** The suite for executors, on one of the package's own: users cannot import one. */
const EXECUTOR_TEST = `import { after, test } from 'node:test'
import { checkExecutor } from 'finesweep/testing'
import { createPoolExecutor } from '../node_modules/finesweep/dist/execute/pool.js'
const create = (file, workers) => createPoolExecutor({ kind: 'module', file }, { workers, onPrint: () => {} })
checkExecutor(create, { test, after })
`

/** A module with an objective and its space, and a study of it that names its params. */
const TYPED_OBJECTIVE = `import { choice, defineObjective, float, when } from 'finesweep/objective'
export default defineObjective(
  { lr: float(1e-5, 1, { log: true }), kind: choice(['a', 'b']), beta: when({ kind: 'a' }, float(0, 1)) },
  ({ params }) => params.lr + (params.beta ?? 0),
)
`
const TYPED_STUDY = `import { study } from 'finesweep'
import objective from './typed-objective.ts'
export const tuning = study({ direction: 'minimize', objective, stages: [{ trials: 4, epochs: 1 }] })
const { best } = await tuning.run()
export const { lr, kind, beta }: { lr: number; kind: 'a' | 'b'; beta?: number } = best!.params
// @ts-expect-error: there is no such parameter
void best!.params.reg
`

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`In a fresh project: ${what}`)
  process.stdout.write(`${what}: yes\n`)
}

try {
  const [{ filename, size }] = JSON.parse(
    run(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', project),
  )
  check(size < LARGEST_BYTES, `${(size / 1e6).toFixed(2)} MB are less than ${LARGEST_BYTES / 1e6} MB`)
  run(project, 'npm', 'init', '-y')
  run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`)
  writeFileSync(path.join(project, 'readme.mts'), exampleOf('README.md'))
  writeFileSync(path.join(project, 'api.mts'), exampleOf('docs/api.md'))
  mkdirSync(path.join(project, 'own'))
  writeFileSync(path.join(project, 'own/package.json'), '{ "type": "module" }')
  for (const name of OWN_PARTS) {
    writeFileSync(path.join(project, 'own', name), exampleOf('docs/api.md', `// ${name}\n`))
  }
  writeFileSync(path.join(project, 'own/executor.test.js'), EXECUTOR_TEST)
  writeFileSync(path.join(project, 'own/typed-objective.ts'), TYPED_OBJECTIVE)
  writeFileSync(path.join(project, 'own/typed-study.ts'), TYPED_STUDY)

  const printed = run(project, process.execPath, 'readme.mts')
  check(/^\S+ \S+\n$/.test(printed), `README's study in code prints its best trial (${printed.trim()})`)
  check(run(project, process.execPath, 'api.mts') !== '', "docs/api.md's first example runs")
  const tested = run(path.join(project, 'own'), process.execPath, '--test', 'own.test.ts')
  check(/\bfail 0\n/.test(tested), "a user's own sampler and store pass the suites of finesweep/testing")
  const executed = run(path.join(project, 'own'), process.execPath, '--test', 'executor.test.js')
  check(/\bfail 0\n/.test(executed), 'an executor passes its suite')
  const best = run(project, 'npx', '--no-install', 'finesweep', 'best', 'mine', '-n', '1', '--json')
  check(JSON.parse(best).study === 'mine', 'the command finds the study')
  // The command has the JavaScript of one version of better-sqlite3 inside; beside another one, it must not use it.
  const described = path.join(project, 'node_modules/better-sqlite3/package.json')
  writeFileSync(
    described,
    readFileSync(described, 'utf8').replace(/"version": ".*?"/, '"version": "13.999.0"'),
  )
  const beside = run(project, 'npx', '--no-install', 'finesweep', 'best', 'mine', '-n', '1', '--json')
  check(beside === best, 'the command works with another version of better-sqlite3')

  // Types of Node itself, which a project in TypeScript has.
  mkdirSync(path.join(project, 'node_modules/@types'), { recursive: true })
  for (const name of ['@types/node', 'undici-types']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(project, 'node_modules', name))
  }
  const oldest = mkdtempSync(path.join(project, 'typescript-'))
  writeFileSync(path.join(oldest, 'package.json'), '{}')
  run(oldest, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `typescript@${OLDEST}`)
  for (const folder of [oldest, root]) {
    const tsc = path.join(folder, 'node_modules/.bin/tsc')
    const version = run(project, tsc, '--version').trim()
    // The declarations of today's Node are not written for the oldest compiler: it checks the use of finesweep's alone.
    const strictness = folder === root ? ['--exactOptionalPropertyTypes'] : ['--skipLibCheck']
    for (const [module, moduleResolution] of RESOLUTIONS) {
      run(
        project,
        ...[
          tsc,
          '--noEmit',
          // What a module exports has types that a declaration can name.
          '--declaration',
          '--strict',
          ...strictness,
          '--target',
          'esnext',
          '--types',
          'node',
          '--allowImportingTsExtensions',
        ],
        ...[
          '--module',
          module,
          '--moduleResolution',
          moduleResolution,
          'readme.mts',
          'api.mts',
          'own/own.test.ts',
          'own/typed-study.ts',
        ],
      )
      check(true, `types are sound with ${moduleResolution} resolution in TypeScript ${version}`)
    }
  }
} finally {
  rmSync(project, { recursive: true, force: true })
}
