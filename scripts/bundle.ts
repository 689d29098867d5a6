/**
 * Bundles the command and its threads into dist/bin/: a few files in place of some hundred that Node would open one by
 * one. What only some commands need is in chunks of its own, loaded when it is used. The library stays as modules.
 *
 *     node scripts/bundle.ts
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Packages with native code, with threads of their own, or that a user installs besides. */
const EXTERNAL = [/^node:/, 'better-sqlite3', 'piscina', 'bullmq', 'ioredis']

rmSync(`${root}dist/bin`, { recursive: true, force: true })
const bundle = await rolldown({
  cwd: root,
  input: {
    finesweep: 'src/cli/main.ts',
    worker: 'src/execute/worker.ts',
    'prepare-thread': 'src/data/prepare-thread.ts',
  },
  external: EXTERNAL,
  platform: 'node',
  // One for all: the newer ones that yargs brings take 10 ms to load, for emoji that no message has.
  resolve: { alias: { 'string-width': `${root}node_modules/string-width/index.js` } },
  tsconfig: false,
  onLog: (level, log, print) => {
    if (level === 'warn') throw new Error(log.message)
    print(level, log)
  },
})
await bundle.write({
  dir: `${root}dist/bin`,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // Names stay, for whoever reports a stack; comments and indents are a third of the package's size.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  comments: { legal: true, annotation: false, jsdoc: false },
  sourcemap: false,
})
await bundle.close()

// The script of reports and of the live page: one file that the command places inside of them.
const page = await rolldown({
  cwd: root,
  input: 'src/picture/page/script/main.ts',
  platform: 'browser',
  tsconfig: false,
})
await page.write({ file: `${root}dist/bin/page.js`, format: 'iife', minify: true, sourcemap: false })
await page.close()
