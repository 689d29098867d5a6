import { UserError } from '../errors.ts'
import { closestName } from '../text/closest-name.ts'

/**
 * The study of that name; without one the only study.
 * @throws UserError('not-found') if there is none; UserError('usage') if there are several and none is named
 */
export function chosenStudy<S extends { readonly name: string }>(
  file: string,
  studies: readonly S[],
  name: string | null,
): S {
  const names = studies.map((study) => study.name)
  const [only] = studies
  if (name === null) {
    if (only === undefined) throw new UserError('not-found', `There is no study in ${file}`)
    if (studies.length === 1) return only
    throw new UserError('usage', `${file} has ${studies.length} studies: ${names.slice(0, 20).join(', ')}`, {
      hint: 'Choose one of them',
      option: { name: 'study', value: 'NAME' },
    })
  }
  const found = studies.find((study) => study.name === name)
  if (found !== undefined) return found
  const likely = closestName(name, names)
  throw new UserError('not-found', `There is no study ${JSON.stringify(name)} in ${file}`, {
    hint:
      likely === undefined
        ? `It contains ${names.join(', ') || 'no studies'}.`
        : `Did you mean ${JSON.stringify(likely)}?`,
  })
}
