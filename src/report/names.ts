import { own } from '../space/own.ts'

const SHORT_WORDS: Readonly<Record<string, string>> = {
  accuracy: 'acc',
  dimension: 'dim',
  probability: 'prob',
}

/** A parameter's name where room is scarce: `lr` for learningRate, else as it is. */
export function shortName(name: string): string {
  return name === 'learningRate' ? 'lr' : name
}

/** The heading of a column: `LR`, `LR STD`, `VALID ACC`, `WEIGHT DECAY`. */
export function heading(name: string): string {
  const words = name
    .replace(/^learningRate(?=$|Std$)/, 'lr')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_]+/)
  return words
    .map((word) => own(SHORT_WORDS, word.toLowerCase()) ?? word)
    .join(' ')
    .toUpperCase()
}
