import { describe, expect, test } from 'vitest'
import type { Inputs } from '../../../src/train/inputs.ts'
import type { Activation, Floats, Kernels, Matrix, UpdateRule } from '../../../src/train/kernels/kernels.ts'
import { createPlainKernels } from '../../../src/train/kernels/plain/plain-kernels.ts'
import { difference, numbers, RUNNABLE } from './variants.ts'

/** Rows, inputs, outputs: nothing, one, odd, around the tiles (4, 6, 8, 12, 16) and the blocks (252, 256), real ones. */
const SHAPES: readonly (readonly [number, number, number])[] = [
  [0, 3, 4],
  [1, 1, 1],
  [3, 5, 7],
  [4, 6, 8],
  [5, 7, 9],
  [6, 11, 15],
  [7, 12, 16],
  [8, 13, 17],
  [11, 16, 23],
  [12, 17, 24],
  [13, 31, 25],
  [25, 33, 40],
  [3, 251, 9],
  [2, 252, 17],
  [7, 255, 8],
  [7, 256, 8],
  [6, 257, 24],
  [2, 505, 3],
  [2, 513, 10],
  [251, 9, 10],
  [252, 7, 17],
  [253, 6, 8],
  [256, 4, 12],
  [505, 5, 9],
  [4, 3072, 200],
  [100, 200, 100],
  [200, 100, 10],
]

const RULES: readonly UpdateRule[] = [
  { kind: 'sgd', learningRate: 0.05 },
  { kind: 'momentum', learningRate: 0.05, momentum: 0.9 },
  { kind: 'nesterov', learningRate: 0.05, momentum: 0.9 },
  {
    kind: 'adam',
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    biasCorrection: true,
    step: 2,
  },
  {
    kind: 'adam',
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    biasCorrection: false,
    step: 2,
  },
]

function matrix(k: Kernels, maxRows: number, columns: number, values: ArrayLike<number>): Matrix {
  const m = k.createMatrix(maxRows, columns)
  for (let i = 0; i < values.length; i++) {
    m.data[Math.floor(i / columns) * m.stride + (i % columns)] = values[i] as number
  }
  return m
}

function rowsOf(m: Matrix, rows: number): Floats {
  const out = new Float32Array(rows * m.columns)
  for (let i = 0; i < out.length; i++) {
    out[i] = m.data[Math.floor(i / m.columns) * m.stride + (i % m.columns)] as number
  }
  return out
}

function pixels(columns: number, rows: number, scaled: boolean, floats: boolean): Inputs {
  const bytes = Uint8Array.from({ length: rows * columns }, (_, i) => Math.imul(i + 1, 0x9e3779b9) >>> 24)
  return {
    values: floats ? Float32Array.from(bytes, (byte) => byte / 7) : bytes,
    columns,
    shift: numbers(columns, 5).map((value) => value * 100),
    scale: scaled ? numbers(columns, 6) : new Float32Array(columns).fill(1),
  }
}

/** Everything a layer does, with each rule in turn, as one list of arrays. */
function layer(k: Kernels, [rows, inputs, outputs]: readonly [number, number, number]): Floats[] {
  const results: Floats[] = []
  const x = matrix(k, rows, inputs, numbers(rows * inputs, 1))
  const dy = matrix(k, rows, outputs, numbers(rows * outputs, 2))
  const dx = k.createMatrix(rows, inputs)
  const out = k.createMatrix(rows, outputs)
  const small = rows * inputs * outputs < 2e5
  for (const rule of small ? RULES : RULES.slice(1, 2)) {
    const dense = k.createDense(inputs, outputs, rule.kind)
    dense.write(numbers(inputs * outputs, 3), numbers(outputs, 4))
    for (let step = 0; step < (small ? 2 : 1); step++) {
      k.forward(x, dense, out, rows)
      k.inputGradient(dy, dense, dx, rows)
      results.push(rowsOf(out, rows), rowsOf(dx, rows))
      k.update(x, dy, dense, rows, 0.01, rule)
    }
    const { weights, bias } = dense.read()
    results.push(weights, bias, Float64Array.of(k.sumOfSquares(dense)))
    if (small) {
      const step = k.gradient(x, dy, dense, rows, 0.01)
      results.push(step.weights, step.bias)
    }
  }
  k.close()
  return results
}

/** Gathered batches of every form, forward and one step. */
function batches(k: Kernels): Floats[] {
  const results: Floats[] = []
  for (const [columns, rows] of [
    [19, 7],
    [48, 13],
    [300, 5],
  ] as const) {
    for (const scaled of [false, true]) {
      for (const floats of [false, true]) {
        const inputs = pixels(columns, 20, scaled, floats)
        const batch = k.createInputBatch(rows, inputs)
        const order = Uint32Array.from({ length: 20 }, (_, i) => (i * 7) % 20)
        const dense = k.createDense(columns, 9, 'momentum')
        dense.write(numbers(columns * 9, 3), numbers(9, 4))
        const out = k.createMatrix(rows, 9)
        k.gather(batch, order, 3, rows)
        k.forward(batch, dense, out, rows)
        results.push(rowsOf(out, rows))
        k.update(batch, out, dense, rows, 0.1, RULES[1] as UpdateRule)
        results.push(dense.read().weights)
      }
    }
  }
  k.close()
  return results
}

function normalisation(k: Kernels, rows: number, columns: number): Floats[] {
  const z = matrix(k, rows, columns, numbers(rows * columns, 1))
  const norm = k.createNorm(rows, columns)
  const gamma = k.createVector(columns, 'nesterov')
  const beta = k.createVector(columns, 'nesterov')
  gamma.values.set(numbers(columns, 2))
  beta.values.set(numbers(columns, 3))
  const results: Floats[] = []
  for (let step = 0; step < 2; step++) {
    k.normForward(z, norm, gamma, beta, rows, 0.9, 1e-5)
    results.push(rowsOf(z, rows))
    k.normBackward(z, norm, gamma, beta, rows)
    for (const vector of [gamma, beta]) {
      results.push(vector.gradient.slice())
      k.updateVector(vector, RULES[2] as UpdateRule)
      results.push(vector.values.slice())
    }
    results.push(rowsOf(z, rows), norm.runningMean.slice(), norm.runningVariance.slice())
  }
  k.normInfer(z, norm, gamma, beta, rows, 1e-5)
  results.push(rowsOf(z, rows))
  k.close()
  return results
}

function activations(k: Kernels, rows: number, units: number): Floats[] {
  const results: Floats[] = []
  const kinds: readonly (readonly [Activation, number])[] = [
    ['relu', 1],
    ['tanh', 1],
    ['sigmoid', 1],
    ['maxout', 1],
    ['maxout', 2],
    ['maxout', 3],
  ]
  for (const [kind, pieces] of kinds) {
    for (const probability of [null, 0, 0.3]) {
      const z = matrix(
        k,
        rows,
        units * pieces,
        numbers(rows * units * pieces, 1).map((value) => value * 12),
      )
      const h = k.createMatrix(rows, units)
      const dh = matrix(k, rows, units, numbers(rows * units, 2))
      const dz = k.createMatrix(rows, units * pieces)
      const mask = probability === null ? null : k.createDropout(rows, units)
      if (mask !== null && probability !== null) {
        k.fillDropout(mask, probability, [1, 2, 3, 4], 5, rows)
        results.push(rowsOf(mask.scale, rows))
      }
      k.activationForward(kind, z, h, rows, pieces, mask)
      k.activationBackward(kind, z, h, dh, dz, rows, pieces, mask)
      results.push(rowsOf(h, rows), rowsOf(dz, rows))
    }
  }
  k.close()
  return results
}

function softmaxes(k: Kernels, rows: number, columns: number): Floats[] {
  const values = numbers(rows * columns, 1).map((value, i) => (i % 5 === 0 ? value * 100 : value))
  const labels = Uint8Array.from({ length: rows }, (_, r) => (r * 3) % columns)
  const scores = matrix(k, rows, columns, values)
  const { loss, correct } = k.score(scores, labels, rows)
  const mean = k.softmaxLoss(scores, Uint16Array.from(labels), rows)
  const gradient = rowsOf(scores, rows)
  const again = matrix(k, rows, columns, values)
  k.softmax(again, rows)
  const results = [gradient, rowsOf(again, rows), Float64Array.of(loss, correct, rows === 0 ? 0 : mean)]
  k.close()
  return results
}

for (const arithmetic of ['fma', 'muladd'] as const) {
  const variants = RUNNABLE.filter((variant) => variant.arithmetic === arithmetic)
  const plain = () => createPlainKernels({ precision: 'float32', arithmetic })
  const expectSame = (work: (k: Kernels) => Floats[]) => {
    const expected = work(plain())
    for (const { name, open } of variants) expect(difference(work(open()), expected), name).toBeNull()
  }

  describe(`each ${arithmetic} variant gives the bits of the plain reference`, () => {
    test.each(SHAPES)('in a layer of %i rows, %i inputs, %i outputs', (...shape) => {
      expectSame((k) => layer(k, shape))
    })

    test('in batches of bytes and floats, shifted and scaled', () => expectSame(batches))

    test.each([
      [1, 1],
      [7, 9],
      [64, 24],
      [253, 5],
    ])('in batch normalisation of %i rows, %i columns', (rows, columns) =>
      expectSame((k) => normalisation(k, rows, columns)),
    )

    test.each([
      [0, 5],
      [1, 1],
      [5, 7],
      [13, 16],
      [9, 30],
    ])('in every activation of %i rows, %i units', (rows, units) =>
      expectSame((k) => activations(k, rows, units)),
    )

    test.each([
      [0, 3],
      [1, 2],
      [7, 10],
      [13, 16],
      [5, 100],
    ])('in the softmax of %i rows, %i classes', (rows, columns) =>
      expectSame((k) => softmaxes(k, rows, columns)),
    )

    test.each(RULES)('in steps of numbers too small to be kept: $kind', (rule) => {
      const work = (k: Kernels): Floats[] => {
        const dense = k.createDense(19, 33, rule.kind)
        const tiny = numbers(19 * 33, 1).map((value, i) =>
          i % 7 === 0 ? NaN : value * 2 ** (-90 - (i % 59)),
        )
        dense.write(tiny, tiny.subarray(0, 33))
        const x = matrix(k, 2, 19, numbers(2 * 19, 2).fill(0, 0, 19))
        const dy = matrix(k, 2, 33, numbers(2 * 33, 3).fill(0, 0, 60))
        k.update(x, dy, dense, 2, 1e-3, rule)
        const { weights, bias } = dense.read()
        k.close()
        return [weights, bias]
      }
      expectSame(work)
      const [weights = []] = work(plain())
      expect(weights.filter((value) => value !== 0 && Math.abs(value) < 2 ** -100)).toHaveLength(0)
      expect(weights.filter(Number.isNaN)).toHaveLength(Math.ceil((19 * 33) / 7))
    })

    test('with infinities and NaN among the numbers', () =>
      expectSame((k) => {
        const rows = 6
        const wild = [Infinity, -Infinity, NaN, 0, -0, 3e38, -3e38, 1e-45, 1e-30, 88, -88, 200]
        const results: Floats[] = []
        for (const kind of ['relu', 'tanh', 'sigmoid'] as const) {
          const z = matrix(k, rows, 2, wild)
          const h = k.createMatrix(rows, 2)
          k.activationForward(kind, z, h, rows, 1, null)
          const dz = matrix(k, rows, 2, numbers(12, 1))
          k.activationBackward(kind, z, h, dz, dz, rows, 1, null)
          results.push(rowsOf(h, rows), rowsOf(dz, rows))
        }
        k.close()
        return results
      }))
  })
}
