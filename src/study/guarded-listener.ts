import type { StudyEvent, StudyListener } from './events.ts'

/**
 * A listener that can't hurt the study: what it throws, or rejects with, is reported in one sentence the first time and
 * ignored after that. It is called for every later event all the same.
 */
export function guardListener(listener: StudyListener, say: (sentence: string) => void): StudyListener {
  let reported = false
  const report = (event: StudyEvent, thrown: unknown): void => {
    if (reported) return
    reported = true
    say(
      `A listener threw on "${event.kind}": ${describeThrown(thrown)}. The study continues; later errors of listeners are not reported.`,
    )
  }
  return (event) =>
    callGuarded(
      () => listener(event),
      (thrown) => report(event, thrown),
    )
}

/** Calls code of the user's: what it throws, or its promise rejects with, is passed to `report` and goes no further. */
export function callGuarded(call: () => unknown, report: (thrown: unknown) => void): void {
  try {
    const returned = call()
    if (returned instanceof Promise) returned.catch(report)
  } catch (thrown) {
    report(thrown)
  }
}

/** Anything can be thrown, also an object whose own methods throw. */
export function describeThrown(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message || thrown.name : thrown).replace(/\.$/, '')
  } catch {
    return 'a value that cannot be read'
  }
}
