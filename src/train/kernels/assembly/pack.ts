// Blocks of a matrix, as floats, with rows BLOCK_ROW bytes apart: what the multiplication reads.
import { BLOCK_ROW, BYTES, BYTES_SCALED, FLOATS } from './variant'

/** How many rows ahead are read while one is packed: each lies in another page, where the processor does not look. */
const AHEAD: i32 = 6
/** Where `touch` leaves what it read, so that the reads are not optimised away. */
const SINK: usize = 0

/**
 * Reads a number of each line of 64 bytes in [at, end), so that they are near when they are needed: WebAssembly has
 * no prefetch. Nothing waits for the reads but the end of the processor's window.
 */
@inline export function touch(at: usize, end: usize): void {
  let sum: f32 = 0
  for (; at < end; at += 64) sum += load<f32>(at)
  store<f32>(SINK, sum)
}

/** Forms a batch may lie in. */

/** Copies columns [column, column + count) of `rows` rows into the block; up to 15 columns more may be read. */
export function pack(
  form: i32, x: usize, stride: usize, shift: usize, scale: usize, column: i32, count: i32, rows: i32, block: usize,
): void {
  const width = <usize>((count + 15) & ~15)
  if (form == BYTES) packBytes(x + <usize>column, stride, shift + (<usize>column << 2), width, rows, block)
  else if (form == BYTES_SCALED) {
    packBytesScaled(x + <usize>column, stride, shift + (<usize>column << 2), scale + (<usize>column << 2), width, rows, block)
  } else if (form == FLOATS) packFloats(x + (<usize>column << 2), stride, width, rows, block)
  else {
    packFloatsScaled(x + (<usize>column << 2), stride, shift + (<usize>column << 2), scale + (<usize>column << 2), width, rows, block)
  }
}

function packFloats(x: usize, stride: usize, width: usize, rows: i32, block: usize): void {
  for (let r = 0; r < rows; r++) {
    const end = x + (width << 2)
    let to = block
    for (let from = x; from < end; from += 32) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
      to += 32
    }
    x += stride
    block += BLOCK_ROW
  }
}

function packFloatsScaled(x: usize, stride: usize, shift: usize, scale: usize, width: usize, rows: i32, block: usize): void {
  for (let r = 0; r < rows; r++) {
    for (let i: usize = 0; i < width << 2; i += 32) {
      const a = f32x4.sub(v128.load(x + i), v128.load(shift + i))
      const b = f32x4.sub(v128.load(x + i, 16), v128.load(shift + i, 16))
      v128.store(block + i, f32x4.mul(a, v128.load(scale + i)))
      v128.store(block + i, f32x4.mul(b, v128.load(scale + i, 16)), 16)
    }
    x += stride
    block += BLOCK_ROW
  }
}

function packBytes(x: usize, stride: usize, shift: usize, width: usize, rows: i32, block: usize): void {
  for (let r = 0; r < rows; r++) {
    if (r + AHEAD < rows) touch(x + AHEAD * stride, x + AHEAD * stride + width)
    let s = shift
    let to = block
    const end = x + width
    for (let from = x; from < end; from += 8) {
      const words = v128.load_ext<u8>(from)
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words))
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(words))
      v128.store(to, f32x4.sub(low, v128.load(s)))
      v128.store(to, f32x4.sub(high, v128.load(s, 16)), 16)
      s += 32
      to += 32
    }
    x += stride
    block += BLOCK_ROW
  }
}

function packBytesScaled(x: usize, stride: usize, shift: usize, scale: usize, width: usize, rows: i32, block: usize): void {
  for (let r = 0; r < rows; r++) {
    if (r + AHEAD < rows) touch(x + AHEAD * stride, x + AHEAD * stride + width)
    let at: usize = 0
    const end = x + width
    for (let from = x; from < end; from += 8) {
      const words = v128.load_ext<u8>(from)
      const low = f32x4.sub(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words)), v128.load(shift + at))
      const high = f32x4.sub(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(words)), v128.load(shift + at, 16))
      v128.store(block + at, f32x4.mul(low, v128.load(scale + at)))
      v128.store(block + at, f32x4.mul(high, v128.load(scale + at, 16)), 16)
      at += 32
    }
    x += stride
    block += BLOCK_ROW
  }
}
