import { describeError, UserErrors } from '../../src/errors.ts'
import type { Experiment } from '../../src/study-file/experiment.ts'
import { type ParseOptions, parseExperiment } from '../../src/study-file/parse-experiment.ts'

export const FILE = 'experiments/mine.yaml'

/** A study file of this text. */
export function parse(text: string, options?: ParseOptions): Experiment {
  return parseExperiment(text, FILE, options)
}

/** What is wrong with it, a sentence each. */
export function sentences(text: string, options?: ParseOptions): string[] {
  try {
    parse(text, options)
  } catch (error) {
    if (error instanceof UserErrors) return error.mistakes.map(describeError)
    throw error
  }
  throw new Error('this study was read')
}
