import { defineObjective, float, int } from 'finesweep/objective'

/** Measured heights of a thrown ball, every quarter of a second; the model is v0 t - g t^2 / 2. */
const measured = [0.02, 1.49, 2.01, 1.52, 0.03]

/** Fits v0 and g by gradient descent from a start that depends on the seed; an epoch is `passes` passes over the data. */
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
      // No check is needed here: NaN and infinities end the trial as diverged.
      yield { step: epoch, value: error, metrics: { speed, gravity } }
    }
  },
)
