import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir, setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { packageFile, RUNS_FROM_SOURCE } from '../../../package-files.ts'
import { BLOCK_COLUMNS, BLOCK_ROW_BYTES, BLOCK_ROWS, CHUNK_COLUMNS, INPUT_FORMS } from '../block-sizes.ts'
import type { Arithmetic } from '../kernels.ts'
import { SMALLEST_KEPT } from '../update-constants.ts'

const FOLDER = RUNS_FROM_SOURCE ? 'src/train/kernels/native' : 'dist/train/kernels/native'
const SOURCE = fileURLToPath(packageFile(`${FOLDER}/products.c`))

const OPTIONS = ['-O3', '-shared', '-fPIC', '-ffp-contract=off', '-fno-math-errno', '-fvisibility=hidden']

const CONSTANTS: Readonly<Record<string, number>> = {
  BLOCK: BLOCK_COLUMNS,
  CHUNK: CHUNK_COLUMNS,
  BLOCK_ROWS,
  BLOCK_ROW: BLOCK_ROW_BYTES / 4,
  FLOATS: INPUT_FORMS.floats,
  BYTES: INPUT_FORMS.bytes,
  BYTES_SCALED: INPUT_FORMS.bytesScaled,
  FLOATS_SCALED: INPUT_FORMS.floatsScaled,
  SMALLEST_KEPT,
}

/** A compiler that takes longer than this hangs. */
const COMPILE_TIMEOUT_MS = 120_000

/**
 * Why the native products cannot be compiled on this machine whatever is installed; null if they can.
 * @param cpuFlags the text of /proc/cpuinfo
 */
export function whyNotHere(platform: string, arch: string, cpuFlags: string): string | null {
  if (platform !== 'linux' || arch !== 'x64') return `only on x64 Linux; this is ${platform} ${arch}`
  return /\bavx512bw\b/.test(cpuFlags) ? null : 'this processor has no AVX-512'
}

/** `whyNotHere` for the machine that this runs on. */
export function whyNotOnThisMachine(): string | null {
  let flags = ''
  try {
    flags = readFileSync('/proc/cpuinfo', 'utf8')
  } catch {}
  return whyNotHere(process.platform, process.arch, flags)
}

/**
 * Where the user's cache keeps the products compiled from exactly this source, for this Node's interface:
 * `$XDG_CACHE_HOME/finesweep` or `~/.cache/finesweep`.
 */
export function cachedProducts(arithmetic: Arithmetic): string {
  const source = createHash('sha256').update(readSource()).update(definitions(arithmetic).join(' '))
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'finesweep')
  return join(folder, `products-${arithmetic}-${source.digest('hex').slice(0, 16)}.node`)
}

/**
 * Compiles the native products into `file`, which appears whole or not at all. The compiler is `$CC`, else `cc`.
 * @returns why it failed, in words to follow a colon; null if `file` is there
 */
export async function compileProducts(arithmetic: Arithmetic, file: string): Promise<string | null> {
  const fresh = `${file}.${process.pid}`
  const compiler = compilerOf(process.env)
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
    const words = [...OPTIONS, ...definitions(arithmetic), SOURCE, '-o', fresh]
    await promisify(execFile)(compiler, words, { timeout: COMPILE_TIMEOUT_MS })
    renameSync(fresh, file)
    return null
  } catch (error) {
    rmSync(fresh, { force: true })
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT') return `no C compiler: ${compiler} was not found`
    const said = stderr?.trim().split('\n')[0]
    return `${compiler} failed: ${said === undefined || said === '' ? (error as Error).message : said}`
  }
}

/**
 * Starts to compile the products into the user's cache, at the lowest priority, in a process that outlives this one.
 * Returns at once; a study that runs meanwhile takes the products up with its next network, to the same bits. Nothing is
 * said if it fails: `finesweep doctor` does.
 */
export function compileInBackground(arithmetic: Arithmetic): void {
  const file = cachedProducts(arithmetic)
  if (whyNotOnThisMachine() !== null || existsSync(file)) return
  const fresh = `${file}.${process.pid}`
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
  } catch {
    return
  }
  const script = '"$@" && mv -f "$FRESH" "$FILE" || rm -f "$FRESH"'
  const words = [compilerOf(process.env), ...OPTIONS, ...definitions(arithmetic), SOURCE, '-o', fresh]
  const shell = spawn('/bin/sh', ['-c', script, 'sh', ...words], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, FRESH: fresh, FILE: file },
  })
  shell.on('error', () => {})
  if (shell.pid !== undefined) setPriority(shell.pid, LOWEST_PRIORITY)
  shell.unref()
}

const LOWEST_PRIORITY = 19

/** Whether a file may be loaded as code: a cache that others can write to is not trusted. */
export function isTrusted(file: string): boolean {
  if (!existsSync(file)) return false
  const { uid, mode } = statSync(file)
  return (process.getuid === undefined || uid === process.getuid()) && (mode & 0o022) === 0
}

function compilerOf(env: NodeJS.ProcessEnv): string {
  return env.CC || 'cc'
}

function definitions(arithmetic: Arithmetic): string[] {
  const constants = Object.entries(CONSTANTS).map(([name, value]) => `-D${name}=${value}`)
  return arithmetic === 'muladd' ? [...constants, '-DMULADD'] : constants
}

function readSource(): Buffer | string {
  try {
    return readFileSync(SOURCE)
  } catch {
    return ''
  }
}
