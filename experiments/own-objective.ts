import { defineObjective, float, int } from 'finesweep/objective'

/** How far a falling ball is from where it was measured: x0 + v0 t - g t^2 / 2. */
const measured = [0.02, 1.49, 2.01, 1.52, 0.03]

/** Gradient descent on v0 and g from a drawn start, one pass over the measurements an epoch. */
export default defineObjective(
  {
    learningRate: float(1e-4, 10, { log: true }),
    momentum: float(0, 0.99),
    passes: int(1, 20, { log: true }),
  },
  function* ({ params, budget, seed }) {
    let [speed, gravity] = [(seed % 7) - 3, 0]
    let [speedVelocity, gravityVelocity] = [0, 0]
    for (let epoch = 1; epoch <= budget.epochs; epoch++) {
      let error = 0
      for (let pass = 0; pass < params.passes; pass++) {
        error = 0
        let [speedGradient, gravityGradient] = [0, 0]
        for (const [i, height] of measured.entries()) {
          const time = i / 4
          const miss = speed * time - (gravity * time * time) / 2 - height
          error += (miss * miss) / measured.length
          speedGradient += (2 * miss * time) / measured.length
          gravityGradient -= (miss * time * time) / measured.length
        }
        speedVelocity = params.momentum * speedVelocity - params.learningRate * speedGradient
        gravityVelocity = params.momentum * gravityVelocity - params.learningRate * gravityGradient
        speed += speedVelocity
        gravity += gravityVelocity
      }
      // NaN and infinities end the trial as diverged: nothing to look after here.
      yield { step: epoch, value: error, metrics: { speed, gravity } }
    }
  },
)
