/**
 * The child of test-mutants.ts: keeps Vitest open in a copy of the checkout, plants one fault after another that its
 * parent sends, and answers whether a test noticed. A fault that hangs it is the parent's business.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createVitest, type TestSpecification, type Vitest } from 'vitest/node'
import { type Mutant, plant } from './find-mutants.ts'

/** What a parent asks for: the tests without a fault (to be run once a folder), or with one. */
export type Question =
  | { readonly kind: 'clean'; readonly folder: string }
  | { readonly kind: 'fault'; readonly mutant: Mutant; readonly near: boolean }

export interface Answer {
  /** The first test that failed; null if all passed. */
  readonly noticedBy: string | null
}

/** Keeps the order it is given: the shortest first, so that most faults are noticed within a second. */
class AsGiven {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    return files
  }
}

/** Many faults make a test wait for what never comes; without one no test takes a fifth of this. */
const TEST_TIMEOUT_MS = 30_000

const copy = process.cwd()
const vitest = await createVitest('test', {
  root: copy,
  watch: false,
  bail: 1,
  maxWorkers: 1,
  testTimeout: TEST_TIMEOUT_MS,
  reporters: [{}],
  sequence: { sequencer: AsGiven as never },
})
await vitest.standalone()
const everything = await vitest.globTestSpecifications()
/** By test file: how long it took without a fault. */
const durations = new Map<string, number>()

// A parent that is gone, by Ctrl-C say, does not end a process group of its own.
process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'))
process.on('message', (question: Question) => {
  void answer(question).then((reply) => process.send!(reply))
})

async function answer(question: Question): Promise<Answer> {
  if (question.kind === 'clean') return { noticedBy: await failing(inFolder(everything, question.folder)) }
  const { mutant, near } = question
  const file = join(copy, mutant.file)
  const source = readFileSync(file, 'utf8')
  writeFileSync(file, plant(source, mutant))
  vitest.invalidateFile(file)
  try {
    const related = await relatedTo(vitest, file)
    const folder = dirname(mutant.file).replace(/^src/, 'test')
    // The entry of a thread is imported by no test.
    const beside = inFolder(related.length === 0 ? everything : related, folder)
    const named = beside.filter(({ moduleId }) =>
      basename(moduleId).startsWith(`${basename(mutant.file, '.ts')}.`),
    )
    const noticedBy =
      (await failing(named)) ??
      (await failing(beside.filter((each) => !named.includes(each)))) ??
      (near ? null : await failing(related.filter((each) => !beside.includes(each))))
    return { noticedBy }
  } finally {
    writeFileSync(file, source)
    vitest.invalidateFile(file)
  }
}

function inFolder(tests: readonly TestSpecification[], folder: string): TestSpecification[] {
  return tests.filter(({ moduleId }) => moduleId.startsWith(`${join(copy, folder)}/`))
}

/** All tests that import a file, themselves or through others. */
async function relatedTo(open: Vitest, file: string): Promise<TestSpecification[]> {
  open.config.related = [file]
  return open.getRelevantTestSpecifications()
}

/** Runs tests, the shortest first, up to one that fails. */
async function failing(tests: readonly TestSpecification[]): Promise<string | null> {
  if (tests.length === 0) return null
  const ordered = tests.toSorted(
    (a, b) => (durations.get(a.moduleId) ?? Infinity) - (durations.get(b.moduleId) ?? Infinity),
  )
  // Vitest keeps the results of earlier runs, gives them again with those of this one, and counts them for `bail`.
  vitest.state.filesMap.clear()
  vitest.state.idMap.clear()
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(ordered)
  for (const each of testModules) {
    if (!durations.has(each.moduleId)) durations.set(each.moduleId, each.diagnostic().duration)
  }
  const failed = testModules.find((each) => !each.ok())
  if (failed !== undefined) {
    const [test] = failed.children.allTests('failed')
    return test === undefined ? `${failed.relativeModuleId}, which does not load` : test.fullName
  }
  return unhandledErrors.length === 0 ? null : 'an error that no test caught'
}
