import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import type { Path } from './path.ts'

/**
 * The objects and other plain schemas that a path leads to, through options, defaults, unions and transforms:
 * several where a union leaves it open, none where the path leads nowhere.
 */
export function schemasAt(schema: $ZodType, path: Path): $ZodTypes[] {
  let reached = unwrap(schema)
  for (const part of path) reached = reached.flatMap((inner) => childrenOf(inner, part)).flatMap(unwrap)
  return reached
}

/** The keys an object schema knows; empty for anything else. */
export function keysOf(schema: $ZodTypes): string[] {
  return schema._zod.def.type === 'object' ? Object.keys(schema._zod.def.shape) : []
}

/** Every key of every object in a schema with the keys that lead to it; list entries and record values as `*`. */
export function allKeyPaths(schema: $ZodType): string[][] {
  const found = new Map<string, string[]>()
  const collect = (inner: $ZodType, path: string[]): void => {
    if (path.length > 8) return
    for (const plain of unwrap(inner)) {
      const def = plain._zod.def
      if (def.type === 'object') {
        for (const [key, value] of Object.entries(def.shape)) {
          const keyPath = [...path, key]
          found.set(keyPath.join('.'), keyPath)
          collect(value, keyPath)
        }
      } else if (def.type === 'array') collect(def.element, [...path, '*'])
      else if (def.type === 'record') collect(def.valueType, [...path, '*'])
      else if (def.type === 'tuple') for (const item of def.items) collect(item, [...path, '*'])
    }
  }
  collect(schema, [])
  return [...found.values()]
}

function childrenOf(schema: $ZodTypes, part: string | number): $ZodType[] {
  const def = schema._zod.def
  switch (def.type) {
    case 'object':
      return Object.hasOwn(def.shape, part) ? [def.shape[part]!] : []
    case 'record':
      return [def.valueType]
    case 'array':
      return [def.element]
    case 'tuple': {
      const item = def.items[Number(part)] ?? def.rest
      return item ? [item] : []
    }
    default:
      return []
  }
}

function unwrap(schema: $ZodType): $ZodTypes[] {
  const plain = schema as $ZodTypes
  const def = plain._zod.def
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
    case 'readonly':
      return unwrap(def.innerType)
    case 'pipe':
      // z.preprocess is a pipe out of a transform, which knows no keys.
      return (def.in as $ZodTypes)._zod.def.type === 'transform' ? unwrap(def.out) : unwrap(def.in)
    case 'lazy':
      return unwrap(def.getter())
    case 'union':
      return def.options.flatMap(unwrap)
    case 'intersection':
      return [...unwrap(def.left), ...unwrap(def.right)]
    default:
      return [plain]
  }
}
