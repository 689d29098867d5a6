import { gzipSync } from 'node:zlib'
import { idxBytes, memoryOf, npyBytes, pickledBatch, tinyBatch } from '../../data/data-files.ts'
import { type BadData, cut, dataKind, patched } from './bad-data.ts'
import { type Content, inTurn, type Kind } from './bad-input.ts'

const IMAGES = 'train-images-idx3-ubyte'
const IMAGE_LABELS = 'train-labels-idx1-ubyte'
export const IDX_IMAGES = idxBytes(
  [4, 2, 2],
  Uint8Array.from({ length: 16 }, (_, i) => i * 15),
)
const IDX_LABELS = idxBytes([4], Uint8Array.from([0, 1, 2, 1]))

function idx(what: string, changed: Readonly<Record<string, Content>>, blames: string | RegExp): BadData {
  const files = { [`set/${IMAGES}`]: IDX_IMAGES, [`set/${IMAGE_LABELS}`]: IDX_LABELS } as Record<
    string,
    Content
  >
  for (const [name, content] of Object.entries(changed)) files[`set/${name}`] = content
  return { what, files, source: 'set', block: { source: 'idx', path: 'set' }, blames }
}

const idxTruncated = dataKind(({ turn, pick }) => {
  const [name, whole] = pick([
    [IMAGES, IDX_IMAGES],
    [IMAGE_LABELS, IDX_LABELS],
  ] as const)
  const content = cut(whole, turn)
  return idx(`${name} cut to ${content.length} bytes`, { [name]: content }, name)
})

const idxWrong = dataKind(({ turn, below }) => {
  const byte = 1 + below(255)
  const faults: readonly (readonly [what: string, name: string, content: Content])[] = [
    ['a first byte', IMAGES, patched(IDX_IMAGES, 0, byte)],
    ['a second byte', IMAGE_LABELS, patched(IDX_LABELS, 1, byte)],
    ['an unknown type', IMAGES, patched(IDX_IMAGES, 2, [0, 1, 7, 10, 15, 255][byte % 6]!)],
    ['a larger type', IMAGES, patched(IDX_IMAGES, 2, [11, 12, 13, 14][byte % 4]!)],
    ['no dimensions', IMAGES, patched(IDX_IMAGES, 3, 0)],
    ['255 dimensions', IMAGES, patched(IDX_IMAGES, 3, 255)],
    ['a dimension less', IMAGES, patched(IDX_IMAGES, 3, 2)],
    ['a dimension more', IMAGE_LABELS, patched(IDX_LABELS, 3, 2)],
    ['4 billion rows', IMAGES, patched(IDX_IMAGES, 4, 255, 255, 255, 255)],
    ['4 billion of everything', IMAGES, patched(IDX_IMAGES, 4, ...Array<number>(12).fill(255))],
    ['no rows', IMAGES, idxBytes([0, 2, 2], new Uint8Array())],
    ['no columns', IMAGES, idxBytes([4, 0, 2], new Uint8Array())],
    ['nothing times 4 billion', IMAGES, idxBytes([0, 2 ** 32 - 1, 2 ** 32 - 1], new Uint8Array())],
    ['three labels', IMAGE_LABELS, idxBytes([3], Uint8Array.from([0, 1, 2]))],
    ['labels as a table', IMAGE_LABELS, idxBytes([4, 2], new Uint8Array(8))],
    [
      'labels of halves',
      IMAGE_LABELS,
      idxBytes([4], Buffer.from('3f0000003f8000003f0000003f800000', 'hex'), 13),
    ],
    ['labels that are no number', IMAGE_LABELS, idxBytes([4], Buffer.from('7fc00000'.repeat(4), 'hex'), 13)],
    ['infinite inputs', IMAGES, idxBytes([4, 1], Buffer.from('7f800000'.repeat(4), 'hex'), 13)],
    ['more bytes', IMAGES, Buffer.concat([IDX_IMAGES, Buffer.alloc(byte)])],
    ['nothing', IMAGES, ''],
    ['a folder', IMAGE_LABELS, null],
    ['damaged gzip', IMAGES, gzipSync(IDX_IMAGES).subarray(0, 2 + (byte % 20))],
    ['a text', IMAGES, 'pixel,pixel\n0,1\n'],
    ['one class', IMAGE_LABELS, idxBytes([4], new Uint8Array(4))],
  ]
  const [what, name, content] = inTurn(faults, turn)
  // A set of one class is blamed on its folder: no single file is wrong.
  return idx(`${what} in ${name}`, { [name]: content }, what === 'one class' ? 'one class' : name)
})

export const NPY_INPUTS = npyBytes(
  { descr: "'<f4'", shape: [4, 3] },
  memoryOf(Float32Array.from({ length: 12 }, (_, i) => i / 4)),
)
export const NPY_LABELS = npyBytes({ descr: "'|u1'", shape: [4] }, Uint8Array.from([0, 1, 1, 2]))

function npy(what: string, changed: Readonly<Record<string, Content>>, blames: string | RegExp): BadData {
  const files = { 'x.npy': NPY_INPUTS, 'y.npy': NPY_LABELS, ...changed }
  return { what, files, source: 'x.npy', block: { source: 'npy', path: 'x.npy', labels: 'y.npy' }, blames }
}

const npyTruncated = dataKind(({ turn, pick }) => {
  const [name, whole] = pick([
    ['x.npy', NPY_INPUTS],
    ['y.npy', NPY_LABELS],
  ] as const)
  const content = cut(whole, turn)
  return npy(`${name} cut to ${content.length} bytes`, { [name]: content }, name)
})

/** An array whose header is this text. */
function withHeader(text: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16LE(text.length)
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0', 'latin1'),
    length,
    Buffer.from(text),
    new Uint8Array(48),
  ])
}

const npyWrong = dataKind(({ turn, below }) => {
  const f4 = (shape: string): Buffer =>
    withHeader(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }\n`)
  const type = (descr: string): Buffer =>
    withHeader(`{'descr': ${descr}, 'fortran_order': False, 'shape': (4, 3), }\n`)
  const floats = (value: number): Buffer =>
    npyBytes({ descr: "'<f4'", shape: [4, 3] }, memoryOf(new Float32Array(12).fill(value)))
  const byte = 1 + below(255)
  const faults: readonly (readonly [what: string, name: string, content: Content])[] = [
    ['a wrong magic', 'x.npy', patched(NPY_INPUTS, below(6), byte === 0x93 ? 0 : byte & 0x0f)],
    ['version 0', 'x.npy', patched(NPY_INPUTS, 6, 0)],
    ['a version of the future', 'y.npy', patched(NPY_LABELS, 6, 4 + below(250))],
    ['a header without end', 'x.npy', patched(NPY_INPUTS, 8, 255, 255)],
    ['a header of nothing', 'x.npy', patched(NPY_INPUTS, 8, 0, 0)],
    ['a version 2 header of 4 GB', 'x.npy', patched(NPY_INPUTS, 6, 2, 0, 255, 255, 255, 255)],
    ['more rows', 'x.npy', f4('(5, 3)')],
    ['absurdly many rows', 'x.npy', f4('(99999999999999999999999, 3)')],
    ['infinitely many rows', 'x.npy', f4(`(${'9'.repeat(400)}, 3)`)],
    ['nothing times infinity', 'x.npy', f4(`(0, ${'9'.repeat(400)})`)],
    ['negative rows', 'x.npy', f4('(-4, -3)')],
    ['a shape of text', 'x.npy', f4('(four, 3)')],
    ['no shape', 'x.npy', f4('')],
    ['no dimensions', 'x.npy', f4('()')],
    ['32 dimensions', 'x.npy', f4(`(${'2, '.repeat(32)})`)],
    ['no rows', 'x.npy', npyBytes({ descr: "'<f4'", shape: [0, 3] }, new Uint8Array())],
    [
      'column-major',
      'x.npy',
      npyBytes({ descr: "'<f4'", shape: [4, 3], fortranOrder: true }, new Uint8Array(48)),
    ],
    ...[
      "'<f2'",
      "'>f4'",
      "'|S4'",
      "'<U3'",
      "'<c8'",
      "'|b1'",
      "'<M8'",
      "'|V4'",
      "'<f16'",
      "[('a', '<f4')]",
      "'|O'",
      '3',
      "''",
    ].map((descr) => [`elements ${descr}`, 'x.npy', type(descr)] as const),
    ['inputs that are no number', 'x.npy', floats(Number.NaN)],
    ['infinite inputs', 'x.npy', floats(Number.NEGATIVE_INFINITY)],
    [
      'inputs too large for float32',
      'x.npy',
      npyBytes({ descr: "'<f8'", shape: [2, 1] }, memoryOf(new Float64Array(2).fill(1e300))),
    ],
    [
      'halves for labels',
      'y.npy',
      npyBytes({ descr: "'<f4'", shape: [4] }, memoryOf(new Float32Array(4).fill(0.5))),
    ],
    [
      'labels beyond what a number holds',
      'y.npy',
      npyBytes({ descr: "'<i8'", shape: [4] }, memoryOf(new BigInt64Array(4).fill(2n ** 60n))),
    ],
    ['three labels', 'y.npy', npyBytes({ descr: "'|u1'", shape: [3] }, Uint8Array.from([0, 1, 2]))],
    ['labels as a table', 'y.npy', npyBytes({ descr: "'|u1'", shape: [4, 2] }, new Uint8Array(8))],
    ['one class', 'y.npy', npyBytes({ descr: "'|u1'", shape: [4] }, new Uint8Array(4))],
    ['more bytes', 'x.npy', Buffer.concat([NPY_INPUTS, Buffer.alloc(byte)])],
    ['nothing', 'y.npy', ''],
    ['a folder', 'y.npy', null],
    ['a pickle', 'y.npy', pickledBatch(tinyBatch(3, 1))],
    ['a zip, as numpy.savez writes', 'x.npy', Buffer.from('PK\x03\x04....', 'latin1')],
  ]
  const [what, name, content] = inTurn(faults, turn)
  // A set of one class, or labels that do not count as the rows do, are blamed on either file.
  const blames = what === 'one class' ? /[xy]\.npy/ : name
  return npy(`${what} in ${name}`, { [name]: content }, blames)
})

export const ARRAY_KINDS: Readonly<Record<string, Kind>> = {
  'an IDX file cut short': idxTruncated,
  'a wrong IDX file': idxWrong,
  'an array cut short': npyTruncated,
  'a wrong array': npyWrong,
}
