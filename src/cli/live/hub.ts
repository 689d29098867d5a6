import { readPictureStudy } from '../../picture/read-study.ts'
import { openReader } from '../../store/open-reader.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'
import { type KeptPage, KeptPages, type MadePage } from './pages.ts'
import { fileIdentity, type LiveEvent, StudyWatch } from './watch.ts'

const POLL_MS = 500
/** What may wait for one reader; one that is slower is let go, and comes back. */
const MOST_WAITING = 4_000_000
export const MOST_READERS = 32

/** One page that listens. */
export interface Listener {
  /** The next message; null when it is over. */
  next(): Promise<LiveEvent | null>
  close(): void
}

/** The store of a live page: one connection for all, looked at twice a second, never written to. */
export class LiveHub {
  readonly #file: string
  #reader: StudyReader
  #identity: string | null
  readonly #watches = new Map<number, { readonly watch: StudyWatch; readonly listeners: Set<Queue> }>()
  readonly #timer: NodeJS.Timeout
  readonly pages: KeptPages
  /** Counts the looks that found a change. */
  #revision = 0
  #gone = ''
  /** When a page last listened, by `performance.now()`. */
  lastHeard = performance.now()

  /** @param make makes the page of a study from the hub's reader */
  constructor(file: string, make: (hub: LiveHub, study: StudyRecord) => Promise<MadePage> = noPage) {
    this.pages = new KeptPages((study) => make(this, study))
    this.#file = file
    this.#reader = openReader(file)
    this.#identity = fileIdentity(file)
    this.#timer = setInterval(() => this.poll(), POLL_MS)
  }

  get reader(): StudyReader {
    return this.#reader
  }

  get listening(): number {
    return [...this.#watches.values()].reduce((sum, { listeners }) => sum + listeners.size, 0)
  }

  /** The page of a study as of the last look. */
  page(study: StudyRecord): Promise<KeptPage> {
    const isRunning = study.state === 'running' && this.#reader.lease(study.id) !== undefined
    return this.pages.get(study, { version: `${this.#revision} ${isRunning}`, isRunning })
  }

  /** @param from the number to go on from */
  listen(study: StudyRecord, from: number): Listener {
    let entry = this.#watches.get(study.id)
    if (entry === undefined) {
      const records = this.pages.recordsOf(study.id) ?? readPictureStudy(this.#reader, study)
      entry = { watch: new StudyWatch(study, records), listeners: new Set() }
      this.#watches.set(study.id, entry)
    }
    const { watch, listeners } = entry
    for (const event of watch.look(this.#reader, performance.now())) tell(listeners, event)
    const queue = new Queue(watch.catchUp(from))
    listeners.add(queue)
    return {
      next: () => queue.next(),
      close: () => {
        queue.end()
        listeners.delete(queue)
        this.lastHeard = performance.now()
        if (listeners.size === 0) this.#watches.delete(study.id)
      },
    }
  }

  /** Looks for changes; but for who runs a study, no table is read if nothing was committed. */
  poll(): void {
    if (this.listening > 0) this.lastHeard = performance.now()
    try {
      this.#reopenIfReplaced()
      const changed = this.#reader.changed()
      if (changed) this.#revision++
      for (const { watch, listeners } of this.#watches.values()) {
        if (!watch.wasAbandoned(this.#reader) && !changed) continue
        for (const event of watch.look(this.#reader, performance.now())) tell(listeners, event)
      }
      this.#gone = ''
    } catch {
      this.#tellGone('The store cannot be read at the moment; retrying.')
    }
  }

  #reopenIfReplaced(): void {
    const identity = fileIdentity(this.#file)
    if (identity === this.#identity) return
    if (identity === null) {
      this.#tellGone('The store was removed.')
      return
    }
    const reader = openReader(this.#file)
    this.#reader.close()
    this.#reader = reader
    this.#identity = identity
    this.#revision++
    this.pages.clear()
    this.#tellGone('The store was replaced by another; reload the page.')
    this.#gone = ''
    for (const { listeners } of this.#watches.values()) for (const queue of listeners) queue.end()
    this.#watches.clear()
  }

  #tellGone(text: string): void {
    if (this.#gone === text) return
    this.#gone = text
    for (const { listeners } of this.#watches.values())
      tell(listeners, { event: 'gone', data: JSON.stringify({ text }), id: '0' })
  }

  close(): void {
    clearInterval(this.#timer)
    for (const { listeners } of this.#watches.values()) for (const queue of listeners) queue.end()
    this.#watches.clear()
    this.#reader.close()
  }
}

async function noPage(): Promise<never> {
  throw new Error('This hub makes no pages')
}

function tell(listeners: ReadonlySet<Queue>, event: LiveEvent): void {
  for (const queue of listeners) queue.add(event)
}

/** Messages that wait for one reader. */
class Queue {
  readonly #events: LiveEvent[]
  #bytes: number
  /** What it has missed is no sign of slowness, and of a large study more than may wait later. */
  readonly #most: number
  #over = false
  #wake: (() => void) | null = null

  /** @param missed what the reader has to hear first */
  constructor(missed: readonly LiveEvent[]) {
    this.#events = [...missed]
    this.#bytes = missed.reduce((sum, { data }) => sum + data.length, 0)
    this.#most = this.#bytes + MOST_WAITING
  }

  add(event: LiveEvent): void {
    if (this.#over) return
    this.#events.push(event)
    this.#bytes += event.data.length
    if (this.#bytes > this.#most) {
      this.#events.length = 0
      this.end()
    }
    this.#wake?.()
  }

  async next(): Promise<LiveEvent | null> {
    while (this.#events.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const event = this.#events.shift()
    if (event === undefined) return null
    this.#bytes -= event.data.length
    return event
  }

  /** What waits is still handed out. */
  end(): void {
    this.#over = true
    this.#wake?.()
  }
}
