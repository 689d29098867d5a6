/**
 * `finesweep/program`: for programs in JavaScript that are an objective's command. Nothing else of this package is
 * loaded. In another language see docs/commands.md: it is a few variables and lines of JSON.
 */

/** The trial that this program runs. */
export interface ProgramTrial {
  readonly params: Readonly<Record<string, number | string | boolean>>
  /** Its number in the study, from 0. */
  readonly trial: number
  /** In [0, 2^31). */
  readonly seed: number
  readonly epochs: number
  /** A folder for the trial's files; kept if the trial is among the best. */
  readonly dir: string
  /** The folder of the trial that this one continues; null to start from scratch. */
  readonly continued: string | null
  /** Which of the trials that run at the same time this is, from 0. */
  readonly slot: number
}

/** Reads the trial that finesweep started this program for. @throws Error if the program was not started by finesweep */
export function readTrial(env: NodeJS.ProcessEnv = process.env): ProgramTrial {
  const read = (name: string): string => {
    const text = env[`FINESWEEP_${name}`]
    if (text === undefined)
      throw new Error(`FINESWEEP_${name} is not set: finesweep did not start this program`)
    return text
  }
  return {
    params: JSON.parse(read('PARAMS')),
    trial: Number(read('TRIAL')),
    seed: Number(read('SEED')),
    epochs: Number(read('EPOCHS')),
    dir: read('DIR'),
    continued: env.FINESWEEP_CONTINUED ?? null,
    slot: Number(read('SLOT')),
  }
}

/**
 * Reports a measurement, as a line on stdout. Numbers that JSON has no word for are written as Python does: NaN, Infinity.
 * @param step rises from 1; the next one if it is not given
 */
export function report(
  value: number,
  {
    step,
    metrics = {},
  }: { readonly step?: number; readonly metrics?: Readonly<Record<string, number>> } = {},
): void {
  const written = (figure: number): string =>
    Number.isFinite(figure) ? JSON.stringify(figure) : String(Number(figure))
  const figures = Object.entries(metrics).map(
    ([name, figure]) => `${JSON.stringify(name)}: ${written(figure)}`,
  )
  const parts = [`"value": ${written(value)}`, `"metrics": {${figures.join(', ')}}`]
  if (step !== undefined) parts.unshift(`"step": ${step}`)
  process.stdout.write(`{${parts.join(', ')}}\n`)
}
