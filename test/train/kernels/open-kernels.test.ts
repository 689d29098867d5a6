import { describe, expect, test } from 'vitest'
import {
  byPreference,
  chooseArithmetic,
  describeKernels,
  openKernels,
} from '../../../src/train/kernels/open-kernels.ts'
import { VARIANTS } from '../../../src/train/kernels/wasm/variants.ts'

describe('opening kernels', () => {
  test('auto gives the arithmetic of the machine, whatever the backend', () => {
    const chosen = chooseArithmetic()
    for (const backend of ['auto', 'plain'] as const) {
      const kernels = openKernels({ backend })
      expect(kernels.arithmetic).toBe(chosen)
      kernels.close()
    }
  })

  test('an arithmetic that is asked for is given, if need be by the plain reference', () => {
    for (const arithmetic of ['fma', 'muladd'] as const) {
      const kernels = openKernels({ arithmetic })
      expect(kernels.arithmetic).toBe(arithmetic)
      kernels.close()
    }
  })

  test.each([
    [[100, 90, 50], [512, 256, 128], 'the widest wins'],
    [[90, 100, 50], [512, 256, 128], 'the widest wins although another one was a little faster'],
    [[70, 100, 50], [256, 512, 128], 'the widest has lost clearly'],
    [[20, 85, 100], [256, 128, 512], 'the wider of two that are about as fast'],
    [[0, 0, 0], [512, 256, 128], 'nothing was measured'],
  ])('of tiles at %j GFLOP/s, 512 bits first, those of %j bits are tried in turn: %s', (speeds, bits) => {
    const fused = VARIANTS.filter(({ arithmetic }) => arithmetic === 'fma')
    expect(byPreference(fused, speeds).map((variant) => variant.bits)).toEqual(bits)
  })

  test('the description names one choice for each arithmetic and a reason for every other candidate', () => {
    const { candidates, variant, arithmetic } = describeKernels()
    for (const each of ['fma', 'muladd'] as const) {
      const own = candidates.filter((candidate) => candidate.arithmetic === each)
      expect(own.filter((candidate) => candidate.state === 'chosen')).toHaveLength(1)
      for (const { state, reason } of own) expect(reason === null).toBe(state === 'chosen')
      // On a busy machine a narrower tile may measure faster than the one that is used.
      const reached = own.find(({ state }) => state === 'chosen')!.gflops ?? 0
      const slower = own.filter(({ reason }) => reason === 'slower')
      expect(slower.filter(({ gflops }) => gflops! > reached)).toEqual([])
    }
    const chosen = candidates.find((candidate) => candidate.name === variant)
    expect(chosen).toMatchObject({ arithmetic, state: 'chosen' })
  })

  test('kernels that are open at the same time do not share memory', () => {
    const first = openKernels()
    const second = openKernels()
    const a = first.createMatrix(2, 3)
    const b = second.createMatrix(2, 3)
    a.data.fill(1)
    b.data.fill(2)
    expect(new Set(a.data)).toEqual(new Set([1]))
    first.close()
    second.close()
  })

  test('memory that was given back is zero when it is used again', () => {
    const first = openKernels()
    first.createMatrix(50, 50).data.fill(7)
    first.close()
    first.close()
    const second = openKernels()
    const third = openKernels()
    expect(new Set(second.createMatrix(50, 50).data)).toEqual(new Set([0]))
    third.createMatrix(50, 50).data.fill(3)
    expect(new Set(second.createMatrix(10, 10).data)).toEqual(new Set([0]))
    second.close()
    third.close()
  })

  test('views stay right when later matrices make the memory grow', () => {
    const kernels = openKernels()
    const early = kernels.createMatrix(3, 8)
    early.data.set([1, 2, 3])
    kernels.createMatrix(4000, 1000)
    expect([...early.data.subarray(0, 3)]).toEqual([1, 2, 3])
    kernels.close()
  })
})
