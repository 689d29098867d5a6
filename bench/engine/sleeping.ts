import { setTimeout } from 'node:timers/promises'
import { defineObjective } from '../../src/objective/define.ts'
import { float } from '../../src/space/constructors.ts'

/** Stands for a second of work that costs this machine nothing. */
export default defineObjective({ x: float(0, 1) }, async function* ({ params }) {
  await setTimeout(1000)
  yield { step: 1, value: params.x }
})
