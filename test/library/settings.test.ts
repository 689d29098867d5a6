import { expect, test } from 'vitest'
import { float, type StudyInCode, study } from '../../src/index.ts'

const settings = {
  name: 'settings',
  direction: 'minimize',
  space: { x: float(0, 1) },
  objective: ({ params }: { params: { x: number } }) => params.x,
  stages: [{ trials: 4, epochs: 1 }],
} as const

test.each<[object, string]>([
  [{ ...settings, name: undefined, store: 'x.db' }, 'A study stored in a file needs a name'],
  [{ ...settings, direction: undefined }, 'direction is missing: the objective does not say whether'],
  [{ ...settings, space: undefined }, 'space is missing: the objective does not declare one'],
  [{ ...settings, space: { x: float(0, 1), y: undefined } }, 'y is undefined: leave out its name'],
  [{ ...settings, objective: { run: 5 } }, 'objective: run must be a generator function, got 5'],
  [
    { ...settings, objective: { default: () => 1 } },
    'objective must be what a module exports, got the whole module',
  ],
  [
    { ...settings, objective: Promise.resolve(() => 1) },
    'objective must be what a module exports, got a promise',
  ],
  [[], 'study takes its settings as an object, got []'],
  [{ ...settings, folder: new URL('file:///tmp') }, 'folder must be a path, got file:///tmp'],
  [{ ...settings, objective: null }, 'objective is empty'],
  [
    { ...settings, objective: new URL('https://a.b/c.ts') },
    'objective must be a file, got "https://a.b/c.ts"',
  ],
  [{ ...settings, store: 'sqlite:///x.db' }, 'store must be the path of a file, got "sqlite:///x.db"'],
  [{ ...settings, store: 'file:///x.db' }, 'store must be the path of a file, got "file:///x.db"'],
  [{ ...settings, store: ':memory:' }, 'store must be the path of a file, got ":memory:"'],
  [{ ...settings, store: '' }, 'store must be the path of a file, got ""'],
  [{ ...settings, store: {} }, 'store must be the path of a file or a StudyWriter, got a block of keys'],
  [{ ...settings, store: new URL('file:///x.db') }, 'or a StudyWriter, got file:///x.db'],
  [{ ...settings, objective: { command: 'true', module: 'x' } }, 'has both'],
])('a study in code says what is wrong with its settings (%#)', (wrong, sentence) => {
  expect(() => study(wrong as StudyInCode)).toThrow(sentence)
})
