import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { afterAll, describe, expect, test } from 'vitest'
import { seedWords } from '../../../src/random/stream.ts'
import type { Examples } from '../../../src/train/inputs.ts'
import type { Activation, Kernels, UpdateRule } from '../../../src/train/kernels/kernels.ts'
import { openKernels } from '../../../src/train/kernels/open-kernels.ts'
import { createPlainKernels } from '../../../src/train/kernels/plain/plain-kernels.ts'
import { load, openVariant, VARIANTS } from '../../../src/train/kernels/wasm/variants.ts'
import { createNetwork, trainStep } from '../../../src/train/network.ts'
import { initialState, readNetwork, writeNetwork } from '../../../src/train/network-state.ts'
import { DEFAULT_OPTIMIZER, updateRule } from '../../../src/train/optimizers.ts'

// Each function is compiled a second time, with what its first calls taught, after a few calls instead of thousands:
// the short training goes through both compilers.
setFlagsFromString('--wasm-tiering-budget=2000')
afterAll(() => setFlagsFromString('--wasm-tiering-budget=13000000'))

const COLUMNS = 48
const ROWS = 64
const BATCH = 16
const STEPS = 60

const examples: Examples = {
  inputs: {
    values: Uint8Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.imul(i + 1, 0x9e3779b9) >>> 24),
    columns: COLUMNS,
    shift: Float32Array.from({ length: COLUMNS }, (_, i) => 120 + i / 3),
    scale: new Float32Array(COLUMNS).fill(1 / 64),
  },
  labels: Uint8Array.from({ length: ROWS }, (_, i) => (i * 7) % 10),
  rows: Uint32Array.from({ length: ROWS }, (_, i) => i),
}

/** A short training from nothing; the SHA-256 of all losses and of the weights it ends with. */
function train(
  kernels: Kernels,
  kind: UpdateRule['kind'],
  activation: Activation,
  batchNorm: boolean,
  dropout: number,
): string {
  const architecture = {
    inputs: COLUMNS,
    hidden: [20, 13],
    classes: 10,
    activation,
    maxoutPieces: 2,
    batchNorm,
  }
  const network = createNetwork(kernels, architecture, BATCH, {
    optimizer: kind,
    reg: 1e-3,
    dropout,
    dropoutSeed: (layer) => seedWords(['golden', layer]),
  })
  writeNetwork(network, initialState(architecture, null, ['golden']))
  const hash = createHash('sha256')
  const optimizer = { ...DEFAULT_OPTIMIZER, kind }
  for (let step = 1; step <= STEPS; step++) {
    const start = ((step - 1) * BATCH) % ROWS
    const loss = trainStep(
      network,
      examples,
      examples.rows,
      start,
      BATCH,
      step,
      updateRule(optimizer, 0.01, step),
    )
    hash.update(Float64Array.of(loss))
  }
  for (const { data } of Object.values(readNetwork(network))) hash.update(Float32Array.from(data))
  kernels.close()
  return hash.digest('hex').slice(0, 16)
}

const CASES = [
  ['momentum', 'relu', false, 0],
  ['adam', 'tanh', true, 0.3],
  ['nesterov', 'sigmoid', true, 0],
  ['sgd', 'maxout', false, 0.5],
  ['adam', 'relu', true, 0.3],
] as const

const GOLDEN = {
  fma: ['0fef52646fc5ee02', '6f43c0f390fad37e', '3b9680db9857f21c', '719294e0716c35fc', '2a5ee0315aa7ea9a'],
  muladd: [
    '83b0a2c593f6271d',
    '84efdf1374d24211',
    'a9723f9d73696d31',
    '170ab201f35ccaa0',
    '09f1a167152f7b97',
  ],
}

describe.each(['fma', 'muladd'] as const)(
  '60 steps in %s arithmetic end with the same bits as ever',
  (arithmetic) => {
    const backends: [string, () => Kernels][] = [
      ['the plain reference', () => createPlainKernels({ precision: 'float32', arithmetic })],
      ['whatever is chosen here', () => openKernels({ arithmetic })],
    ]
    const expectGolden = (open: () => Kernels): void => {
      const digests = CASES.map(([kind, activation, batchNorm, dropout]) =>
        train(open(), kind, activation, batchNorm, dropout),
      )
      expect(digests).toEqual(GOLDEN[arithmetic])
    }
    test.each(backends)('with %s', (_name, open) => expectGolden(open))
    for (const variant of VARIANTS.filter((each) => each.arithmetic === arithmetic)) {
      // Not built without a C compiler, say; and fused arithmetic runs on no processor that does not fuse.
      const runs = 'module' in load(variant) && openKernels({ arithmetic }).backend === 'wasm'
      test.skipIf(!runs)(`with ${variant.name}`, () => expectGolden(() => openVariant(variant)))
    }
  },
)
