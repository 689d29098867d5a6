/**
 * Bundles the command and its threads into dist/bin/: a few files in place of some hundred that Node would open one by
 * one. What only some commands need is in chunks of its own, loaded when it is used. The library stays as modules.
 *
 *     node scripts/bundle.ts
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type InputOptions, type OutputOptions, type PluginContext, rolldown } from 'rolldown'
import { ascii, standIns } from './bundle-plugins.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Commands that answer at once, and what they load when they need it. */
const QUICK = [
  'src/cli/program.ts',
  ...['best', 'status', 'studies', 'trials'].map((command) => `src/cli/commands/${command}.ts`),
  'src/report/table.ts',
  'src/report/trial-columns.ts',
  'src/store/open-reader.ts',
]

/** What `finesweep --help` and `--version` load, and nothing more. */
const START = ['src/cli/top-help.ts', 'src/cli/commands.ts', 'src/cli/terminal.ts', 'src/code-version.ts']

const common: InputOptions = {
  cwd: root,
  // Packages with threads of their own, or that a user installs besides.
  external: [/^node:/, 'piscina', 'bullmq', 'ioredis'],
  platform: 'node',
  // One for all: the newer ones that yargs brings take 10 ms to load, for emoji that no message has.
  resolve: { alias: { 'string-width': `${root}node_modules/string-width/index.js` } },
  tsconfig: false,
  // How long a callback took says how busy the machine is, and must not fail a build.
  checks: { bundlerTimings: false },
}
const written: OutputOptions = {
  dir: `${root}dist/bin`,
  // Functions and classes keep their names, for whoever reads a stack. Nothing is computed ahead: results stay Node's.
  minify: { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
  comments: { legal: true, annotation: false, jsdoc: false },
  sourcemap: false,
}

rmSync(`${root}dist/bin`, { recursive: true, force: true })
await bundleCommand()
await bundleThreads()
await bundlePage()

/**
 * As CommonJS: a command starts 10 ms sooner without Node's loader of ES modules. A file that is opened costs as much
 * as 10 kB that are not used, so what the quick commands load is one chunk.
 */
async function bundleCommand(): Promise<void> {
  let modules: PluginContext | undefined
  const bundle = await rolldown({
    ...common,
    input: { finesweep: 'src/cli/main.ts', program: 'src/cli/program.ts' },
    plugins: [
      standIns(root),
      ascii,
      {
        name: 'modules',
        buildEnd() {
          modules = this
        },
      },
    ],
    onLog: (level, log, print) => {
      // yargs resolves `extends` of a configuration file by it, and the command has no such file.
      const ofYargs = log.code === 'EMPTY_IMPORT_META' && log.id?.includes('node_modules/yargs/')
      // A command that is loaded when used shares a chunk with those that load it at once.
      if (level === 'warn' && !ofYargs && log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT')
        throw new Error(log.message)
      print('debug', log)
    },
  })
  await bundle.write({
    ...written,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    codeSplitting: {
      groups: [
        // Loaded before the rest, which comes with its bytecode.
        { name: 'first', priority: 3, test: /src\/package-files\.ts$/ },
        { name: 'start', priority: 2, test: (id) => loadedWith(START, modules!).has(id) },
        { name: 'quick', priority: 1, test: (id) => loadedWith(QUICK, modules!).has(id) },
      ],
    },
  })
  await bundle.close()
}

/** All modules that these files import statically, themselves among them. */
function loadedWith(files: readonly string[], modules: PluginContext): Set<string> {
  const loaded = new Set<string>()
  const waiting = files.map((file) => `${root}${file}`)
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (loaded.has(id)) continue
    loaded.add(id)
    waiting.push(...(modules.getModuleInfo(id)?.importedIds ?? []))
  }
  return loaded
}

/** Threads stay ES modules: they load a user's, and await before they are ready. */
async function bundleThreads(): Promise<void> {
  const bundle = await rolldown({
    ...common,
    input: { worker: 'src/execute/worker.ts', 'prepare-thread': 'src/data/prepare-thread.ts' },
    onLog: failOnWarning,
  })
  await bundle.write({
    ...written,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  })
  await bundle.close()
}

/** The script of reports and of the live page: one file that the command places inside of them. */
async function bundlePage(): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    input: 'src/picture/page/script/main.ts',
    platform: 'browser',
    tsconfig: false,
    onLog: failOnWarning,
  })
  await bundle.write({ file: `${root}dist/bin/page.js`, format: 'iife', minify: true, sourcemap: false })
  await bundle.close()
}

function failOnWarning(level: string, log: { readonly message: string }): void {
  if (level === 'warn') throw new Error(log.message)
}
