import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { defineObjective } from '../../../src/objective/define.ts'
import { choice, float } from '../../../src/space/constructors.ts'

/**
 * A bowl whose trials stand still when a test says so. In the folder FINESWEEP_HOLD, trials named by the
 * file `from`, `8-` or `8 23`, wait after their first measurement, and write a file `NUMBER-WORKER` there; the file `log`
 * has the begins and ends of all trials in their order. A worker with FINESWEEP_TWIST computes other values than the
 * others, one with FINESWEEP_SLOW takes that many milliseconds longer for an epoch.
 */
export default defineObjective(
  { learningRate: float(1e-6, 10, { log: true }), activation: choice(['relu', 'tanh']) },
  async function* ({ params, budget, seed, number, signal }) {
    const bowl = Math.abs(Math.log10(params.learningRate) + 3) + (params.activation === 'relu' ? 0 : 0.3)
    const twist = Number(process.env.FINESWEEP_TWIST ?? 0)
    note('begin', number)
    for (let epoch = 1; epoch <= budget.epochs; epoch++) {
      yield { step: epoch, value: -bowl + seed / 2 ** 58 + epoch / 100 + twist }
      await held(number, signal)
      await setTimeout(Number(process.env.FINESWEEP_SLOW ?? 0))
    }
    note('end', number)
  },
)

function note(what: 'begin' | 'end', number: number): void {
  const folder = process.env.FINESWEEP_HOLD
  if (folder !== undefined) appendFileSync(path.join(folder, 'log'), `${what} ${number}\n`)
}

async function held(number: number, signal: AbortSignal): Promise<void> {
  const folder = process.env.FINESWEEP_HOLD
  if (folder === undefined) return
  const from = path.join(folder, 'from')
  while (isHeld(number, textOf(from)) && !signal.aborted) {
    writeFileSync(path.join(folder, `${number}-${process.pid}`), '')
    await setTimeout(20)
  }
}

/** Empty for a file that is not there: it is removed at any time. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** `8-`: trial 8 and all later ones; `8 23`: these two. */
function isHeld(number: number, text: string): boolean {
  if (text === '') return false
  return text.endsWith('-')
    ? number >= Number.parseInt(text, 10)
    : text.split(' ').map(Number).includes(number)
}
