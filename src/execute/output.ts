/** Where goes what objectives say: called on the thread that has the executor. */
export interface OutputOptions {
  /** Gets what objectives print; by default it goes to stderr. */
  readonly onPrint?: ((text: string, trial: number | null) => void) | undefined
  /** Gets the sentences that they warn with, without full stops; by default `onPrint` gets them, worded for the user. */
  readonly onWarning?: ((sentence: string, trial: number) => void) | undefined
}

/** The options with their defaults. */
export type Output = { readonly [K in keyof OutputOptions]-?: NonNullable<OutputOptions[K]> }

export function openOutput({ onPrint = printToStderr, onWarning }: OutputOptions): Output {
  const printWarning = (sentence: string, trial: number): void =>
    onPrint(`${describeWarning(`trial ${trial}`, sentence)}\n`, trial)
  return { onPrint, onWarning: onWarning ?? printWarning }
}

/** An objective's warning, worded for the user. @param trial which one, in words */
export function describeWarning(trial: string, sentence: string): string {
  return `Warning: ${trial}: ${sentence}.`
}

function printToStderr(text: string): void {
  process.stderr.write(text)
}
