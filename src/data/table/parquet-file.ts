import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet'
import { UserError } from '../../errors.ts'
import { malformed, readWholeFile } from '../read-file.ts'
import { isMissingText, type MissingWords, PLAIN_NUMBERS } from './cells.ts'
import { type Column, columnName, type Table, type TableFile } from './table.ts'

/** The index that pandas stores beside the columns. */
const INDEX = /^__index_level_\d+__$/

/** Whether a file is Parquet, by its first four bytes. */
export function isParquet(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'PAR1'
}

/**
 * Reads a Parquet file whole: flat columns of numbers, booleans, texts and dates.
 * @throws UserError `usage` if it is damaged, or a column that is used holds lists or records
 */
export async function openParquet(file: string): Promise<TableFile> {
  const bytes = readWholeFile(file)
  if (!isParquet(bytes)) throw malformed(file, 'is not a Parquet file: it must begin with PAR1')
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
  try {
    const metadata = parquetMetadata(buffer)
    const names = parquetSchema(metadata).children.map(({ element }) => element.name)
    let rows: unknown[][] = []
    const keep = (read: unknown[][]): void => {
      rows = read
    }
    await parquetRead({ file: buffer, metadata, compressors: COMPRESSORS, onComplete: keep })
    return tableFile(file, names, rows)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw malformed(file, `is not a readable Parquet file: ${(error as Error).message}`)
  }
}

const COMPRESSORS = {
  GZIP: (input: Uint8Array, maxOutputLength: number) => gunzipSync(input, { maxOutputLength }),
  BROTLI: (input: Uint8Array, maxOutputLength: number) => brotliDecompressSync(input, { maxOutputLength }),
  ZSTD: (input: Uint8Array, maxOutputLength: number) => zstdDecompressSync(input, { maxOutputLength }),
}

function tableFile(file: string, all: readonly string[], rows: readonly unknown[][]): TableFile {
  if (rows.length === 0) throw malformed(file, 'contains no rows of data')
  const kept = all.map((_, place) => place).filter((place) => !INDEX.test(all[place]!))
  const names = kept.map((place) => all[place]!)
  return {
    file,
    form: null,
    names,
    width: names.length,
    empty: new Set(),
    declared: [],
    sample: [],
    remarks: kept.length < all.length ? ['the index that pandas stored is left out'] : [],
    read: (places, texts, missing) => {
      const columns = new Map<number, Column>()
      for (const place of places) {
        const values = rows.map((row) => row[kept[place]!])
        columns.set(place, makeColumn(file, columnName(place, names), values, texts.has(place), missing))
      }
      return {
        file,
        style: PLAIN_NUMBERS,
        openPoint: false,
        rows: rows.length,
        columns,
        lineOf: () => null,
      } satisfies Table
    },
  }
}

function makeColumn(
  file: string,
  name: string,
  values: readonly unknown[],
  asTexts: boolean,
  missing: MissingWords,
): Column {
  const isNumber = (value: unknown): boolean =>
    value === null || value === undefined || typeof value === 'number' || typeof value === 'bigint'
  if (!asTexts && values.every(isNumber)) {
    const numbers = Float64Array.from(values, (value) =>
      value === null || value === undefined || missing.hasNumber(Number(value)) ? Number.NaN : Number(value),
    )
    const wide = numbers.findIndex((value) => !Number.isNaN(value) && !Number.isFinite(Math.fround(value)))
    if (wide < 0) return { kind: 'number', values: numbers, padded: null }
    throw malformed(
      file,
      `has ${numbers[wide]} in row ${wide + 1}, ${name}; inputs must lie within ±3.4e38, the range of float32`,
    )
  }
  const places = new Map<string, number>()
  const codes = Int32Array.from(values, (value, row) => {
    const text = textOf(file, name, value, row)
    if (text === null || isMissingText(text, missing)) return -1
    const known = places.get(text) ?? places.size
    places.set(text, known)
    return known
  })
  return { kind: 'text', codes, texts: [...places.keys()] }
}

function textOf(file: string, name: string, value: unknown, row: number): string | null {
  if (value === null || value === undefined || Number.isNaN(value)) return null
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object') return String(value).trim()
  throw malformed(
    file,
    `has a list or a record in row ${row + 1}, ${name}; columns must contain numbers or strings`,
    'Leave the column out with drop.',
  )
}
