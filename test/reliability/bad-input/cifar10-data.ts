import { gzipSync } from 'node:zlib'
import {
  binaryBatch,
  CIFAR_NAMES,
  pickledArrayBytes,
  pickledBatch,
  pickledDictionary,
  pickledList,
  pickledNames,
  tinyBatch,
} from '../../data/data-files.ts'
import { type BadData, dataKind, patched } from './bad-data.ts'
import { type Content, inTurn, type Kind } from './bad-input.ts'
import { pickledCode } from './pickled-code.ts'

const BATCH = tinyBatch(3, 1)

function binaryFolder(changed: Readonly<Record<string, Content>>): Record<string, Content> {
  const bytes = binaryBatch(BATCH)
  const files: Record<string, Content> = {
    'set/data_batch_1.bin': bytes,
    'set/data_batch_2.bin': bytes,
    'set/test_batch.bin': bytes,
    'set/batches.meta.txt': `${CIFAR_NAMES.join('\n')}\n`,
  }
  for (const [name, content] of Object.entries(changed)) files[`set/${name}`] = content
  return files
}

function cifar(what: string, files: BadData['files'], blames: string | RegExp): BadData {
  return { what, files, source: 'set', block: { source: 'cifar10', path: 'set' }, blames }
}

const binaryTruncated = dataKind(({ turn, pick }) => {
  const name = pick(['data_batch_1.bin', 'data_batch_2.bin', 'test_batch.bin'])
  const whole = binaryBatch(BATCH)
  // Whole records are a smaller set, not a broken one.
  const length = turn % 3 === 0 ? (turn / 3) % 40 : (turn * 997) % whole.length
  const left = length % 3073 === 0 ? length + 1 : length
  return cifar(`${name} cut to ${left} bytes`, binaryFolder({ [name]: whole.subarray(0, left) }), name)
})

const LAST_NAME = CIFAR_NAMES.slice(0, -1).join('\n').length + 1

const binaryWrong = dataKind(({ turn, below, pick }) => {
  const name = pick(['data_batch_1.bin', 'data_batch_2.bin', 'test_batch.bin'])
  const record = below(3)
  const faults: readonly (() => BadData)[] = [
    () => {
      const label = 10 + below(246)
      const files = binaryFolder({ [name]: patched(binaryBatch(BATCH), record * 3073, label) })
      return cifar(`the label ${label} in ${name}`, files, `the label ${label} in record ${record + 1}`)
    },
    () => cifar(`an empty ${name}`, binaryFolder({ [name]: '' }), name),
    () => cifar(`a folder called ${name}`, binaryFolder({ [name]: null }), name),
    () => cifar('a text for a batch', binaryFolder({ [name]: 'not a batch\n' }), name),
    () =>
      cifar(
        'names cut short',
        binaryFolder({ 'batches.meta.txt': CIFAR_NAMES.join('\n').slice(0, below(LAST_NAME)) }),
        'batches.meta.txt',
      ),
    () => {
      const names = [...CIFAR_NAMES, 'lorry'].join('\n')
      return cifar('eleven names', binaryFolder({ 'batches.meta.txt': names }), 'got 11')
    },
    () => {
      const { [`set/${name}`]: _, ...files } = binaryFolder({ 'data_batch_3.bin': binaryBatch(BATCH) })
      return cifar(`no ${name}`, files, name)
    },
    () => {
      const { 'set/batches.meta.txt': _, ...files } = binaryFolder({})
      return cifar('no names', files, 'batches.meta.txt')
    },
    () =>
      cifar('ten thousand and one images', binaryFolder({ [name]: Buffer.alloc(3073 * 10_001) }), '10001'),
    () => cifar('a file for the folder', { set: 'x' }, 'set'),
    () => {
      const bytes = gzipSync(binaryBatch(BATCH))
      return cifar(
        'damaged gzip',
        binaryFolder({ [name]: bytes.subarray(0, 2 + below(bytes.length - 2)) }),
        name,
      )
    },
  ]
  return inTurn(faults, turn)()
})

function pythonFolder(changed: Readonly<Record<string, Content>>): Record<string, Content> {
  const files: Record<string, Content> = {
    'set/data_batch_1': pickledBatch(BATCH),
    'set/test_batch': pickledBatch(BATCH),
    'set/batches.meta': pickledNames(CIFAR_NAMES),
  }
  for (const [name, content] of Object.entries(changed)) files[`set/${name}`] = content
  return files
}

const PYTHON_FILES = ['data_batch_1', 'test_batch', 'batches.meta']

const pythonTruncated = dataKind(({ turn, pick }) => {
  const name = pick(PYTHON_FILES)
  const whole = name === 'batches.meta' ? pickledNames(CIFAR_NAMES) : pickledBatch(BATCH)
  // The pixels are one long string; what is around them has the structure.
  const length = turn % 4 === 0 ? (turn * 997) % whole.length : (turn % 400) % whole.length
  return cifar(`${name} cut to ${length} bytes`, pythonFolder({ [name]: whole.subarray(0, length) }), name)
})

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(5, 0x4a)
  bytes.writeInt32LE(value, 1)
  return bytes
}
const ten = (value: Buffer): Buffer => pickledList(Array(3).fill(value))
const PIXELS = pickledArrayBytes([3, 3072], BATCH.pixels)
const LABELS = pickledList(BATCH.labels.map(number))
const some = (text: string): Buffer => Buffer.concat([Buffer.from([0x55, text.length]), Buffer.from(text)])

const pythonWrong = dataKind(({ turn, pick, bytes, below }) => {
  const name = pick(['data_batch_1', 'test_batch'])
  const batches: readonly (readonly [what: string, bytes: Buffer | string | null])[] = [
    ['no data', pickledDictionary({ labels: LABELS })],
    ['no labels', pickledDictionary({ data: PIXELS })],
    ['labels 10', pickledDictionary({ data: PIXELS, labels: ten(number(10)) })],
    ['labels 300', pickledDictionary({ data: PIXELS, labels: ten(number(300)) })],
    ['labels -1', pickledDictionary({ data: PIXELS, labels: ten(number(-1)) })],
    ['labels of text', pickledDictionary({ data: PIXELS, labels: ten(some('cat')) })],
    [
      'two labels for three images',
      pickledDictionary({ data: PIXELS, labels: pickledList([number(1), number(2)]) }),
    ],
    ['a list', pickledList([number(1)])],
    ['a number and no end', number(3)],
    ['a dictionary of nothing', pickledDictionary({})],
    [
      'data of another width',
      pickledDictionary({ data: pickledArrayBytes([3, 3071], BATCH.pixels.subarray(3)), labels: LABELS }),
    ],
    [
      'data of more rows than there are',
      pickledDictionary({ data: pickledArrayBytes([2 ** 30, 3072], BATCH.pixels), labels: LABELS }),
    ],
    [
      'data of a negative shape',
      pickledDictionary({
        data: pickledArrayBytes([2 ** 32 - 3, 2 ** 32 - 3072], BATCH.pixels),
        labels: LABELS,
      }),
    ],
    [
      'data of five dimensions',
      pickledDictionary({ data: pickledArrayBytes([3, 1, 1, 3072, 1], BATCH.pixels), labels: LABELS }),
    ],
    [
      'floats',
      pickledDictionary({
        data: pickledArrayBytes([3, 3072], BATCH.pixels, undefined, 'f4'),
        labels: LABELS,
      }),
    ],
    [
      'objects',
      pickledDictionary({
        data: pickledArrayBytes([3, 3072], BATCH.pixels, undefined, 'O8'),
        labels: LABELS,
      }),
    ],
    ['data of text', pickledDictionary({ data: some('pixels'), labels: LABELS })],
    ['a wrong magic', patched(pickledBatch(BATCH), 0, 0x81 + below(0x40))],
    ['a protocol of the future', patched(pickledBatch(BATCH), 1, 99)],
    ['no pickle', 'data,labels\n1,2\n'],
    ['nothing', ''],
    ['a folder', null],
    ['zeros', Buffer.alloc(500)],
    ['random bytes', bytes(300)],
    // BINBYTES8 and a FRAME that announce more than any memory holds.
    ['endless bytes', Buffer.from([0x80, 4, 0x8e, 255, 255, 255, 255, 255, 255, 255, 127, 1, 2, 3])],
    ['an endless frame', Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0, 0, 1, 0, 0, 0x7d, 0x2e])],
    ['a memo that was never written', Buffer.from([0x80, 2, 0x6a, 255, 255, 255, 127, 0x2e])],
    ['a stack that is empty', Buffer.from('\x80\x02.', 'latin1')],
    [
      'lists in lists',
      Buffer.concat([
        Buffer.from([0x80, 2]),
        Buffer.alloc(100_000, ']'),
        Buffer.alloc(99_999, 'a'),
        Buffer.from('.'),
      ]),
    ],
    ['a list that holds itself', Buffer.from('\x80\x02]q\0h\0a.', 'latin1')],
  ]
  const [what, content] = inTurn(batches, turn)
  return cifar(`${what} in ${name}`, pythonFolder({ [name]: content }), name)
})

const pythonCode = dataKind(({ turn, below }) => {
  const { what, value, whole } = pickledCode(turn)
  const places: readonly [where: string, name: string, content: Buffer][] = [
    ['as the whole file', 'data_batch_1', whole],
    ['as the whole file', 'batches.meta', whole],
    ['as the data', 'test_batch', pickledDictionary({ data: value, labels: LABELS })],
    ['as the labels', 'data_batch_1', pickledDictionary({ labels: value, data: PIXELS })],
    ['beside the rest', 'data_batch_1', pickledDictionary({ more: value, data: PIXELS, labels: LABELS })],
    ['among the names', 'batches.meta', pickledDictionary({ label_names: pickledList([value]) })],
  ]
  const [where, name, content] = places[below(places.length)]!
  return cifar(`${what} ${where}`, pythonFolder({ [name]: content }), name)
})

export const CIFAR10_KINDS: Readonly<Record<string, Kind>> = {
  'a binary batch of CIFAR-10 cut short': binaryTruncated,
  'a wrong binary layout of CIFAR-10': binaryWrong,
  'a Python batch of CIFAR-10 cut short': pythonTruncated,
  'a wrong Python layout of CIFAR-10': pythonWrong,
  'a pickle with code in it': pythonCode,
}
