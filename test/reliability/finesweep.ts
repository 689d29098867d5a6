import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomSeed } from '../random-seed.ts'

/** The built command, as people run it. */
const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** Starts `finesweep ...args`, in `cwd` or where the test runs. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

/** Runs `finesweep ...args` to its end. */
export function finesweep(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return start(args, env).ended
}

/** A study file of this folder. */
export function studyFile(name: string): string {
  return path.join(import.meta.dirname, 'studies', name)
}

/** How much of a long test runs: all of it under `npm run test:chaos`, a little of it under `npm test`. */
export function scaled(short: number, long: number): number {
  return process.env.FINESWEEP_CHAOS === undefined ? short : long
}

/** The seed of a random test, printed so that it can be repeated. */
export function chaosSeed(): number {
  const seed = randomSeed()
  console.log(`seed ${seed} (again: FINESWEEP_SEED=${seed})`)
  return seed
}
