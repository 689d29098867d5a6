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

/** Compiled code is kept beside the packages: a command starts in a tenth less time. Where that can't be written, it isn't. */
async function start(): Promise<void> {
  const { enableCompileCache } = await import('node:module')
  const { packageFile } = await import('../package-files.ts')
  enableCompileCache(packageFile('node_modules/.cache/finesweep').pathname)
  if (await printQuickly(process.argv.slice(2))) return
  const { runMain } = await import('./program.ts')
  await runMain()
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
