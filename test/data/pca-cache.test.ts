import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PrincipalComponents } from '../../src/data/pca.ts'
import { cachedFit, type FitKey } from '../../src/data/pca-cache.ts'
import { temporaryFolder, writeIn } from './data-files.ts'

const made: PrincipalComponents = {
  mean: Float64Array.of(1, 2, Number.MIN_VALUE),
  eigenvalues: Float64Array.of(0.1, 1e-300),
  components: Float64Array.of(1, 2, 3, 4, 5, -0),
  k: 2,
}
const key: FitKey = {
  data: 'abc',
  kind: 'mean',
  rows: Uint32Array.of(3, 1, 2),
  columns: 3,
  k: 2,
  arithmetic: 'plain float64',
}

/** `cachedFit`, with the number of times that it had to compute. */
function fits(
  folder: string,
  keys: readonly FitKey[],
): { readonly computed: number; readonly last: PrincipalComponents } {
  let computed = 0
  let last = made
  for (const each of keys) {
    last = cachedFit(folder, each, () => {
      computed++
      return made
    })
  }
  return { computed, last }
}

describe('kept principal components', () => {
  it('are computed once and then read, to the last bit', () => {
    const folder = path.join(temporaryFolder(), 'new', 'cache')
    const { computed, last } = fits(folder, [key, key, { ...key, rows: key.rows.slice() }])
    expect(computed).toBe(1)
    expect(last).toEqual(made)
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('are computed anew for other data, rows, scaling, counts or arithmetic', () => {
    const others = [
      { ...key, data: 'abd' },
      { ...key, kind: 'unit' },
      { ...key, rows: Uint32Array.of(1, 3, 2) },
      { ...key, arithmetic: 'other' },
    ]
    expect(fits(temporaryFolder(), [key, ...others]).computed).toBe(5)
  })

  it('are computed anew when the file is damaged anywhere, and the file is written again', () => {
    const folder = temporaryFolder()
    fits(folder, [key])
    const file = path.join(folder, readdirSync(folder)[0]!)
    const whole = readFileSync(file)
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, flip, cut) => {
          const damaged = Buffer.from(whole)
          damaged[at] = damaged[at]! ^ flip
          writeFileSync(file, cut ? whole.subarray(0, at) : damaged)
          const { computed, last } = fits(folder, [key, key])
          expect(computed).toBe(1)
          expect(last).toEqual(made)
          expect(readFileSync(file)).toEqual(whole)
        },
      ),
      { numRuns: 60 },
    )
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('are done without where no folder is given or none can be made', () => {
    expect(cachedFit(undefined, key, () => made)).toBe(made)
    const file = writeIn(temporaryFolder(), 'file', 'x')
    expect(fits(path.join(file, 'cache'), [key, key]).computed).toBe(2)
  })
})
