import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** By table, setting and number of trials: the best value of each seed. */
export type OptunaResults = Readonly<Record<string, Record<string, Record<string, readonly number[]>>>>

/** Optuna's samplers on the same tables; null, with a line that says so, where $FINESWEEP_PYTHON or python3 has no Optuna. */
export async function searchWithOptuna(
  tables: string,
  seeds: number,
  trials: number,
): Promise<OptunaResults | null> {
  const python = process.env.FINESWEEP_PYTHON ?? 'python3'
  const run = promisify(execFile)
  try {
    await run(python, ['-c', 'import optuna, numpy'])
  } catch {
    console.error(`${python} has no optuna: left out. Point FINESWEEP_PYTHON at a Python that has it.`)
    return null
  }
  const script = fileURLToPath(new URL('./optuna_tables.py', import.meta.url))
  const words = [script, '--tables', tables, '--seeds', String(seeds), '--trials', String(trials)]
  const { stdout } = await run(python, words, { maxBuffer: 2 ** 28 })
  return JSON.parse(stdout) as OptunaResults
}
