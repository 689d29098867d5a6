import type { TimedMeasurement } from '../trial.ts'

/*
 * A ring of measurements in shared memory: the trial's thread writes, the main thread reads from time to time. So
 * measurements arrive while the thread computes, cost it next to nothing, and are there when a trial ends without a
 * word, in an endless loop or with a full heap: what it measured until then is its result, whatever the timing.
 *
 * The ring holds float64 words; two counters say how many were ever written and read. Records:
 *   names         -1, their length n, n UTF-16 units: the metrics' names from here on, a JSON list
 *   measurement   step, value, seconds, then each metric in the order of the names
 */
const NAMES = -1
const WRITTEN = 0
const READ = 1

export const JOURNAL_COUNTERS = 2

export interface Journal {
  /** The thread's side. False if there is no room until the reader catches up. */
  write(measurement: TimedMeasurement): boolean
  /** The main thread's side: what was written since the last time, in order. */
  read(): TimedMeasurement[]
  /** On both sides before another trial, the main thread's first. */
  reset(): void
}

/** @param counters two, and `words`: both in shared memory, zeroed at the start */
export function openJournal(counters: Int32Array, words: Float64Array): Journal {
  const size = words.length
  let names: readonly string[] = []
  return {
    write({ step, value, seconds, metrics }) {
      let at = Atomics.load(counters, WRITTEN)
      const room = size - (at - Atomics.load(counters, READ))
      const current = hasNames(metrics, names) ? names : Object.keys(metrics)
      const header = current === names ? null : JSON.stringify(current)
      const headerWords = header === null ? 0 : 2 + header.length
      if (headerWords + 3 + current.length > room) return false
      const put = (word: number): void => {
        words[at % size] = word
        at += 1
      }
      if (header !== null) {
        put(NAMES)
        put(header.length)
        for (let i = 0; i < header.length; i++) put(header.charCodeAt(i))
        names = current
      }
      put(step)
      put(value)
      put(seconds)
      for (const name of current) put(metrics[name]!)
      // The counter last: what the reader sees is whole, and stays so if the thread is ended within a record.
      Atomics.store(counters, WRITTEN, at)
      return true
    },
    read() {
      const end = Atomics.load(counters, WRITTEN)
      let at = Atomics.load(counters, READ)
      const measurements: TimedMeasurement[] = []
      const take = (): number => {
        const word = words[at % size]!
        at += 1
        return word
      }
      while (at < end) {
        let step = take()
        if (step === NAMES) {
          const units = Array.from({ length: take() }, take)
          names = JSON.parse(String.fromCharCode(...units))
          step = take()
        }
        const value = take()
        const seconds = take()
        const metrics = Object.fromEntries(names.map((name) => [name, take()]))
        measurements.push({ step, value, metrics, seconds })
      }
      Atomics.store(counters, READ, at)
      return measurements
    },
    reset() {
      Atomics.store(counters, WRITTEN, 0)
      Atomics.store(counters, READ, 0)
      names = []
    },
  }
}

function hasNames(metrics: Readonly<Record<string, number>>, names: readonly string[]): boolean {
  let count = 0
  for (const name in metrics) {
    if (name !== names[count]) return false
    count += 1
  }
  return count === names.length
}
