import { describePath, type Path } from './path.ts'

/** What a sentence calls a path: `learningRate: step` inside a parameter of the space, else `stages[0].trials`. */
export function subject(path: Path): string {
  if (path.length === 0) return 'The file'
  if (path[0] === 'space' && typeof path[1] === 'string') {
    const rest = describePath(path.slice(2))
    return rest === '' ? path[1] : `${path[1]}: ${rest}`
  }
  return describePath(path)
}

/** A value as a sentence quotes it: short, on one line. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(value.length <= 40 ? value : `${value.slice(0, 39)}…`)
  if (typeof value === 'number') return describeNumber(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) {
    const flat = value.every((item) => typeof item !== 'object' || item === null)
    const text = `[${value.slice(0, 8).map(describeValue).join(', ')}]`
    return flat && value.length <= 8 && text.length <= 60 ? text : `a list of ${entries(value.length)}`
  }
  return 'a block of keys'
}

function describeNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (value === Number.POSITIVE_INFINITY) return '.inf'
  return value === Number.NEGATIVE_INFINITY ? '-.inf' : String(value)
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

export function entries(count: number | bigint): string {
  return `${count} ${Number(count) === 1 ? 'entry' : 'entries'}`
}
