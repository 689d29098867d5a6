import { UserError } from '../errors.ts'
import type { AskedSession } from '../session/ask.ts'
import type { StudyWriter } from '../store/store.ts'

/** What leaves no room for anything else that writes. */
export type Work = 'run' | 'import'

/**
 * What a program does with a study. The lease of a store keeps other writers from a study, and not those who share one:
 * two calls of one `Study`, or two of them with one store. They share this.
 */
export class StudyUse {
  readonly #name: string
  #work: Work | null = null
  #asked: Promise<AskedSession> | null = null
  #waiting: (() => void)[] = []

  private constructor(name: string) {
    this.#name = name
  }

  static of(store: StudyWriter, name: string): StudyUse {
    const ofStore = uses.get(store) ?? new Map<string, StudyUse>()
    uses.set(store, ofStore)
    const use = ofStore.get(name) ?? new StudyUse(name)
    ofStore.set(name, use)
    return use
  }

  /** Does work, and nothing else meanwhile. @throws UserError('usage') if there is work under way */
  async during<T>(work: Work, act: () => Promise<T>): Promise<T> {
    this.#refuseDuringWork()
    this.#work = work
    const opening = this.#asked
    this.#asked = null
    this.wake()
    try {
      // It may be creating the study.
      await opening?.catch(() => {})
      return await act()
    } finally {
      this.#work = null
    }
  }

  /** Acts on the session that asks for trials, opened if there is none. @throws UserError('usage') during work */
  async asked<T>(open: () => Promise<AskedSession>, act: (session: AskedSession) => T): Promise<T> {
    for (;;) {
      this.#refuseDuringWork()
      this.#asked ??= open()
      const opening = this.#asked
      const session = await opening.catch((error: unknown) => {
        // What was in the way may be gone at the next call.
        if (this.#asked === opening) this.#asked = null
        throw error
      })
      if (this.#asked === opening) return act(session)
    }
  }

  /** Until something changes that trials may wait for. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  /** Lets those who wait look again. */
  wake(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  #refuseDuringWork(): void {
    if (this.#work === null) return
    const [what, hint] = WORDS[this.#work]
    throw new UserError('usage', `Study "${this.#name}" ${what} by this program`, { hint })
  }
}

const uses = new WeakMap<StudyWriter, Map<string, StudyUse>>()

const WORDS: Readonly<Record<Work, readonly [what: string, hint: string]>> = {
  run: ['is being run', 'Await that run first, or stop it with its signal.'],
  import: ['is being imported into', 'Await that import first.'],
}
