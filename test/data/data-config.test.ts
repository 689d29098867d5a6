import { describe, expect, it } from 'vitest'
import { dataSchema, preprocessSchema, resolveDataPaths, splitSchema } from '../../src/data/data-config.ts'

describe('the data blocks of a study file', () => {
  it('have defaults for everything', async () => {
    expect(splitSchema.parse(undefined)).toEqual({})
    expect(preprocessSchema.parse(undefined)).toEqual({ kind: 'auto', whiten: false, biasTrick: false })
    expect(dataSchema.parse({ source: 'generated' })).toEqual(dataSchema.parse(undefined))
    expect(dataSchema.parse(undefined)).toEqual({ source: 'generated', count: 12_000, seed: 0 })
  })

  it('take paths from the folder of the study file', async () => {
    const settings = {
      data: dataSchema.parse({ source: 'npy', path: '../x.npy', labels: '/data/y.npy' }),
      split: splitSchema.parse(undefined),
      preprocess: preprocessSchema.parse(undefined),
    }
    expect(resolveDataPaths(settings, '/studies/one').data).toEqual({
      source: 'npy',
      path: '/studies/x.npy',
      labels: '/data/y.npy',
    })
  })

  it.each([
    [dataSchema, { source: 'mnist' }],
    [dataSchema, { source: 'cifar10' }],
    [dataSchema, { source: 'generated', path: 'x' }],
    [dataSchema, { source: 'generated', count: 1e9 }],
    [splitSchema, { train: 1.5 }],
    [splitSchema, { train: -1 }],
    [splitSchema, { train: Number.NaN }],
    [splitSchema, { folds: 1 }],
    [preprocessSchema, 'centre'],
    [preprocessSchema, { whiten: true }],
    [preprocessSchema, { pca: 0 }],
  ])('%# refuse what makes no sense', (schema, given) => {
    expect(schema.safeParse(given).success).toBe(false)
  })
})
