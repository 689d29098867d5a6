import path from 'node:path'
import type { Aim } from '../objective/kind.ts'
import { kindOf, OBJECTIVE_KINDS } from '../objective/kinds.ts'
import type { StagePlan } from '../search/stage-plan.ts'
import type { Experiment } from './experiment.ts'
import { resolveSpace } from './resolve-space.ts'
import type { Resolving } from './resolving.ts'
import { checkFeasible, checkStartPoints, resolveStages } from './stage-blocks.ts'

/** Brings the blocks together and checks what they say of each other; null if they can't make an experiment. */
export function resolveExperiment(resolving: Resolving): Experiment | null {
  const { blocks, failed, report } = resolving
  const stages =
    failed.has('stages') || failed.has('budget')
      ? null
      : resolveStages(
          blocks.stages,
          blocks.budget,
          failed.has('objective') || epochsMatter(blocks.objective),
          report,
        )
  if (failed.has('objective')) return null
  checkBlocksBelong(resolving)
  const aim = resolveAim(resolving)
  const objective = kindOf(blocks.objective).resolve(blocks.objective.written, aim, resolving)
  const space = resolveSpace(objective, resolving)
  if (stages !== null) checkWarmStarts(stages, resolving)
  // Those of an objective that may bring a space are checked against the whole of it, once it is loaded.
  if (stages !== null && space !== null && !kindOf(blocks.objective).bringsSpace) {
    checkStartPoints(stages, space, report)
    checkFeasible(stages, space, report)
  }
  if (stages === null || aim === null || objective === null || space === null) return null
  return {
    name: blocks.name ?? nameOf(resolving.file),
    seed: blocks.seed,
    direction: aim.direction,
    metric: aim.metric,
    lag: blocks.lag,
    objective,
    space,
    stages,
    ...(leavesEpochs(resolving) ? { epochsOpen: true } : {}),
    limits: blocks.limits,
    stop: blocks.stop,
  }
}

/** Whether trials are trained here for the epochs that a stage says; an objective of one's own may ignore them. */
function epochsMatter(objective: Resolving['blocks']['objective']): boolean {
  return kindOf(objective).artifact === 'network'
}

/** Whether no stage says its epochs, nor rungs among them, and none follow from a budget of epochs. */
function leavesEpochs({ blocks }: Resolving): boolean {
  if (!epochsMatter(blocks.objective) || blocks.budget?.epochs !== undefined) return false
  return (blocks.stages ?? []).every(({ epochs, rungs }) => epochs === undefined && rungs === undefined)
}

function checkWarmStarts(stages: readonly StagePlan[], resolving: Resolving): void {
  const refusal = kindOf(resolving.blocks.objective).noWarmStart(resolving)
  if (refusal === null) return
  for (const [index, stage] of stages.entries()) {
    if (!stage.warmStart) continue
    resolving.report({
      path: ['stages', index, 'warmStart'],
      at: 'value',
      message: `stages[${index}].warmStart continues the weights of one network; ${refusal.reason}`,
      hint: refusal.hint,
    })
  }
}

/** A study without a name is called like its file. */
function nameOf(file: string): string {
  const bare = path.basename(file, path.extname(file))
  const name = bare.replace(/[^\p{L}\p{N} ._-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '')
  return name.slice(0, 80) || 'study'
}

/** Reports blocks that belong to another kind of objective. */
function checkBlocksBelong({ blocks, raw, report }: Resolving): void {
  const own = kindOf(blocks.objective)
  for (const kind of OBJECTIVE_KINDS) {
    if (kind === own) continue
    for (const block of Object.keys(kind.blocks)) {
      if (!Object.hasOwn(raw, block)) continue
      report({
        path: [block],
        at: 'key',
        message: `${block} applies only to objective ${kind.kind}; ${own.noun} does not use it`,
        hint: `Leave ${block} out, or write objective: ${kind.kind}.`,
      })
    }
  }
}

function resolveAim(resolving: Resolving): Aim | null {
  const { blocks, failed } = resolving
  if (failed.has('metric') || failed.has('direction')) return null
  return kindOf(blocks.objective).aim(blocks.metric, blocks.direction, resolving)
}
