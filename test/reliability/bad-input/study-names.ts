import type { Kind } from './bad-input.ts'
import { inTurn } from './bad-input.ts'
import {
  at,
  badStudy,
  CLASSIFIER,
  lineOf,
  mistyped,
  type Path,
  pathOf,
  toYaml,
  withValue,
} from './sound-studies.ts'

/** Every key of the sound study, as a path. */
function keysIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    return [...(Array.isArray(value) ? [] : [here]), ...keysIn(item, here)]
  })
}

/** Names in conditions and points get hints of their own; units11 would be another layer's. */
const KEYS = keysIn(CLASSIFIER).filter(
  (path) => !['when', 'startWith', 'units1'].some((part) => path.includes(part)),
)

const unknownName: Kind = ({ turn, below }) => {
  const path = inTurn(KEYS, turn)
  const key = String(path.at(-1))
  const typed = mistyped(key, below(4))
  const place = [...path.slice(0, -1), typed]
  const text = toYaml(withValue(CLASSIFIER, place, 1))
  return badStudy(place.join('.'), text, [typed, /Did you mean "\w+"\?/, at(lineOf(text, place))])
}

/** Names that every JavaScript object knows. */
const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
const BLOCKS_WITH_KEYS = [
  '',
  'data',
  'split',
  'training.optimizer',
  'space',
  'space.momentum',
  'space.momentum.when',
  'stages.0',
  'stages.0.startWith.0',
  'limits',
  'budget',
]
const FIELDS_WITH_WORDS = [
  'metric',
  'direction',
  'objective',
  'data.source',
  'preprocess.kind',
  'model.activation',
  'training.optimizer',
  'training.optimizer.kind',
  'training.schedule.kind',
  'stages.0.sampler',
  'space.momentum.when.optimizer',
  'limits.timeout',
]

const prototypeName: Kind = ({ turn, pick }) => {
  const name = pick(PROTOTYPE_NAMES)
  const places = [...BLOCKS_WITH_KEYS.map((path) => ({ path, isKey: true }))]
  const { path, isKey } = inTurn(
    [...places, ...FIELDS_WITH_WORDS.map((field) => ({ path: field, isKey: false }))],
    turn,
  )
  const marker = 'aName'
  const steps = path === '' ? [] : pathOf(path)
  // Set under another name first: an assignment to __proto__ would make no key.
  const tree = isKey
    ? withValue(CLASSIFIER, [...steps, marker], path === 'space' ? { float: [0, 1] } : 1)
    : withValue(CLASSIFIER, steps, marker)
  const text = toYaml(tree).replace(marker, name)
  const line = text.split('\n').findIndex((each) => each.includes(name)) + 1
  return badStudy(`${path} ${isKey ? 'with the key' : 'is'} ${name}`, text, [name, at(line)])
}

export const NAME_KINDS: Readonly<Record<string, Kind>> = {
  'an unknown name': unknownName,
  'a name of every object': prototypeName,
}
