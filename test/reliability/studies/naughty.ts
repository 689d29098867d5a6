import { defineObjective } from '../../../src/objective/define.ts'
import { float } from '../../../src/space/constructors.ts'

/** Healthy work takes this long. */
const WORK_MS = 100

/** A tenth of the trials each loop for ever, exit, fill the heap or throw. */
export function behaviourOf(draw: number): 'loop' | 'exit' | 'heap' | 'throw' | 'well' {
  return (['loop', 'exit', 'heap', 'throw'] as const)[Math.floor(draw * 10)] ?? 'well'
}

/** Whether a trial misbehaves, and how, is drawn by the study like any other parameter. */
export default defineObjective({ behaviour: float(0, 1) }, function* ({ params, number }) {
  const kind = behaviourOf(params.behaviour)
  if (kind === 'loop') for (;;) {}
  if (kind === 'exit') process.exit(7)
  if (kind === 'heap') {
    const hoard: number[][] = []
    for (;;) hoard.push(new Array<number>(1_000_000).fill(number + 0.5))
  }
  if (kind === 'throw') throw new Error('I always throw')
  const until = performance.now() + WORK_MS
  while (performance.now() < until) {}
  yield { step: 1, value: number, metrics: {} }
})
