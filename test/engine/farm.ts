import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { type CommandOptions, type CommandProcess, startCommand } from './commands.ts'

/** The root of the repository, which is that of the workers. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A study whose trials can be made to wait. */
export const HELD = path.join(ROOT, 'test/engine/studies/held.yaml')

/** How long a state may take to come about, milliseconds: a bound for what never comes, not a measure. */
const PATIENCE_MS = 50_000

/** One study, its orchestrator and its workers, apart from all others at the same engine. */
export class Farm {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'finesweep-farm-'))
  readonly db = path.join(this.folder, 'studies.db')
  readonly hold = path.join(this.folder, 'hold')
  /** Where its processes have temporary folders: those of a killed one are nobody else's to find. */
  readonly temporary = path.join(this.folder, 'tmp')
  readonly prefix = path.basename(this.folder)
  readonly #url: string
  readonly #started: CommandProcess[] = []

  /** @param url the engine */
  constructor(url: string) {
    this.#url = url
    mkdirSync(this.hold)
    mkdirSync(this.temporary)
  }

  /** Starts a worker of one slot with this name. */
  worker(name: string, words: readonly string[] = [], options: CommandOptions = {}): CommandProcess {
    const own = ['worker', this.#url, '--name', name, '--engine-prefix', this.prefix]
    const slots = words.includes('--slots') ? [] : ['--slots', '1']
    return this.start([...own, ...rootOf(words), ...slots, ...words], options)
  }

  /** Starts the orchestrator, without local threads unless the words name some. */
  run(study: string, words: readonly string[] = [], options: CommandOptions = {}): CommandProcess {
    return this.start(['run', study, ...this.#session(words)], options)
  }

  resume(words: readonly string[] = [], options: CommandOptions = {}): CommandProcess {
    return this.start(['resume', ...this.#session(words)], options)
  }

  #session(words: readonly string[]): string[] {
    const local = words.includes('--workers') ? [] : ['--workers', '0']
    const engine = ['--engine', this.#url, '--engine-prefix', this.prefix, ...rootOf(words)]
    const db = words.includes('--db') ? [] : ['--db', this.db]
    return [...engine, ...db, ...local, ...words]
  }

  /** Starts any command, which is ended with the farm. */
  start(words: readonly string[], { env, ...options }: CommandOptions = {}): CommandProcess {
    const started = startCommand(words, {
      ...options,
      env: { FINESWEEP_HOLD: this.hold, TMPDIR: this.temporary, ...env },
    })
    this.#started.push(started)
    return started
  }

  /** Has trials from this number on wait. */
  holdFrom(trial: number): void {
    this.#holdThese(`${trial}-`)
  }

  /** Has these trials wait, and no others. */
  holdOnly(...trials: number[]): void {
    this.#holdThese(trials.join(' '))
  }

  /** At once: a trial that found the file empty would go on. */
  #holdThese(trials: string): void {
    const fresh = path.join(this.hold, 'next')
    writeFileSync(fresh, trials)
    renameSync(fresh, path.join(this.hold, 'from'))
  }

  release(): void {
    rmSync(path.join(this.hold, 'from'), { force: true })
  }

  /** Resolves once this process has a trial that waits. */
  async holds(command: CommandProcess, trial: number | null = null): Promise<void> {
    await expect.poll(() => this.isHeld(command, trial), { timeout: PATIENCE_MS }).toBe(true)
  }

  isHeld({ process: { pid } }: CommandProcess, trial: number | null = null): boolean {
    const held = (name: string): boolean =>
      trial === null ? name.endsWith(`-${pid}`) : name === `${trial}-${pid}`
    return readdirSync(this.hold).some(held)
  }

  /** Starts workers that end when they are idle, until one has this trial, which waits. */
  async idleWorkerHolding(trial: number): Promise<CommandProcess> {
    for (let i = 0; ; i++) {
      const worker = this.worker(`idle-${i}`, ['--idle', '1'])
      const isDecided = (): boolean => this.isHeld(worker, trial) || worker.process.exitCode !== null
      await expect.poll(isDecided, { timeout: PATIENCE_MS }).toBe(true)
      if (this.isHeld(worker, trial)) return worker
    }
  }

  /** The numbers of the trials that had ended when a trial of HELD first began, by its number. */
  endedBefore(): Map<number, Set<number>> {
    const before = new Map<number, Set<number>>()
    const ended = new Set<number>()
    for (const line of readFileSync(path.join(this.hold, 'log'), 'utf8').trimEnd().split('\n')) {
      const [what, number] = line.split(' ') as [string, string]
      if (what === 'end') ended.add(Number(number))
      else if (!before.has(Number(number))) before.set(Number(number), new Set(ended))
    }
    return before
  }

  /** The digest of the study, which has ended well with nothing left running. */
  async digest(orchestrator: CommandProcess, db = this.db): Promise<string> {
    const { code, stderr } = await orchestrator.ended
    expect(code, stderr).toBe(0)
    const status = await startCommand(['status', '--db', db, '--json']).ended
    expect(JSON.parse(status.stdout).counts.running, status.stdout).toBe(0)
    return digestOf(db)
  }

  async close(): Promise<void> {
    for (const each of this.#started) each.signal('SIGKILL')
    await Promise.all(this.#started.map(({ ended }) => ended))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** By default the repository. */
function rootOf(words: readonly string[]): string[] {
  return words.includes('--root') ? [] : ['--root', ROOT]
}

export async function digestOf(db: string): Promise<string> {
  return (await startCommand(['digest', '--db', db]).ended).stdout.trim()
}

/** The digest of a study that ran in one process. */
export async function digestAlone(study: string, words: readonly string[] = []): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-alone-'))
  const db = path.join(folder, 'studies.db')
  const { code, stderr } = await startCommand([
    'run',
    study,
    '--workers',
    '2',
    '--quiet',
    '--db',
    db,
    ...words,
  ]).ended
  expect(code, stderr).toBe(0)
  const digest = await digestOf(db)
  rmSync(folder, { recursive: true, force: true })
  return digest
}
