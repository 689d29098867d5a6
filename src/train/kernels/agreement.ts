import { createHash } from 'node:crypto'
import type { Arithmetic, Floats, Kernels } from './kernels.ts'

/** Whether 1 · 1 + products are rounded once: (1 + e)² - 1 for e = 2^-12 keeps its e² only if they are. Closes the kernels. */
export function isFused(kernels: Kernels): boolean {
  const x = kernels.createMatrix(1, 1)
  const out = kernels.createMatrix(1, 1)
  const dense = kernels.createDense(1, 1, 'sgd')
  const e = 2 ** -12
  x.data[0] = 1 + e
  dense.write([1 + e], [-1])
  kernels.forward(x, dense, out, 1)
  const fused = out.data[0] === 2 * e + e * e
  kernels.close()
  return fused
}

/**
 * SHA-256 of what the plain reference makes of the small step below: computing it takes longer than all else that chooses
 * a variant. test/train/kernels/agreement.test.ts holds it to the reference.
 */
const EXPECTED: Readonly<Record<Arithmetic, string>> = {
  fma: '6e980c36827c68cbd4ce6a2fdb0d8ee719a7e6ad8ae66c2b7037e237fc5a8130',
  muladd: '6945bcf6fc48c1ef32243978ebf4550e515374a4b71509735fb9921700005ae7',
}

/** Whether a small layer goes forward, back and one step of Adam to the last bit as in the plain reference. Closes the kernels. */
export function agreesWithPlain(kernels: Kernels): boolean {
  const same = isSmallStep(digestOfSmallStep(kernels), kernels.arithmetic)
  kernels.close()
  return same
}

/** Whether the digest of the small step is that of the plain reference. */
export function isSmallStep(digest: string, arithmetic: Arithmetic): boolean {
  return digest === EXPECTED[arithmetic]
}

const ROWS = 13
const INPUTS = 21
const OUTPUTS = 27

/** For `agreesWithPlain` and its test. */
export function digestOfSmallStep(kernels: Kernels): string {
  const x = kernels.createMatrix(ROWS, INPUTS)
  const dy = kernels.createMatrix(ROWS, OUTPUTS)
  const dx = kernels.createMatrix(ROWS, INPUTS)
  const dense = kernels.createDense(INPUTS, OUTPUTS, 'adam')
  dense.write(wave(INPUTS * OUTPUTS, 0.7), wave(OUTPUTS, 1.3))
  fill(x.data, x.columns, x.stride, 0.9)
  kernels.forward(x, dense, dy, ROWS)
  kernels.activationForward('tanh', dy, dy, ROWS, 1, null)
  kernels.inputGradient(dy, dense, dx, ROWS)
  kernels.update(x, dy, dense, ROWS, 0.01, {
    kind: 'adam',
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    biasCorrection: true,
    step: 3,
  })
  const { weights, bias } = dense.read()
  const hash = createHash('sha256')
  hash.update(content(dy.data, dy.columns, dy.stride)).update(content(dx.data, dx.columns, dx.stride))
  return hash.update(Float32Array.from(weights)).update(Float32Array.from(bias)).digest('hex')
}

/** Numbers in [-1, 1] with bits in all places, from integers alone. */
function wave(length: number, factor: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((Math.imul(i + 1, 0x9e3779b9) >> 4) / 2 ** 27) * factor)
}

function fill(data: Floats, columns: number, stride: number, factor: number): void {
  const numbers = wave(ROWS * columns, factor)
  for (let r = 0; r < ROWS; r++) data.set(numbers.subarray(r * columns, (r + 1) * columns), r * stride)
}

function content(data: Floats, columns: number, stride: number): Float32Array {
  const numbers = new Float32Array(ROWS * columns)
  for (let r = 0; r < ROWS; r++) numbers.set(data.subarray(r * stride, r * stride + columns), r * columns)
  return numbers
}
