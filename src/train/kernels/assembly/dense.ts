// Products with a layer's weights. W lies in panels of 16 columns, [columns / 16][inputs + 1][16], the bias in the
// last row of each panel; a last panel of at most 8 columns is 8 wide.
import { forwardTile1, forwardTile2, gradientTile1, gradientTile2 } from './micro-kernels'
import { pack, touch } from './pack'
import { step } from './step'
import { BLOCK, BLOCK_ROW, BLOCK_ROWS, CHUNK, LANES, ROWS_1, ROWS_2 } from './variant'

/** Columns of a tile. */
const GROUP: i32 = 2 * LANES

@inline function padded(columns: i32): i32 {
  return (columns + 7) & ~7
}

/** Bytes from a row of the panel that holds `column` to the next. */
@inline function panelStep(column: i32, width: i32): usize {
  return <usize>min(16, width - (column & ~15)) << 2
}

/** out (rows, outputs) = x (rows, inputs)·W + b. `block` has room for BLOCK_ROWS packed rows. */
export function forward(
  form: i32, x: usize, xStride: usize, shift: usize, scale: usize,
  w: usize, inputs: i32, outputs: i32, out: usize, outStride: usize, rows: i32, block: usize,
): void {
  const width = padded(outputs)
  const panelBytes = <usize>(inputs + 1) << 6
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const height = min(BLOCK_ROWS, rows - row)
    const outRows = out + <usize>row * outStride
    for (let k = 0; k < inputs; k += BLOCK) {
      const count = min(BLOCK, inputs - k)
      pack(form, x + <usize>row * xStride, xStride, shift, scale, k, count, height, block)
      for (let column = 0; column < width; column += GROUP) {
        const bStep = panelStep(column, width)
        const panel = w + <usize>(column >> 4) * panelBytes + (<usize>(column & 8) << 2)
        const b = panel + <usize>k * bStep
        const to = outRows + (<usize>column << 2)
        const from = k == 0 ? panel + <usize>inputs * bStep : to
        const last = column + GROUP >= width
        const next = last ? w + <usize>(k + count) * panelStep(0, width)
          : w + <usize>((column + GROUP) >> 4) * panelBytes + <usize>k * panelStep(column + GROUP, width)
        forwardRows(
          width - column, block, b, bStep, from, k == 0 ? 0 : outStride, to, outStride, height, count, next,
        )
      }
    }
    if (inputs == 0) biasOnly(w, width, outRows, outStride, height)
  }
}

/** One column of tiles, while the next one's part of W is fetched. */
function forwardRows(
  columns: i32, a: usize, b: usize, bStep: usize, from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, count: i32, next: usize,
): void {
  const tall = columns < GROUP ? ROWS_1 : ROWS_2
  const nextEnd = next + (<usize>count << 6)
  const share = (<usize>(count * tall / rows) + 1) << 6
  for (let r = 0; r < rows; r += tall) {
    const height = min(tall, rows - r)
    const at = a + <usize>r * BLOCK_ROW
    touch(next, min(next + share, nextEnd))
    next += share
    if (columns < GROUP) forwardTile1(height, at, b, bStep, from + <usize>r * fromStep, fromStep, to + <usize>r * toStep, toStep, count)
    else forwardTile2(height, at, b, bStep, from + <usize>r * fromStep, fromStep, to + <usize>r * toStep, toStep, count)
  }
}

function biasOnly(w: usize, width: i32, out: usize, outStride: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) memory.copy(out + <usize>r * outStride, w, <usize>width << 2)
}

/**
 * W stepped along xᵀ·dy + reg·W, b along Σ dy. `panels` has room for dy in panels, (rows, outputs); `sums` for a chunk
 * of dW in panels; `constants` is what `step` wants. With optimizer -1 nothing is stepped: W is the gradient's place,
 * `first` holds the weights.
 */
export function update(
  form: i32, x: usize, xStride: usize, shift: usize, scale: usize, dy: usize, dyStride: usize,
  w: usize, first: usize, second: usize, inputs: i32, outputs: i32, rows: i32,
  optimizer: i32, constants: usize, block: usize, panels: usize, sums: usize, zeros: usize,
): void {
  const width = padded(outputs)
  const panelBytes = <usize>(inputs + 1) << 6
  packPanels(dy, dyStride, width, rows, panels)
  for (let k = 0; k < inputs; k += CHUNK) {
    const count = min(CHUNK, inputs - k)
    const chunkBytes = <usize>CHUNK << 6
    for (let row = 0; row == 0 || row < rows; row += BLOCK_ROWS) {
      const height = min(BLOCK_ROWS, rows - row)
      const last = row + BLOCK_ROWS >= rows
      pack(form, x + <usize>row * xStride, xStride, shift, scale, k, count, height, block)
      for (let column = 0; column < width; column += GROUP) {
        const wide = panelStep(column, width)
        const half = <usize>(column & 8) << 2
        const b = panels + (<usize>(column >> 4) * <usize>rows << 6) + <usize>row * wide + half
        const panelSums = sums + <usize>(column >> 4) * chunkBytes
        const to = panelSums + half
        const at = <usize>(column >> 4) * panelBytes + <usize>k * wide
        gradientRows(
          width - column, block, b, wide, row == 0 ? zeros : to, row == 0 ? 0 : wide, to, wide, count, height,
          last ? w + at : 0, first + at, second + at, optimizer,
        )
        if (last && (column + GROUP >= width || ((column + GROUP) & 15) == 0)) {
          step(optimizer, constants, panelSums, w + at, first + at, second + at, <usize>count * wide, true)
        }
      }
    }
  }
  for (let column = 0; column < width; column += 16) {
    const wide = panelStep(column, width)
    columnSums(panels + (<usize>(column >> 4) * <usize>rows << 6), wide, rows, sums)
    const at = <usize>(column >> 4) * panelBytes + <usize>inputs * wide
    step(optimizer, constants, sums, w + at, first + at, second + at, wide, false)
  }
}

/** One column of tiles of dW, while the numbers that will be stepped along it are fetched, unless w is 0. */
function gradientRows(
  columns: i32, a: usize, b: usize, bStep: usize, from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, count: i32,
  w: usize, first: usize, second: usize, optimizer: i32,
): void {
  const tall = columns < GROUP ? ROWS_1 : ROWS_2
  for (let r = 0; r < rows; r += tall) {
    const height = min(tall, rows - r)
    const at = a + (<usize>r << 2)
    if (w != 0) {
      const start = <usize>r * toStep
      const end = start + <usize>height * toStep
      touch(w + start, w + end)
      if (optimizer > 0) touch(first + start, first + end)
      if (optimizer == 3) touch(second + start, second + end)
    }
    if (columns < GROUP) gradientTile1(height, at, b, bStep, from + <usize>r * fromStep, fromStep, to + <usize>r * toStep, toStep, count)
    else gradientTile2(height, at, b, bStep, from + <usize>r * fromStep, fromStep, to + <usize>r * toStep, toStep, count)
  }
}

/** dy (rows, width) into panels [width / 16][rows][16], the last 8 wide if no more is left. */
function packPanels(dy: usize, stride: usize, width: i32, rows: i32, panels: usize): void {
  for (let column = 0; column < width; column += 16) {
    let from = dy + (<usize>column << 2)
    let to = panels + (<usize>(column >> 4) * <usize>rows << 6)
    if (width - column >= 16) {
      for (let r = 0; r < rows; r++) {
        v128.store(to, v128.load(from))
        v128.store(to, v128.load(from, 16), 16)
        v128.store(to, v128.load(from, 32), 32)
        v128.store(to, v128.load(from, 48), 48)
        from += stride
        to += 64
      }
    } else {
      for (let r = 0; r < rows; r++) {
        v128.store(to, v128.load(from))
        v128.store(to, v128.load(from, 16), 16)
        from += stride
        to += 32
      }
    }
  }
}

/** sums (16 or 8) = the sums of a panel's columns, rows ascending. */
function columnSums(panel: usize, wide: usize, rows: i32, sums: usize): void {
  for (let half: usize = 0; half < wide; half += 32) {
    let a = f32x4.splat(0)
    let b = f32x4.splat(0)
    let from = panel + half
    for (let r = 0; r < rows; r++) {
      a = f32x4.add(a, v128.load(from))
      b = f32x4.add(b, v128.load(from, 16))
      from += wide
    }
    v128.store(sums + half, a)
    v128.store(sums + half, b, 16)
  }
}

/**
 * The transposed weights in panels of their own, [inputs / 16][outputs + 1][16], with a bias of zeros: the layer that
 * takes dy to dx.
 */
export function transpose(w: usize, inputs: i32, outputs: i32, to: usize): void {
  const width = padded(outputs)
  const wide = padded(inputs)
  const panelBytes = <usize>(inputs + 1) << 6
  const toPanelBytes = <usize>(outputs + 1) << 6
  for (let k = 0; k < wide; k += 4) {
    const toStep = panelStep(k, wide)
    const toPanel = to + <usize>(k >> 4) * toPanelBytes + (<usize>(k & 15) << 2)
    for (let column = 0; column < width; column += 4) {
      const step = panelStep(column, width)
      const from = w + <usize>(column >> 4) * panelBytes + <usize>k * step + (<usize>(column & 15) << 2)
      const zero = f32x4.splat(0)
      const r0 = k < inputs ? v128.load(from) : zero
      const r1 = k + 1 < inputs ? v128.load(from + step) : zero
      const r2 = k + 2 < inputs ? v128.load(from + 2 * step) : zero
      const r3 = k + 3 < inputs ? v128.load(from + 3 * step) : zero
      const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
      const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
      const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      const at = toPanel + <usize>column * toStep
      if (column < outputs) v128.store(at, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
      if (column + 1 < outputs) v128.store(at + toStep, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
      if (column + 2 < outputs) v128.store(at + 2 * toStep, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
      if (column + 3 < outputs) v128.store(at + 3 * toStep, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
    }
    v128.store(toPanel + <usize>outputs * toStep, f32x4.splat(0))
  }
}

/** Σ W² in 16 double lanes, kept at `lanes`; the bias rows are left out. */
export function squares(w: usize, inputs: i32, outputs: i32, lanes: usize): void {
  const width = padded(outputs)
  memory.fill(lanes, 0, 128)
  for (let column = 0; column < width; column += 4) {
    const step = panelStep(column, width)
    let from = w + (<usize>(column >> 4) * <usize>(inputs + 1) << 6) + (<usize>(column & 15) << 2)
    const lane = lanes + (<usize>(column & 15) << 3)
    let low = v128.load(lane)
    let high = v128.load(lane, 16)
    for (let k = 0; k < inputs; k++) {
      const values = v128.load(from)
      const a = f64x2.promote_low_f32x4(values)
      const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3))
      low = f64x2.add(low, f64x2.mul(a, a))
      high = f64x2.add(high, f64x2.mul(b, b))
      from += step
    }
    v128.store(lane, low)
    v128.store(lane, high, 16)
  }
}
