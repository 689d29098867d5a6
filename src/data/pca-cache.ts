import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PrincipalComponents } from './pca.ts'

/** Changed whenever the same settings would give other components. */
const VERSION = 2
/** Bytes of the SHA-256 in front of a kept file's numbers. */
const HASH_BYTES = 32

/** What the components of a fit depend on, and nothing else. */
export interface FitKey {
  /** The data set's hash. */
  readonly data: string
  /** The kind of scaling before the rotation. */
  readonly kind: string
  readonly rows: Uint32Array
  readonly columns: number
  readonly k: number
  /** The variant of the arithmetic that was used. */
  readonly arithmetic: string
}

/**
 * The components kept under that key in the folder, or else those that `compute` makes, which are then kept.
 * A file that is damaged is rebuilt; without a writable folder nothing is cached.
 */
export function cachedFit(
  folder: string | undefined,
  key: FitKey,
  compute: () => PrincipalComponents,
): PrincipalComponents {
  if (folder === undefined) return compute()
  const file = path.join(folder, `pca-${nameOf(key)}.bin`)
  const kept = read(file, key)
  if (kept !== null) return kept
  const made = compute()
  write(folder, file, made)
  return made
}

function nameOf({ rows, ...rest }: FitKey): string {
  const head = JSON.stringify([VERSION, rest.data, rest.kind, rest.columns, rest.k, rest.arithmetic])
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
  return createHash('sha256').update(head).update(bytes).digest('hex').slice(0, 32)
}

/** The numbers of a kept file: mean (columns), eigenvalues (k), components (k, columns); null if they are not whole. */
function read(file: string, { columns, k }: FitKey): PrincipalComponents | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    return null
  }
  const body = bytes.subarray(HASH_BYTES)
  const length = columns + k + k * columns
  if (body.length !== 8 * length || !hashOf(body).equals(bytes.subarray(0, HASH_BYTES))) return null
  const numbers = new Float64Array(length)
  new Uint8Array(numbers.buffer).set(body)
  return {
    mean: numbers.slice(0, columns),
    eigenvalues: numbers.slice(columns, columns + k),
    components: numbers.slice(columns + k),
    k,
  }
}

/** Writes beside the file and renames, so that a reader finds a whole file or none. */
function write(folder: string, file: string, { mean, eigenvalues, components }: PrincipalComponents): void {
  const body = Buffer.concat(
    [mean, eigenvalues, components].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
  )
  const beside = `${file}.${randomUUID()}`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(beside, Buffer.concat([hashOf(body), body]))
    renameSync(beside, file)
  } catch {
    if (existsSync(beside)) rmSync(beside)
  }
}

function hashOf(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest()
}
