import { describe, expect, test } from 'vitest'
import { choice, int, study } from '../../src/index.ts'

const batches = {
  batch: choice([8, 16, 32, 64, 128, 256, 512, 1024]),
  accum: int(1, 128),
  gpus: int(1, 64),
}

describe('a study whose parameters are tied by an equation', () => {
  test('tries all its points, the same ones on 1, 2 and 5 workers, and claims no more than it knows', async () => {
    const ends = await Promise.all(
      [1, 2, 5].map(async (workers) => {
        const tuning = study({
          name: 'batches',
          direction: 'minimize',
          space: batches,
          require: 'batch * accum * gpus == 4096',
          stages: [{ name: 'all', trials: 60, epochs: 1, sampler: 'random' }],
          // Trials end in another order on each number of workers.
          objective: async ({ params, seed }) => {
            for (let turn = 0; turn < seed % 7; turn++) await Promise.resolve()
            return params.accum
          },
        })
        await tuning.run({ workers })
        const { endReason } = tuning.record()!
        return { digest: tuning.digest(), trials: tuning.trials().length, endReason }
      }),
    )
    // 2^(3 + i) · 2^j · 2^k with i, j and k up to 7, 7 and 6 and the sum 9: 43 ways.
    expect(ends[0]).toMatchObject({
      trials: 43,
      endReason: 'stage all has found no further point that satisfies require (43 trials)',
    })
    expect(ends[1]).toEqual(ends[0])
    expect(ends[2]).toEqual(ends[0])
  })
})
