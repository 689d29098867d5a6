import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Threads of tests run from TypeScript. Node keeps what it stripped of types and compiled: a thread starts in a third of
// the time, and without a copy of the compiler of its own.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/finesweep-tests', import.meta.url),
)

/** Tests whose files leave nothing behind in their process. A process for each file would cost a fifth of the time. */
const SHARED = [
  ...[
    'cli',
    'data',
    'import',
    'library',
    'live',
    'model',
    'numerics',
    'objective',
    'picture',
    'random',
    'report',
  ],
  ...['search', 'session', 'space', 'store', 'study', 'study-file', 'text'],
].map((folder) => `test/${folder}/**/*.test.ts`)

/** Tests that start processes and wait for them. */
const LONG = /\/test\/(engine|reliability|page|live|docs|execute)\//

/** Long files first: one that begins last keeps a single core busy. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => (LONG.test(moduleId) ? 0 : 1)
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    // Hooks start commands and servers; on a busy machine a start takes many times as long.
    hookTimeout: 120_000,
    // Many tests wait: for locks to expire, for processes to start.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: SHARED } },
    ],
  },
})
