import { own } from '../space/own.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { ClassifierConfig } from './classifier-config.ts'

/** A setting that only some kinds of optimizer, schedule or activation read. */
interface PartlyUsed {
  /** Where a study file has it, and its name in a space. */
  readonly path: readonly string[]
  readonly parameter: string
  /** The setting that decides: its name in a space, and the values with which this one is read. */
  readonly selector: keyof typeof SELECTED
  readonly users: readonly string[]
}

const SELECTED = {
  optimizer: ({ training }: ClassifierConfig): string => training.optimizer.kind,
  schedule: ({ training }: ClassifierConfig): string => training.schedule.kind,
  activation: ({ model }: ClassifierConfig): string => model.activation,
}

const PARTLY_USED: readonly PartlyUsed[] = [
  ofOptimizer('momentum', 'momentum', 'nesterov'),
  ofOptimizer('beta1', 'adam'),
  ofOptimizer('beta2', 'adam'),
  ofOptimizer('epsilon', 'adam'),
  ofOptimizer('biasCorrection', 'adam'),
  ofSchedule('factor', 'scheduleFactor', 'exponential', 'step', 'plateau'),
  ofSchedule('every', 'scheduleEvery', 'step'),
  ofSchedule('patience', 'schedulePatience', 'plateau'),
  { path: ['model', 'maxoutPieces'], parameter: 'maxoutPieces', selector: 'activation', users: ['maxout'] },
]

function ofOptimizer(key: string, ...users: string[]): PartlyUsed {
  return { path: ['training', 'optimizer', key], parameter: key, selector: 'optimizer', users }
}

function ofSchedule(key: string, parameter: string, ...users: string[]): PartlyUsed {
  return { path: ['training', 'schedule', key], parameter, selector: 'schedule', users }
}

/**
 * Settings that a study file sets or searches although no trial reads them, a sentence each.
 * @param raw the file as plain data
 */
export function unusedSettings(
  raw: Readonly<Record<string, unknown>>,
  config: ClassifierConfig,
  space: SearchSpace,
): string[] {
  return PARTLY_USED.flatMap(({ path, parameter, selector, users }) => {
    const kinds = kindsOf(selector, config, space)
    if (kinds.some((kind) => users.includes(kind))) return []
    const places = [
      ...(isWritten(raw, path) ? [path.join('.')] : []),
      ...(Object.hasOwn(space.parameters, parameter) ? [`space.${parameter}`] : []),
    ]
    return places.map(
      (place) =>
        `${place} has no effect: it applies only to ${selector} ${users.join(', ')}, and this study uses ${kinds.join(', ')}.`,
    )
  })
}

/** The values that the deciding setting has in some trial. */
function kindsOf(
  selector: PartlyUsed['selector'],
  config: ClassifierConfig,
  space: SearchSpace,
): readonly string[] {
  const searched = own(space.parameters, selector)
  if (searched?.kind === 'fixed') return [String(searched.value)]
  const choices = searched?.kind === 'categorical' ? searched.choices.map(String) : []
  // Where a condition leaves the parameter out, the file's own value stays.
  const fixed = searched === undefined || Object.hasOwn(space.conditions, selector)
  return [...new Set([...choices, ...(fixed ? [SELECTED[selector](config)] : [])])]
}

function isWritten(raw: unknown, path: readonly string[]): boolean {
  let value = raw
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return true
}
