import { isParameterName, PARAMETER_NAME_RULE } from '../space/space-names.ts'
import { describeValue } from '../text/quote.ts'
import type { Direction } from '../trial.ts'
import type { Aim, WrittenStudy } from './kind.ts'

/** Nothing but the file says which way the value of a user's own objective gets better. */
export function foreignAim(noun: string) {
  return (
    metric: string | undefined,
    direction: Direction | undefined,
    { report }: WrittenStudy,
  ): Aim | null => {
    if (direction !== undefined) return { metric: metric ?? 'value', direction }
    report({
      path: ['direction'],
      at: 'value',
      message: `direction is missing: ${noun} does not say whether a higher or a lower value is better`,
      hint: 'Write direction: minimize or direction: maximize.',
    })
    return null
  }
}

/** Names stand in commands, tables and rules. */
export function checkParameterNames({ raw, report }: WrittenStudy): void {
  if (typeof raw.space !== 'object' || raw.space === null || Array.isArray(raw.space)) return
  for (const name of Object.keys(raw.space)) {
    if (isParameterName(name)) continue
    report({
      path: ['space', name],
      at: 'key',
      message: `A parameter can't be called ${describeValue(name)}`,
      hint: PARAMETER_NAME_RULE,
    })
  }
}
