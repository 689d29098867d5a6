import { CIFAR_NAMES, pickledNames } from '../../data/data-files.ts'
import { ARRAY_KINDS, IDX_IMAGES, NPY_INPUTS, NPY_LABELS } from './array-data.ts'
import { type BadInput, inTurn, type Kind } from './bad-input.ts'
import { CIFAR10_KINDS } from './cifar10-data.ts'
import { runStudyFile, STUDY_FILE } from './sound-studies.ts'
import { TABLE, TABLE_KINDS } from './table-data.ts'

/** Data that are well, and a study that asks of them what they have not. */
const asked: Kind = ({ turn }) => {
  const csvWith = (options: object): object => ({ data: { source: 'csv', path: 'table.csv', ...options } })
  const studies: readonly (readonly [study: object, says: string])[] = [
    [csvWith({ label: 'kid' }), 'no column "kid"'],
    [csvWith({ label: 7 }), 'label 7'],
    [csvWith({ label: -4 }), 'label -4'],
    [csvWith({ label: 'constructor' }), 'no column "constructor"'],
    [csvWith({ header: false }), 'table.csv'],
    [csvWith({ delimiter: ';' }), 'table.csv'],
    [csvWith({ shape: [3, 1] }), 'shape 3 x 1'],
    [{ ...csvWith({}), split: { train: 100 } }, 'rows'],
    [{ ...csvWith({}), split: { valid: 5 } }, 'rows'],
    [{ ...csvWith({}), split: { valid: 0 } }, 'valid'],
    [{ ...csvWith({}), split: { train: 0 } }, 'train'],
    [{ ...csvWith({}), split: { folds: 50 } }, 'folds'],
    [{ ...csvWith({}), preprocess: { pca: 3 } }, 'pca'],
    [{ data: { source: 'npy', path: 'table.csv', labels: 'table.csv' } }, 'table.csv'],
    [{ data: { source: 'idx', path: 'table.csv', labels: 'table.csv' } }, 'table.csv'],
    [{ data: { source: 'idx', path: 'table.csv' } }, 'table.csv'],
    [{ data: { source: 'idx', path: '.' } }, 'train-images'],
    [{ data: { source: 'cifar10', path: '.' } }, 'cifar10'],
    [{ data: { source: 'cifar10', path: 'table.csv' } }, 'table.csv'],
  ]
  const [study, says] = inTurn(studies, turn)
  const text = JSON.stringify({ ...study, model: { hidden: [2] }, stages: [{ trials: 1, epochs: 1 }] })
  return {
    what: text,
    files: { 'table.csv': TABLE, [STUDY_FILE]: text },
    args: runStudyFile,
    code: 2,
    says: [says],
    mistakes: null,
  }
}

/** What `data info` can't take for any data set. */
const unknown: Kind = ({ turn }) => {
  const sources: readonly (readonly [source: string, files: BadInput['files']])[] = [
    ['gone.csv', {}],
    ['gone/', {}],
    ['set', { set: null }],
    ['set', { 'set/readme.txt': 'x' }],
    ['data.parquet', { 'data.parquet': 'PAR1' }],
    ['x.npy', { 'x.npy': NPY_INPUTS }],
    ['x.npz', { 'x.npz': 'PK' }],
    ['set', { 'set/train-images-idx3-ubyte': IDX_IMAGES }],
    ['set', { 'set/batches.meta': pickledNames(CIFAR_NAMES) }],
    ['set', { 'set/cifar-10-python.tar.gz': 'x' }],
    ['x.npy', { 'x.npy': null, 'y.npy': NPY_LABELS }],
  ]
  const [source, files] = inTurn(sources, turn)
  return {
    what: `${source}, with ${Object.keys(files).join(', ') || 'nothing'}`,
    files,
    args: ({ folder }) => ['data', 'info', `${folder}/${source}`],
    code: 2,
    says: [source.replace('/', '')],
    mistakes: null,
  }
}

export const DATA_KINDS: Readonly<Record<string, Kind>> = {
  ...CIFAR10_KINDS,
  ...ARRAY_KINDS,
  ...TABLE_KINDS,
  'a study that asks for what the data have not': asked,
  'no data set': unknown,
}
