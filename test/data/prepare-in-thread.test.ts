import path from 'node:path'
import { expect, test } from 'vitest'
import { type DataSettings, dataSchema, preprocessSchema, splitSchema } from '../../src/data/data-config.ts'
import { prepareData } from '../../src/data/prepare-data.ts'
import { PreparationStopped, prepareDataInThread } from '../../src/data/prepare-in-thread.ts'
import { UserError } from '../../src/errors.ts'

function digitsWith(preprocess: object, file = 'test/fixtures/data-digits.csv.gz'): DataSettings {
  return {
    data: dataSchema.parse({ source: 'csv', path: path.resolve(file), shape: [8, 8] }),
    split: splitSchema.parse({}),
    preprocess: preprocessSchema.parse(preprocess),
  }
}

test('data prepared in a thread of their own are the same, in shared memory, and their progress is told', async () => {
  const settings = digitsWith({ kind: 'standardize', pca: 10, whiten: true })
  const steps = new Set<string>()
  const prepared = await prepareDataInThread(settings, { onProgress: (step) => steps.add(step) })
  expect(prepared).toEqual(await prepareData(settings))
  expect(prepared.folds[0]!.train.inputs.values.buffer).toBeInstanceOf(SharedArrayBuffer)
  expect([...steps]).toEqual(['reading the data', 'finding 10 principal components', 'rotating the rows'])
})

test('what the thread refuses is told with its place and its way out', async () => {
  const settings = digitsWith({ pca: 3 }, 'test/fixtures/no-such-file.csv')
  const told = await prepareDataInThread(settings).catch((error: unknown) => error)
  expect(told).toBeInstanceOf(UserError)
  const { code, message, hint } = (await prepareData(settings).catch((error: unknown) => error)) as UserError
  expect(told).toMatchObject({ code, message, hint })
})

test('a preparation is given up as soon as its signal is aborted', async () => {
  const settings = digitsWith({ pca: 10 })
  const control = new AbortController()
  const prepared = prepareDataInThread(settings, {
    signal: control.signal,
    onProgress: () => control.abort(),
  })
  await expect(prepared).rejects.toThrow(PreparationStopped)
  await expect(prepareDataInThread(settings, { signal: control.signal })).rejects.toThrow(PreparationStopped)
})
