import { existsSync } from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import type { Distribution, ParamValue } from '../space/distribution.ts'
import type { Experiment } from './experiment.ts'
import { parseExperiment } from './parse-experiment.ts'
import type { BLOCKS, BlockName } from './study-blocks.ts'

/** What a study file says, as an object; a space may be made by `float`, `int`, `choice` and `fixed`. */
export type StudySettings = {
  readonly [Name in Exclude<BlockName, 'space'>]?: z.input<(typeof BLOCKS)[Name]>
} & { readonly space?: Readonly<Record<string, Distribution | ParamValue | object>> }

/**
 * A study in code: the same settings as in a file, checked the same way, every default filled in.
 * @param folder what relative paths are taken from
 * @throws UserErrors('usage') with every mistake found
 */
export function defineStudy(settings: StudySettings, folder: string): Experiment {
  const { space } = settings
  const written = space === undefined ? settings : { ...settings, space: writtenSpace(space) }
  // JSON is YAML: a study in code takes the very path that a file takes.
  return parseExperiment(JSON.stringify(written, null, 1), path.join(folder, 'study'), { exists: existsSync })
}

function writtenSpace(space: NonNullable<StudySettings['space']>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(space).map(([name, parameter]) => [
      name,
      isDistribution(parameter) ? asWritten(parameter) : parameter,
    ]),
  )
}

function isDistribution(parameter: object | ParamValue): parameter is Distribution {
  return typeof parameter === 'object' && 'kind' in parameter
}

/** A distribution as a study file writes it. */
function asWritten(distribution: Distribution): unknown {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.value
    case 'categorical':
      return { choices: distribution.choices, ordered: distribution.ordered }
    case 'float':
    case 'int': {
      const { kind, low, high, log, hard, step } = distribution
      return { [kind]: [low, high], log, hard, ...(step === null || (log && step === 1) ? {} : { step }) }
    }
  }
}
