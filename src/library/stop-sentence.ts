/** A signal of a run, and what takes it off the signal it follows. */
export interface StopSentence {
  readonly signal: AbortSignal
  readonly release: () => void
}

/** A signal that follows another; its reason is a sentence for the study's record. */
export function stopSentence(given: AbortSignal): StopSentence {
  const controller = new AbortController()
  const abort = (): void => controller.abort(sentenceOf(given.reason))
  if (given.aborted) abort()
  else given.addEventListener('abort', abort, { once: true })
  // A signal may be that of a server, which lives through thousands of runs.
  return { signal: controller.signal, release: () => given.removeEventListener('abort', abort) }
}

/** What somebody has said of it; the error that an abort without a reason makes says nothing. */
function sentenceOf(reason: unknown): string {
  const said = reason instanceof Error && reason.name !== 'AbortError' ? reason.message : reason
  return typeof said === 'string' && said !== '' ? said : 'stopped by its abort signal'
}
