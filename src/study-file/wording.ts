import { describePath, type Path } from './path.ts'

/** What a sentence calls a path: `learningRate: step` inside a parameter of the space, else `stages[0].trials`. */
export function subject(path: Path): string {
  if (path.length === 0) return 'The study'
  if (path[0] === 'space' && typeof path[1] === 'string') {
    const rest = describePath(path.slice(2))
    return rest === '' ? path[1] : `${path[1]}: ${rest}`
  }
  return describePath(path)
}

/** A zod type in the words of the file. */
export function wordFor(expected: string): string {
  switch (expected) {
    case 'string':
      return 'text'
    case 'number':
      return 'a number'
    case 'int':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    case 'array':
    case 'tuple':
      return 'a list'
    case 'object':
    case 'record':
      return 'a block of keys'
    default:
      return `a ${expected}`
  }
}

/** What may stand somewhere, as a sentence lists it: "detect, true or false". */
export function listed(alternatives: readonly string[]): string {
  const each = alternatives.flatMap((alternative) => alternative.split(' or '))
  const last = each.at(-1) ?? ''
  return each.length < 2 ? last : `${each.slice(0, -1).join(', ')} or ${last}`
}
