import { kindOf } from '../objective/kinds.ts'
import { describeDistribution } from '../space/distribution-forms.ts'
import { shorten } from '../text/quote.ts'
import type { Experiment } from './experiment.ts'
import { describePath, type Path } from './path.ts'

/** One setting in which two experiments differ. */
export interface Difference {
  /** As in a study file: `training.batchSize`, `space.learningRate`, `stages[1].trials`. */
  readonly path: string
  /** The key at the top of a study file that it lies under: `training`. */
  readonly block: string
  /** What it was and is, short, on one line; `-` where there is none. */
  readonly stored: string
  readonly current: string
}

/** What differs between the experiment that a study was begun with and another, in the order of a study file. */
export function compareExperiments(stored: Experiment, current: Experiment): Difference[] {
  const before = settingsOf(stored)
  const after = settingsOf(current)
  const differences: Difference[] = []
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(path), after.get(path)]
    // What is null is left out: the same as what the other one's kind of objective does not have.
    if ((was?.text ?? 'null') === (is?.text ?? 'null')) continue
    const block = was?.block ?? is?.block ?? path
    differences.push({ path, block, stored: was?.text ?? '-', current: is?.text ?? '-' })
  }
  return differences
}

/** "training.batchSize: 200 -> 100" */
export function describeDifference({ path, stored, current }: Difference): string {
  return `${path}: ${stored} -> ${current}`
}

/** Characters of a value that are quoted. */
const MOST_SHOWN = 100

interface Setting {
  readonly block: string
  readonly text: string
}

/** Each setting by its path in a study file. */
function settingsOf(experiment: Experiment): Map<string, Setting> {
  const settings = new Map<string, Setting>()
  const add = (path: Path, text: string): void => {
    settings.set(describePath(path), { block: String(path[0]), text })
  }
  const addAll = (path: Path, value: unknown): void => {
    const isBlock = typeof value === 'object' && value !== null
    if (value === undefined) return
    if (!isBlock || isFlatList(value)) add(path, shorten(JSON.stringify(value), MOST_SHOWN))
    else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        addAll([...path, index], item)
      })
    } else for (const [key, item] of Object.entries(value)) addAll([...path, key], item)
  }
  const { objective, space } = experiment
  addAll(['name'], experiment.name)
  addAll(['seed'], experiment.seed)
  addAll(['direction'], experiment.direction)
  addAll(['metric'], experiment.metric)
  for (const [key, value] of Object.entries(kindOf(objective).written(objective))) addAll([key], value)
  for (const [name, distribution] of Object.entries(space.parameters)) {
    add(['space', name], describeDistribution(distribution))
    if (Object.hasOwn(space.conditions, name))
      add(['space', name, 'when'], JSON.stringify(space.conditions[name]))
  }
  // The order of the parameters is part of what a seed means.
  add(['space'], `in the order ${Object.keys(space.parameters).join(', ')}`)
  add(['require'], JSON.stringify(space.constraints))
  addAll(['stages'], experiment.stages)
  addAll(['lag'], experiment.lag)
  addAll(['limits'], experiment.limits)
  addAll(['stop'], experiment.stop)
  return settings
}

function isFlatList(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)
}
