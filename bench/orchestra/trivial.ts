import { defineObjective } from '../../src/objective/define.ts'
import { float } from '../../src/space/constructors.ts'

/** Measures at once whatever its budget allows, and does nothing else. */
export default defineObjective({ x: float(0, 1) }, function* ({ params, budget }) {
  for (let step = 1; step <= budget.epochs; step++) {
    yield { step, value: params.x / step, metrics: { loss: params.x, accuracy: 1 - params.x } }
  }
})
