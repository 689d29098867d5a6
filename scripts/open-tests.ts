import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, Question } from './mutant-tests.ts'

const CHILD = 'scripts/mutant-tests.ts'
/** A mutant that makes a loop endless is killed when its tests take this many times as long as without it. */
const SLOWER = 5
/** Added to each limit: the start of a run, and a machine with other work. */
const SPARE_MS = 60_000
/** For all tests that import a file: far above what the whole suite takes. */
export const LIMIT_OF_ALL_MS = 1_800_000

export interface Verdict {
  /** A fault that ends the process of the tests has crashed it: noticed, but by no test. */
  readonly kind: 'killed' | 'survived' | 'timed out' | 'crashed'
  readonly noticedBy: string | null
}

/** Vitest, kept open in a copy of the checkout by a process of its own, which dies with a fault that hangs it. */
export class OpenTests {
  readonly #original: string
  readonly #copy: string
  readonly #limits = new Map<string, number>()
  #child: ChildProcess | undefined

  constructor(original: string, copy: string) {
    this.#original = original
    this.#copy = copy
  }

  /** How long the tests of a folder may take. Tests that fail without a fault would kill every mutant. */
  async limitOf(folder: string): Promise<number> {
    const known = this.#limits.get(folder)
    if (known !== undefined) return known
    const began = performance.now()
    const verdict = await this.ask({ kind: 'clean', folder }, LIMIT_OF_ALL_MS)
    if (verdict.kind !== 'survived') {
      throw new Error(`The tests in ${folder} fail without a fault: ${verdict.noticedBy ?? verdict.kind}`)
    }
    const limit = SLOWER * (performance.now() - began) + SPARE_MS
    this.#limits.set(folder, limit)
    return limit
  }

  async ask(question: Question, limitMs: number): Promise<Verdict> {
    this.#child ??= spawn(process.execPath, [CHILD], {
      cwd: this.#copy,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
    })
    const child = this.#child
    const { promise, resolve } = Promise.withResolvers<Verdict>()
    const timer = setTimeout(() => {
      this.kill()
      if (question.kind === 'fault') this.#restore(question.mutant.file)
      resolve({ kind: 'timed out', noticedBy: null })
    }, limitMs)
    const onMessage = ({ noticedBy }: Answer): void =>
      resolve({ kind: noticedBy === null ? 'survived' : 'killed', noticedBy })
    const onExit = (): void => {
      this.#child = undefined
      if (question.kind === 'fault') this.#restore(question.mutant.file)
      resolve({ kind: 'crashed', noticedBy: null })
    }
    child.once('message', onMessage).once('exit', onExit)
    child.send(question)
    const verdict = await promise
    clearTimeout(timer)
    child.off('message', onMessage).off('exit', onExit)
    return verdict
  }

  kill(): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL')
    this.#child = undefined
  }

  #restore(file: string): void {
    cpSync(join(this.#original, file), join(this.#copy, file))
  }
}
