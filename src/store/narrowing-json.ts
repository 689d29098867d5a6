import type { NarrowDecision, ParameterDecision } from '../search/narrow-decision.ts'

/** A parameter's decision as version 1 of the store kept it: a sentence and the figures in it. */
interface SentenceDecision extends Omit<ParameterDecision, 'reason' | 'remarks'> {
  readonly reason: string
  readonly figures?: Readonly<Record<string, number>>
}

/** A decision as it was stored. Sentences of version 1 stay what they are, to be shown unchanged. */
export function toNarrowDecision(stored: unknown): NarrowDecision {
  const decision = stored as Omit<NarrowDecision, 'parameters'> & {
    readonly parameters: readonly (ParameterDecision | SentenceDecision)[]
  }
  return { ...decision, parameters: decision.parameters.map(toParameterDecision) }
}

function toParameterDecision(stored: ParameterDecision | SentenceDecision): ParameterDecision {
  if (!isSentence(stored)) return stored
  const { reason, figures = {}, ...rest } = stored
  return { ...rest, reason: { code: 'sentence', text: reason, figures }, remarks: [] }
}

function isSentence(stored: ParameterDecision | SentenceDecision): stored is SentenceDecision {
  return typeof stored.reason === 'string'
}
