// Softmax of rows of scores; the logarithms are left to the caller, in double.
import { exp } from './elementary'

/**
 * For each row: sums[r] = Σ e^(score - largest), margins[r] = score[label] - largest, and with `gradient` the scores
 * become (p - [label])·share, their padding 0. Labels are 16 bits wide.
 */
export function softmaxLoss(
  scores: usize, stride: usize, columns: i32, labels: usize, rows: i32, share: f32, sums: usize, margins: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const label = <usize>load<u16>(labels + (<usize>r << 1)) << 2
    const largest = largestOf(scores, columns)
    store<f32>(margins + (<usize>r << 2), load<f32>(scores + label) - largest)
    const sum = exponentials(scores, stride, columns, largest, scores)
    store<f32>(sums + (<usize>r << 2), sum)
    divide(scores, stride, sum)
    store<f32>(scores + label, load<f32>(scores + label) - 1)
    const factor = f32x4.splat(share)
    for (let at: usize = 0; at < stride; at += 16) {
      v128.store(scores + at, f32x4.mul(v128.load(scores + at), factor))
    }
    clearPadding(scores, stride, columns)
    scores += stride
  }
}

/** sums and margins as above, and how many rows have their first largest score at the label. `terms` holds one row. */
export function score(
  scores: usize, stride: usize, columns: i32, labels: usize, rows: i32, sums: usize, margins: usize, terms: usize,
): i32 {
  let correct = 0
  for (let r = 0; r < rows; r++) {
    const label = <i32>load<u16>(labels + (<usize>r << 1))
    const largest = largestOf(scores, columns)
    store<f32>(margins + (<usize>r << 2), load<f32>(scores + (<usize>label << 2)) - largest)
    store<f32>(sums + (<usize>r << 2), exponentials(scores, stride, columns, largest, terms))
    let first = 0
    while (first < columns && load<f32>(scores + (<usize>first << 2)) != largest) first++
    if (first == label) correct++
    scores += stride
  }
  return correct
}

export function softmax(scores: usize, stride: usize, columns: i32, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    divide(scores, stride, exponentials(scores, stride, columns, largestOf(scores, columns), scores))
    clearPadding(scores, stride, columns)
    scores += stride
  }
}

@inline function largestOf(scores: usize, columns: i32): f32 {
  let largest = load<f32>(scores)
  for (let c = 1; c < columns; c++) largest = max(largest, load<f32>(scores + (<usize>c << 2)))
  return largest
}

@inline function exponentials(scores: usize, stride: usize, columns: i32, largest: f32, into: usize): f32 {
  const top = f32x4.splat(largest)
  for (let at: usize = 0; at < stride; at += 16) {
    v128.store(into + at, exp(f32x4.sub(v128.load(scores + at), top)))
  }
  let sum: f32 = 0
  for (let c = 0; c < columns; c++) sum += load<f32>(into + (<usize>c << 2))
  return sum
}

@inline function divide(scores: usize, stride: usize, sum: f32): void {
  const divisor = f32x4.splat(sum)
  for (let at: usize = 0; at < stride; at += 16) {
    v128.store(scores + at, f32x4.div(v128.load(scores + at), divisor))
  }
}

@inline function clearPadding(scores: usize, stride: usize, columns: i32): void {
  for (let at = <usize>columns << 2; at < stride; at += 4) store<f32>(scores + at, 0)
}
