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
  if (typeof env !== 'object' || env === null)
    throw new Error(`readTrial: env must be an object of texts, got ${shown(env)}`)
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
 * @param options the step rises from 1; it is the next one if it is not given
 * @throws Error for what is no measurement
 */
export function report(
  value: number,
  options: { readonly step?: number; readonly metrics?: Readonly<Record<string, number>> } = {},
): void {
  checkReport(value, options)
  const { step, metrics = {} } = options
  const written = (figure: number): string =>
    Number.isFinite(figure) ? JSON.stringify(figure) : String(Number(figure))
  const figures = Object.entries(metrics).map(
    ([name, figure]) => `${JSON.stringify(name)}: ${written(figure)}`,
  )
  const parts = [`"value": ${written(value)}`, `"metrics": {${figures.join(', ')}}`]
  if (step !== undefined) parts.unshift(`"step": ${step}`)
  process.stdout.write(`{${parts.join(', ')}}\n`)
}

/** What JavaScript may pass: it would be written as another number, or be ignored. */
function checkReport(value: unknown, options: unknown): void {
  const wrong = (rule: string, seen: unknown): Error => new Error(`report: ${rule}, got ${shown(seen)}`)
  if (typeof value !== 'number') throw wrong('value must be a number', value)
  if (!isObject(options)) throw wrong('its options must be { step, metrics }', options)
  const unknown = Object.keys(options).find((name) => name !== 'step' && name !== 'metrics')
  if (unknown !== undefined) throw wrong('its options are step and metrics', unknown)
  const { step, metrics = {} } = options
  if (step !== undefined && !(Number.isSafeInteger(step) && Number(step) >= 1))
    throw wrong('step must be a whole number of at least 1', step)
  if (!isObject(metrics)) throw wrong('metrics must be an object of numbers', metrics)
  for (const [name, metric] of Object.entries(metrics))
    if (typeof metric !== 'number') throw wrong(`metrics.${name} must be a number`, metric)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  // A Map or a Date has no keys.
  return Object.prototype.toString.call(value) === '[object Object]'
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
