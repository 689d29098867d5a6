import { defineObjective } from '../../../src/objective/define.ts'
import { choice, float, int } from '../../../src/space/constructors.ts'

/** A bowl that takes a few milliseconds of work an epoch, and diverges where the learning rate is too high. */
export default defineObjective(
  {
    learningRate: float(1e-6, 10, { log: true }),
    units: int(8, 256, { log: true }),
    activation: choice(['relu', 'tanh']),
  },
  function* ({ params, budget, seed }) {
    const { learningRate, units, activation } = params
    for (let epoch = 1; epoch <= budget.epochs; epoch++) {
      let noise = seed
      for (let i = 0; i < 100_000; i++) noise = (noise * 1103515245 + 12345) % 2147483648
      const distance = Math.abs(Math.log10(learningRate) + 3) + (activation === 'relu' ? 0 : 0.3)
      const value = learningRate > 1 ? NaN : -distance - 8 / units + noise / 2 ** 36 + epoch / 100
      yield { step: epoch, value, metrics: { noise, epoch } }
    }
  },
)
