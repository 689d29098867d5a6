#!/usr/bin/env node
// Nothing is imported before Node's version is known to be new enough: an older one would fail inside a library,
// with a stack or a crash instead of a sentence.
const version = process.versions.node.split('.')
const major = Number(version[0])
const minor = Number(version[1])

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `finesweep needs Node.js 22.18 or later, but this is ${process.versions.node}. ` +
      'Run it through npx in a project that brings its own Node, or install a newer Node.\n',
  )
  process.exitCode = 2
} else {
  void start()
}

/** Compiled code is kept beside the packages, and commands start in three quarters of the time; where it cannot be written, they do not. */
async function start(): Promise<void> {
  const { packageFile, RUNS_FROM_SOURCE } = await import('../package-files.ts')
  const { enableCompileCache } = process.getBuiltinModule('node:module')
  const { fileURLToPath } = process.getBuiltinModule('node:url')
  const cache = fileURLToPath(packageFile('node_modules/.cache/finesweep'))
  const argv = process.argv.slice(2)
  enableCompileCache(cache)
  if (await printQuickly(argv)) return
  if (RUNS_FROM_SOURCE) {
    const { runMain } = await import('./program.ts')
    return runMain()
  }
  const { requireCompiled } = await import('./compiled-code.ts')
  const command = /^[a-z-]+$/.exec(argv[0] ?? '')?.[0] ?? 'other'
  const kept = `${cache}/${command}-${process.version}-${process.arch}.bytecode`
  const program = requireCompiled(fileURLToPath(packageFile('dist/bin/program.cjs')), kept)
  return (program as typeof import('./program.ts')).runMain()
}

/** The help of the whole command, and its version, for which the command line needs no reading. */
async function printQuickly(argv: readonly string[]): Promise<boolean> {
  const [only = ''] = argv
  if (argv.length !== 1 || !['--help', '-h', '--version'].includes(only)) return false
  const { LEAST_WIDTH, MOST_WIDTH, topHelp } = await import('./top-help.ts')
  const width = Math.min(process.stdout.columns ?? LEAST_WIDTH, MOST_WIDTH)
  if (width < LEAST_WIDTH) return false
  const { COMMANDS } = await import('./commands.ts')
  const { codeVersion } = await import('../code-version.ts')
  const { print } = await import('./terminal.ts')
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const terminal = { stdout: process.stdout, stderr: process.stderr, env: process.env }
  try {
    await print(terminal, `${only === '--version' ? codeVersion() : topHelp(COMMANDS, width)}\n`)
  } catch (error) {
    const { reportFailure } = await import('./failure.ts')
    process.exitCode = reportFailure(error, terminal)
  }
  return true
}

export {}
