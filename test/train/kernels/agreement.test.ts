import { describe, expect, test } from 'vitest'
import { agreesWithPlain, digestOfSmallStep } from '../../../src/train/kernels/agreement.ts'
import { createPlainKernels } from '../../../src/train/kernels/plain/plain-kernels.ts'

describe.each(['fma', 'muladd'] as const)('with %s', (arithmetic) => {
  test('the plain reference gives the bits that variants are held to', () => {
    expect(agreesWithPlain(createPlainKernels({ precision: 'float32', arithmetic }))).toBe(true)
  })

  test('kernels that round otherwise are found out', () => {
    const kernels = createPlainKernels({ precision: 'float32', arithmetic })
    const other = createPlainKernels({
      precision: 'float32',
      arithmetic: arithmetic === 'fma' ? 'muladd' : 'fma',
    })
    expect(digestOfSmallStep(other)).not.toBe(digestOfSmallStep(kernels))
    expect(agreesWithPlain({ ...other, arithmetic })).toBe(false)
  })
})
