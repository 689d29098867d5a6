import { z } from 'zod'
import { SHORTHANDS, STUDY_KEYS } from './study-blocks.ts'

/** A JSON Schema, as far as it is looked into here. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly enum?: readonly string[]
}

/**
 * The JSON Schema (draft 2020-12) of a study file, made from the schemas that check it: editors complete and check
 * with it. What it refuses is refused; rules that a schema can't hold, such as low below high, are left to finesweep.
 */
export function studyJsonSchema(): object {
  const schema = z.toJSONSchema(STUDY_KEYS, { io: 'input', unrepresentable: 'any' }) as Node
  const paths = Object.keys(SHORTHANDS).filter((path) => path !== 'objective')
  return {
    title: 'A finesweep study',
    ...paths.reduce((whole, path) => withText(whole, path.split('.'), SHORTHANDS[path]!), schema),
  }
}

/** Lets the text of one key stand for the block: `optimizer: adam` for `optimizer: { kind: adam }`. */
function withText(schema: Node, path: readonly string[], key: string): Node {
  const [name, ...rest] = path
  if (name === undefined) {
    const { enum: choices } = schema.properties![key]!
    return { anyOf: [{ type: 'string', enum: choices }, schema] } as Node
  }
  const inner = withText(schema.properties![name]!, rest, key)
  return { ...schema, properties: { ...schema.properties, [name]: inner } }
}
