import type { Tone } from '../report/text.ts'

/** Signs of a small picture: each cell of the terminal has 2 x 4 dots (braille), or one sign of ASCII. */
export interface TextCanvas {
  /** In cells. */
  readonly columns: number
  readonly rows: number
  /** A dot; x and y in [0, 1], y upwards. */
  dot(x: number, y: number, tone: Tone | null, ascii: string): void
  /** A straight line of dots; `dashed` leaves every other pair out. */
  line(
    ...ends: readonly [
      x0: number,
      y0: number,
      x1: number,
      y1: number,
      tone: Tone | null,
      ascii: string,
      dashed: boolean,
    ]
  ): void
  /** A sign that replaces the dots of its cell. */
  sign(x: number, y: number, text: string, tone: Tone | null): void
  /** A text from a cell on, as far as there is room; the row is counted from the top. */
  write(column: number, row: number, text: string, tone: Tone | null): void
  /** Each row's cells, the top first. */
  cells(): readonly (readonly { readonly text: string; readonly tone: Tone | null }[])[]
}

/** Bit of the dot at (column, row from the top) in U+2800 and on. */
const DOT_BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const

/** What wins where two marks share a cell. */
const WEIGHT: Readonly<Record<Tone, number>> = { dim: 0, strong: 2, warning: 3, bad: 4, good: 5 }

function weightOf(tone: Tone | null): number {
  return tone === null ? 1 : WEIGHT[tone]
}

export function createCanvas(columns: number, rows: number, ascii: boolean): TextCanvas {
  const [across, down] = ascii ? [1, 1] : [2, 4]
  const bits = new Uint8Array(columns * rows)
  const signs: (string | null)[] = new Array(columns * rows).fill(null)
  const tones: (Tone | null)[] = new Array(columns * rows).fill(null)

  const cellOf = (x: number, y: number): number => {
    const column = Math.min(columns - 1, Math.max(0, Math.floor(x * columns)))
    const row = Math.min(rows - 1, Math.max(0, Math.floor((1 - y) * rows)))
    return row * columns + column
  }
  const toned = (cell: number, tone: Tone | null): void => {
    const isFree = bits[cell] === 0 && signs[cell] === null
    if (isFree || weightOf(tone) > weightOf(tones[cell] ?? null)) tones[cell] = tone
  }
  /** A dot by its place in the finer grid. */
  const set = (i: number, j: number, tone: Tone | null, sign: string): void => {
    if (i < 0 || j < 0 || i >= columns * across || j >= rows * down) return
    const cell = Math.floor(j / down) * columns + Math.floor(i / across)
    toned(cell, tone)
    if (ascii) signs[cell] = sign
    else bits[cell] = bits[cell]! | DOT_BITS[j % 4]![i % 2]!
  }
  const fine = (x: number, y: number): [number, number] => [
    Math.min(columns * across - 1, Math.floor(x * columns * across)),
    Math.min(rows * down - 1, Math.floor((1 - y) * rows * down)),
  ]
  return {
    columns,
    rows,
    dot: (x, y, tone, sign) => set(...fine(x, y), tone, sign),
    line(x0, y0, x1, y1, tone, sign, dashed) {
      const [from, to] = [fine(x0, y0), fine(x1, y1)]
      for (const [i, j] of cellsBetween(from, to, dashed)) set(i, j, tone, sign)
    },
    sign(x, y, text, tone) {
      const cell = cellOf(x, y)
      tones[cell] = tone
      signs[cell] = text
    },
    write(column, row, text, tone) {
      if (row < 0 || row >= rows) return
      ;[...text].forEach((letter, i) => {
        if (column + i < 0 || column + i >= columns) return
        signs[row * columns + column + i] = letter
        tones[row * columns + column + i] = tone
      })
    },
    cells: () =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => {
          const cell = row * columns + column
          const dots = bits[cell]!
          const text = signs[cell] ?? (dots === 0 ? ' ' : String.fromCharCode(0x2800 + dots))
          return { text, tone: tones[cell] ?? null }
        }),
      ),
  }
}

/** The places of a straight line, both ends included. */
function* cellsBetween(
  from: readonly [number, number],
  to: readonly [number, number],
  dashed: boolean,
): Generator<readonly [number, number]> {
  const length = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1)
  for (let k = 0; k <= length; k++) {
    if (dashed && k % 4 > 1) continue
    const at = (a: number, b: number): number => Math.round(a + ((b - a) * k) / length)
    yield [at(from[0], to[0]), at(from[1], to[1])]
  }
}
