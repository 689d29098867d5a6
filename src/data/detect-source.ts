import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { isCifar10 } from './cifar10.ts'
import { type DataConfig, dataSchema } from './data-config.ts'
import { isFolder } from './read-data-set.ts'

/** How the file of labels beside an array of inputs may be called. */
function labelNames(inputs: string): readonly string[] {
  const names = [
    inputs.replace(/data|inputs|images/i, 'labels'),
    inputs.replace(/x(?=[._-])/i, 'y'),
    inputs.replace(/\.npy$/, '-labels.npy'),
    'labels.npy',
    'y.npy',
  ]
  return names.filter((name) => name !== inputs)
}

/**
 * The data block for what lies at a path: a folder of CIFAR-10 or IDX files, a table, an array with its labels beside
 * it, an IDX images file; or `generated` for the embedded set.
 * @throws UserError `usage` if nothing there is known.
 */
export function detectSource(source: string): DataConfig {
  if (source === 'generated') return dataSchema.parse({ source })
  const file = path.resolve(source)
  if (!existsSync(file)) {
    throw new UserError('usage', `No data lie at ${source}: no such file or folder`, {
      hint: 'Name a folder, a file, or "generated".',
    })
  }
  const found = isFolder(file) ? inFolder(file) : fromFile(file)
  if (found !== null) return dataSchema.parse(found)
  throw new UserError('usage', `${source} is no data set that can be read`, {
    hint: 'Known are CIFAR-10 folders, CSV tables, .npy arrays with labels beside them, and IDX files.',
  })
}

function inFolder(folder: string): unknown {
  const files = readdirSync(folder)
  if (isCifar10(files)) return { source: 'cifar10', path: folder }
  if (files.some((name) => /-images[.-]idx\d-ubyte(\.gz)?$/.test(name)))
    return { source: 'idx', path: folder }
  const inputs = files.find((name) => /^(x|data|inputs|images)([._-].*)?\.npy$/i.test(name))
  if (inputs !== undefined) return fromFile(path.join(folder, inputs))
  // A folder that is almost one of CIFAR-10's gets that reader's word on what is missing.
  const nearly = files.some((name) => /^(cifar-10-.*|batches\.meta.*)$/.test(name))
  return nearly ? { source: 'cifar10', path: folder } : null
}

function fromFile(file: string): unknown {
  const [folder, name] = [path.dirname(file), path.basename(file)]
  if (/\.csv(\.gz)?$/i.test(name)) return { source: 'csv', path: file }
  if (/\.tsv(\.gz)?$/i.test(name)) return { source: 'csv', path: file, delimiter: '\t' }
  if (/-images[.-]idx\d-ubyte(\.gz)?$/.test(name)) {
    const labels = name.replace(/-images([.-])idx\d/, '-labels$1idx1')
    return { source: 'idx', path: file, labels: path.join(folder, labels) }
  }
  if (!name.endsWith('.npy')) return null
  const candidates = labelNames(name)
  const labels = candidates.find((other) => existsSync(path.join(folder, other)))
  if (labels === undefined) {
    throw new UserError('usage', `${name} needs its labels beside it, in a file called ${candidates[0]}`, {
      where: { file },
    })
  }
  return { source: 'npy', path: file, labels: path.join(folder, labels) }
}
