import { crc32 } from 'node:zlib'

/** A value as SQLite gives it back. */
export type Cell = number | string | null

/** Between two cells; no number has it, and no JSON text. */
const SEPARATOR = '\u001f'

/** CRC-32 of the cells of a row as SQLite holds them, from 0 to 2^32 - 1. Any single flipped bit gives another one. */
export function checksumOf(cells: readonly Cell[]): number {
  return crc32(checkedText(cells))
}

/**
 * What the checksum of the first `count` cells is over. The texts of several rows, joined, give the checksum of them
 * all; one call for many cells takes a fraction of the time of many calls.
 */
export function checkedText(cells: readonly Cell[], count = cells.length): string {
  let text = ''
  for (let i = 0; i < count; i++) text += textOf(cells[i]!) + SEPARATOR
  return text
}

/** The checksum over what `checkedText` gives: 0 for none. */
export function checksumOfText(text: string): number {
  return crc32(text)
}

/** The checksum of a kept artifact. */
export function checksumOfBytes(bytes: Uint8Array): number {
  return crc32(bytes)
}

/** A row that is not what was written. */
export class DamagedRowError extends Error {
  override readonly name = 'DamagedRowError'

  /** @param what the row, in words */
  constructor(what: string) {
    super(`${what} does not match its checksum`)
  }
}

/** A flipped bit can make a blob of a text, with the same bytes. */
function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'number') return Object.is(cell, -0) ? '-0' : `${cell}`
  return cell === null ? '\0' : '\u0001'
}
