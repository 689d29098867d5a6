import { gzipSync } from 'node:zlib'
import { parseDocument, type YAMLMap } from 'yaml'
import { type Draw, inTurn, type Kind } from './bad-input.ts'
import { at, badStudy, CLASSIFIER, STUDY_FILE, toYaml } from './sound-studies.ts'

/** In braces and brackets from beginning to end: whatever is cut off, one stays open. */
const IN_BRACES = JSON.stringify(CLASSIFIER, null, 1)

const truncated: Kind = ({ below }) => {
  const length = 1 + below(IN_BRACES.trimEnd().length - 1)
  return badStudy(`${length} characters of JSON`, IN_BRACES.slice(0, length), [/bad\.yaml:\d+:\d+ /], 'train')
}

const SOUND_TEXT = toYaml(CLASSIFIER)

const tab: Kind = ({ pick }) => {
  const lines = SOUND_TEXT.split('\n')
  const indented = lines.flatMap((line, i) => (line.startsWith('  ') ? [i] : []))
  const line = pick(indented)
  const text = lines.map((each, i) =>
    i === line ? each.replace(/^ +/, (spaces) => '\t'.repeat(spaces.length / 2)) : each,
  )
  return badStudy(`line ${line + 1} indented with tabs`, text.join('\n'), [at(line + 1)], 'train')
}

const duplicate: Kind = ({ pick }) => {
  const document = parseDocument(SOUND_TEXT)
  const maps: YAMLMap[] = []
  const collect = (node: unknown): void => {
    const { items = [], value } = (node ?? {}) as { items?: unknown[]; value?: unknown }
    if (items.some((item) => typeof item === 'object' && item !== null && 'key' in item))
      maps.push(node as YAMLMap)
    for (const item of items) collect(item)
    if (value !== undefined) collect(value)
  }
  collect(document.contents)
  const map = pick(maps)
  const pair = pick(map.items)
  map.items.push(pair)
  document.options.uniqueKeys = false
  return badStudy(`${pair.key} twice`, document.toString(), [`"${pair.key}" is repeated`, STUDY_FILE])
}

/** Texts that are no YAML, or not one document of plain values. */
const NO_YAML: readonly string[] = [
  'space: { reg: [0, 1 }',
  'space: [0, 1}',
  'name: "open\nseed: 1\n',
  "name: 'open\nseed: 1\n",
  'name: a: b',
  '@name: x',
  'name: `x`',
  '%YAML 9.9\n---\nname: x\n...\n%',
  'name: x\n---\nname: y\n',
  'name: !!python/object/apply:os.system ["touch pwned"]',
  'name: !!js/function "function () {}"',
  'seed: !!int x',
  'seed: !mine 1',
  '? [a, b]\n: 1\n',
  '? { a: 1 }\n: 1\n',
  ': 1\n',
  'name: *nobody',
  'name: x\n  seed: 1\n',
  'space:\n    reg: 1\n  lag: 2\n',
  '- name: x\nseed: 1\n',
  'stages: - 1\n',
  'name: x\nseed 1\n',
  '<<: { seed: 1 }\nname: x\n',
  'seed: 2026-01-01T00:00:00Z',
  'name: |9\n x\n',
  '}',
  ']',
  '"',
  'name: x\u0000y',
  'name: \u001b[31mred',
  'name: x\u0007',
]

const noYaml: Kind = ({ turn }) => {
  const text = inTurn(NO_YAML, turn)
  return badStudy(JSON.stringify(text), text, [STUDY_FILE], 'train')
}

const EMPTY = [
  '',
  '\n',
  '   \n\n',
  '# nothing but a comment\n',
  '---\n',
  '--- # x\n...\n',
  'null',
  '~',
  '\ufeff',
]
const NO_BLOCK = ['42', 'true', '[]', '- 1\n- 2\n', '"name: x"', 'just a word', '.nan', '[[[]]]', '3e8']

const empty: Kind = ({ turn }) => {
  const text = inTurn([...EMPTY, ...NO_BLOCK], turn)
  const rule = EMPTY.includes(text) ? 'The file has no content' : 'is a block of keys'
  return badStudy(JSON.stringify(text), text, [rule, STUDY_FILE])
}

const randomBytes: Kind = ({ below, bytes }) => {
  const length = 20 + below(4000)
  return badStudy(`${length} bytes`, bytes(length), [STUDY_FILE], 'train')
}

const randomText: Kind = ({ below, pick }) => {
  const pieces = [
    'a',
    'name',
    ': ',
    '- ',
    '\n',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '"',
    '#',
    '&x ',
    '*x',
    '!',
    '|',
    '>',
    '%',
    '1',
    '\t',
  ]
  const text = Array.from({ length: 40 + below(400) }, () => pick(pieces)).join('')
  // Whatever stands before it, a brace that opens nothing is in the way.
  return badStudy(JSON.stringify(text).slice(0, 200), `}${text}`, [STUDY_FILE], 'train')
}

const binary: Kind = ({ turn, bytes }) => {
  const magic = [
    Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'),
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    Buffer.from('SQLite format 3\0', 'latin1'),
    Buffer.from('PK\x03\x04\0\0', 'latin1'),
    Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0', 'latin1'),
    gzipSync(SOUND_TEXT),
    Buffer.from(SOUND_TEXT, 'utf16le'),
    Buffer.from('\0'.repeat(1000)),
    Buffer.concat([Buffer.from(SOUND_TEXT), Buffer.from([0xc3, 0x28])]),
  ]
  return badStudy(`magic ${turn % magic.length}`, Buffer.concat([inTurn(magic, turn), bytes(500)]), [
    STUDY_FILE,
  ])
}

/** Lists of lists of ... by name: some lines that stand for more values than fit into memory. */
function aliases(levels: number, width: number): string {
  const lines = Array.from({ length: levels }, (_, i) => {
    const items = i === 0 ? Array(width).fill('lol') : Array(width).fill(`*a${i - 1}`)
    return `a${i}: &a${i} [${items.join(', ')}]`
  })
  return `${lines.join('\n')}\n`
}

const exploding: Kind = ({ below }) => {
  const text = [
    () => aliases(9 + below(20), 9),
    () => aliases(30 + below(40), 2),
    () => `x: &x ${JSON.stringify(Array(5000).fill(0))}\ny: [${Array(1000).fill('*x').join(', ')}]\n`,
    () => 'x: &x [*x]\n',
    () => 'x: &x { y: *x }\n',
    () => `k: &k { b: 1 }\nx: {${Array.from({ length: 9000 }, (_, i) => `k${i}: *k`).join(', ')}}\n`,
  ][below(6)]!()
  return badStudy(text.slice(0, 60), text, [STUDY_FILE], 'train')
}

const huge: Kind = ({ turn }) => {
  const size = 10 * 2 ** 20
  const fillings = ['\0', 'a', '\n', '# x\n', '[', '- ', 'a: 1\n', '{a: ', '&a ', '"']
  const filling = inTurn(fillings, turn)
  const text = Buffer.alloc(size, filling)
  return badStudy(`10 MB of ${JSON.stringify(filling)}`, text, ['at most 256 kB', '10.5 MB', STUDY_FILE])
}

const deep: Kind = ({ turn, below }) => {
  const most = 250_000
  const depth = 50 + below(turn % 2 === 0 ? 500 : 20_000)
  const blocks = (line: string): string => {
    const levels = Math.min(depth, 600)
    return Array.from({ length: levels }, (_, i) => ' '.repeat(i) + line).join('\n')
  }
  const text = [
    () => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`,
    () => `a: ${'['.repeat(depth)}`,
    () => `${'{ a: '.repeat(depth)}1${' }'.repeat(depth)}`,
    () => '- '.repeat(depth),
    () => blocks('a:'),
    () => '? '.repeat(depth),
    () => `a: ${'"['.repeat(depth)}`,
    () => `a: ${'[{a: '.repeat(depth)}`,
  ][turn % 8]!()
  return badStudy(`${text.slice(0, 20)} ${depth} deep`, text.slice(0, most), [STUDY_FILE], 'train')
}

/** Half of a file in place of the other: what an editor leaves that was interrupted. */
const spliced: Kind = (draw: Draw) => {
  const lines = SOUND_TEXT.split('\n')
  const first = draw.below(20)
  const text = [...lines.slice(0, 60), ...lines.slice(first)].join('\n')
  return badStudy(`lines 1 to 60, then from ${first + 1}`, text, [STUDY_FILE], 'train')
}

export const TEXT_KINDS: Readonly<Record<string, Kind>> = {
  'a truncated file': truncated,
  'a tab for an indentation': tab,
  'a key that is written twice': duplicate,
  'a text that is no YAML': noYaml,
  'a file that says nothing': empty,
  'random bytes': randomBytes,
  'random pieces of YAML': randomText,
  'a binary file': binary,
  'aliases that multiply': exploding,
  'a huge file': huge,
  'deep nesting': deep,
  'two halves of a file': spliced,
}
