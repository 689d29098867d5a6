import type { Params } from '../space/distribution.ts'
import type { StudyListener } from '../study/events.ts'
import { callGuarded, describeThrown, guardListener } from '../study/guarded-listener.ts'
import type { RunOptions } from './run-options.ts'
import { ownTrial } from './study-trial.ts'

/**
 * What calls the callbacks of a run. Each is guarded on its own: one that throws keeps nothing from the other. What they
 * get is a copy: they may change it.
 */
export function listenerOf<P extends Params>(
  { onEvent, onTrial }: RunOptions<P>,
  say: (sentence: string) => void,
): StudyListener {
  const listeners: StudyListener[] = []
  if (onEvent !== undefined) listeners.push(guardListener((event) => onEvent(structuredClone(event)), say))
  if (onTrial !== undefined) {
    const tell: StudyListener = (event) =>
      event.kind === 'trial-finished' ? onTrial(ownTrial<P>(event.record)) : undefined
    listeners.push(guardListener(tell, say))
  }
  return (event) => {
    for (const listener of listeners) listener(event)
  }
}

/** Hands sentences to `onMessage`; where it throws, or its promise is rejected, they and that go to stderr. */
export function sayTo(onMessage: RunOptions['onMessage']): (sentence: string) => void {
  if (onMessage === undefined) return sayOnStderr
  let reported = false
  const report = (sentence: string, thrown: unknown): void => {
    sayOnStderr(sentence)
    if (reported) return
    reported = true
    sayOnStderr(`onMessage threw: ${describeThrown(thrown)}. Messages that it throws on are shown here.`)
  }
  return (sentence) =>
    callGuarded(
      () => onMessage(sentence),
      (thrown) => report(sentence, thrown),
    )
}

function sayOnStderr(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}
