import {
  BLOCK_COLUMNS,
  BLOCK_ROW_BYTES,
  BLOCK_ROWS,
  CHUNK_COLUMNS,
  INPUT_FORMS,
} from '../src/train/kernels/block-sizes.ts'
import { SMALLEST_KEPT } from '../src/train/kernels/update-constants.ts'

/** What a build of the kernels is made for: how products are added, and how many float32 lanes a vector has. */
export interface KernelVariant {
  readonly name: string
  readonly arithmetic: 'fma' | 'muladd'
  /** 8: neighbouring v128 pairs, which V8 makes one 256-bit vector of; 4: single v128. */
  readonly lanes: 4 | 8
}

export const KERNEL_VARIANTS: readonly KernelVariant[] = [
  { name: 'fma-256', arithmetic: 'fma', lanes: 8 },
  { name: 'fma-128', arithmetic: 'fma', lanes: 4 },
  { name: 'muladd-256', arithmetic: 'muladd', lanes: 8 },
  { name: 'muladd-128', arithmetic: 'muladd', lanes: 4 },
]

/**
 * Rows of the tile that is kept in registers. V8 holds no more than 12 accumulators, two vectors of B and one of A in
 * 16 registers; a multiplication apart from the addition needs one register more.
 */
export function tileRows(variant: KernelVariant, vectors: 1 | 2): number {
  const rows = variant.arithmetic === 'fma' ? 6 : 4
  return vectors === 2 ? rows : 2 * rows
}

/** The AssemblyScript text of a variant's constants, and of those that all kernels share. */
export function variantConstants(variant: KernelVariant): string {
  return [
    `export const LANES: i32 = ${variant.lanes}`,
    `export const BLOCK: i32 = ${BLOCK_COLUMNS}`,
    `export const CHUNK: i32 = ${CHUNK_COLUMNS}`,
    `export const BLOCK_ROWS: i32 = ${BLOCK_ROWS}`,
    `export const BLOCK_ROW: usize = ${BLOCK_ROW_BYTES}`,
    `export const FLOATS: i32 = ${INPUT_FORMS.floats}`,
    `export const BYTES: i32 = ${INPUT_FORMS.bytes}`,
    `export const BYTES_SCALED: i32 = ${INPUT_FORMS.bytesScaled}`,
    `export const ROWS_2: i32 = ${tileRows(variant, 2)}`,
    `export const ROWS_1: i32 = ${tileRows(variant, 1)}`,
    `export const SMALLEST_KEPT: f32 = ${SMALLEST_KEPT}`,
    '@inline export function madd(a: v128, b: v128, c: v128): v128 {',
    variant.arithmetic === 'fma'
      ? '  return f32x4.relaxed_madd(a, b, c)'
      : '  return f32x4.add(f32x4.mul(a, b), c)',
    '}\n',
  ].join('\n')
}

/**
 * The AssemblyScript text of the multiplication's inner loops, unrolled, for one variant:
 *
 * - `forwardTile(rows, vectors, ...)`: to[i][j] = from[i][j] + Σk a[i][k]·b[k][j], a's rows BLOCK_ROW_BYTES apart;
 * - `gradientTile(rows, vectors, ...)`: to[i][j] = from[i][j] + Σk a[k][i]·b[k][j], likewise.
 *
 * and `peak`, the measure of what is possible.
 *
 * `vectors` counts the vectors of a row of b: 2 or, for what remains with 8 lanes, 1. b's rows are bStep bytes apart.
 */
export function microKernels(variant: KernelVariant): string {
  const kinds = ['forward', 'gradient'] as const
  const widths = variant.lanes === 8 ? ([2, 1] as const) : ([2] as const)
  const parts = ["import { BLOCK_ROW, madd } from './variant'"]
  for (const kind of kinds) {
    for (const vectors of widths) {
      const rows = tileRows(variant, vectors)
      for (let r = 1; r <= rows; r++) parts.push(tile(variant, kind, r, vectors))
      parts.push(dispatch(kind, rows, vectors))
    }
    if (variant.lanes === 4) parts.push(unreachableWidth(kind))
  }
  parts.push(peak())
  return `${parts.join('\n')}\n`
}

const PARAMETERS =
  'a: usize, b: usize, bStep: usize, from: usize, fromStep: usize, to: usize, toStep: usize, count: i32'
const ARGUMENTS = 'a, b, bStep, from, fromStep, to, toStep, count'

function tile(variant: KernelVariant, kind: 'forward' | 'gradient', rows: number, vectors: 1 | 2): string {
  const halves = (vectors * variant.lanes) / 4
  const each = <T>(count: number, line: (i: number) => T) => Array.from({ length: count }, (_, i) => line(i))
  const all = (line: (r: number, h: number) => string) =>
    each(rows, (r) => each(halves, (h) => line(r, h))).flat()
  const place = (base: string, h: number) => (h === 0 ? base : `${base}, ${16 * h}`)
  const aPlace = (r: number) => (r === 0 ? 'a' : `a, ${kind === 'forward' ? r * BLOCK_ROW_BYTES : r * 4}`)
  return [
    `export function ${kind}${rows}x${vectors}(${PARAMETERS}): void {`,
    ...each(rows - 1, (r) => `  const from${r + 1} = from + fromStep * ${r + 1}`),
    ...all((r, h) => `  let c${r}_${h} = v128.load(${place(r === 0 ? 'from' : `from${r}`, h)})`),
    `  const end = a + <usize>count * ${kind === 'forward' ? '4' : 'BLOCK_ROW'}`,
    '  while (a < end) {',
    ...each(halves, (h) => `    const b${h} = v128.load(${place('b', h)})`),
    ...each(rows, (r) =>
      [
        `    const a${r} = v128.load_splat<f32>(${aPlace(r)})`,
        ...each(halves, (h) => `    c${r}_${h} = madd(a${r}, b${h}, c${r}_${h})`),
      ].join('\n'),
    ),
    `    a += ${kind === 'forward' ? '4' : 'BLOCK_ROW'}`,
    '    b += bStep',
    '  }',
    ...each(rows - 1, (r) => `  const to${r + 1} = to + toStep * ${r + 1}`),
    ...all((r, h) => {
      const base = r === 0 ? 'to' : `to${r}`
      return `  v128.store(${base}, c${r}_${h}${h === 0 ? '' : `, ${16 * h}`})`
    }),
    '}',
  ].join('\n')
}

function dispatch(kind: string, rows: number, vectors: 1 | 2): string {
  const cases = Array.from({ length: rows }, (_, i) => {
    const r = rows - i
    return `  if (rows == ${r}) return ${kind}${r}x${vectors}(${ARGUMENTS})`
  })
  return [`export function ${kind}Tile${vectors}(rows: i32, ${PARAMETERS}): void {`, ...cases, '}'].join('\n')
}

/** With 4 lanes every group of 8 columns is two vectors: the other width is never asked for. */
function unreachableWidth(kind: string): string {
  return `export function ${kind}Tile1(rows: i32, ${PARAMETERS}): void {\n  unreachable()\n}`
}

/** Nothing but multiply-adds in 12 accumulators of eight lanes, stored at the end: what the processor can do at most. */
function peak(): string {
  const each = (line: (i: number) => string) => Array.from({ length: 24 }, (_, i) => line(i))
  return [
    'export function peak(to: usize, count: i32): void {',
    '  const half = v128.load_splat<f32>(to)',
    ...each((i) => `  let c${i} = v128.load(to, ${16 * i})`),
    '  for (let i = 0; i < count; i++) {',
    ...each((i) => `    c${i} = madd(c${i}, half, half)`),
    '  }',
    ...each((i) => `  v128.store(to, c${i}, ${16 * i})`),
    '}',
  ].join('\n')
}
