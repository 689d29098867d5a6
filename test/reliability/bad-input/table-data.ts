import { gzipSync } from 'node:zlib'
import { type BadData, cut, dataKind, patched } from './bad-data.ts'
import { type Content, inTurn, type Kind } from './bad-input.ts'

export const TABLE = 'height,width,kind\n1.5,2,cat\n2.5,3,dog\n3.5,4,cat\n4.5,5,dog\n'

function csv(
  what: string,
  content: Content,
  blames: string | RegExp = 'table.csv',
  options: object = {},
): BadData {
  return {
    what,
    files: { 'table.csv': content },
    source: 'table.csv',
    block: { source: 'csv', path: 'table.csv', ...options },
    blames,
  }
}

const csvWrong = dataKind(({ turn, pick, bytes, below }) => {
  const line = 2 + below(4)
  const lines = TABLE.split('\n')
  const changed = (change: (text: string) => string): string =>
    lines.map((text, i) => (i + 1 === line ? change(text) : text)).join('\n')
  const word = pick([
    'x',
    'nan',
    'inf',
    '-inf',
    '1e999',
    '0x10',
    '1,5'.replace(',', ' '),
    '',
    '--1',
    '1e',
    '٣',
    'null',
    '1_000',
  ])
  const tables: readonly (readonly [what: string, content: Content, blames?: string | RegExp])[] = [
    // After the first row, so that it is not taken for a row of names.
    [
      `"${word}" for an input in line ${line}`,
      changed((text) => text.replace(/^[^,]*/, word)),
      `line ${line}`,
    ],
    [`a cell less in line ${line}`, changed((text) => text.replace(/^[^,]*,/, '')), /line [3-5]|table\.csv/],
    [`a cell more in line ${line}`, changed((text) => `${text},1`), /line [2-5]/],
    [`a line cut after its first comma`, `${lines.slice(0, 4).join('\n')}\n4.5,`, 'line 5'],
    ['a line cut in its first cell', `${lines.slice(0, 4).join('\n')}\n4.`, 'line 5'],
    ['a header cut short', TABLE.slice(0, 1 + below(lines[0]!.length))],
    ['a label that is empty', TABLE.replace('cat', ' '), 'no label in line 2'],
    ['one class', TABLE.replaceAll('dog', 'cat'), 'one class'],
    ['an open quote', TABLE.replace('2.5', '"2.5')],
    ['a quote in the middle', TABLE.replace('2.5', '2"5"')],
    ['text after a quote', TABLE.replace('2.5', '"2.5"x')],
    ['one column', 'a\n1\n2\n'],
    ['a header alone', `${lines[0]}\n`],
    ['nothing', ''],
    ['empty lines', '\n\n\n'],
    ['a byte order mark alone', '\ufeff'],
    ['zeros', Buffer.alloc(2000)],
    ['random bytes', Buffer.concat([Buffer.from([0]), bytes(800)])],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')],
    ['UTF-16 that does not say so', Buffer.from(TABLE, 'utf16le')],
    ['a folder', null],
    ['one line of a megabyte', 'a'.repeat(2 ** 20)],
    ['a row of 100,000 cells and one of two', `${'1,'.repeat(99_999)}1\n1,2\n`],
  ]
  const [what, content, blames] = inTurn(tables, turn)
  return csv(what, content, blames)
})

const PACKED = gzipSync(TABLE)
const BOMB = gzipSync(Buffer.alloc(24 * 2 ** 20, '1,'))

function packed(what: string, content: Buffer, blames = 'table.csv.gz'): BadData {
  const block = { source: 'csv', path: 'table.csv.gz' }
  return { what, files: { 'table.csv.gz': content }, source: 'table.csv.gz', block, blames }
}

const gzTruncated = dataKind(({ turn }) => {
  const content = cut(PACKED, turn)
  return packed(`cut to ${content.length} of ${PACKED.length} bytes`, content)
})

const gzWrong = dataKind(({ turn, below }) => {
  const byte = 1 + below(255)
  const at = (fromEnd: number): number => PACKED.length - fromEnd
  const faults: readonly (readonly [what: string, content: Buffer])[] = [
    ['a bomb', BOMB],
    ['a wrong magic', patched(PACKED, below(2), byte === 0x1f || byte === 0x8b ? 0 : byte)],
    ['an unknown method', patched(PACKED, 2, byte === 8 ? 9 : byte)],
    ['unknown flags', patched(PACKED, 3, 0xe0)],
    ['a wrong checksum', patched(PACKED, at(8), PACKED[at(8)]! ^ byte)],
    ['a wrong length', patched(PACKED, at(4), PACKED[at(4)]! ^ byte)],
    ['an unknown block', patched(PACKED, 10, 0x07)],
    ['nothing inside', gzipSync('')],
    ['gzip in gzip', gzipSync(PACKED)],
    ['the head of a second file', Buffer.concat([PACKED, PACKED.subarray(0, 12)])],
  ]
  const [what, content] = inTurn(faults, turn)
  return packed(what, content)
})

export const TABLE_KINDS: Readonly<Record<string, Kind>> = {
  'a wrong table': csvWrong,
  'a gzip file cut short': gzTruncated,
  'a wrong gzip file': gzWrong,
}
