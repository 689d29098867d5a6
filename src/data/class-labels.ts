import { type Labels, MAX_CLASSES, sharedFloat64s, sharedLabels } from './data-set.ts'
import { malformed } from './read-file.ts'
import { type NumberStyle, PLAIN_NUMBERS } from './table/cells.ts'
import { sortTexts } from './table/input-columns.ts'

/**
 * Numbers the classes that occur: numbers by their value, otherwise texts by their characters' codes.
 * `file` is named if there are more than 65,536 of them.
 * @param style how numbers among the texts are written
 */
export function numberClasses(
  texts: readonly string[],
  file: string,
  style: NumberStyle = PLAIN_NUMBERS,
): { readonly labels: Labels; readonly classes: readonly string[] } {
  const distinct = [...new Set(texts)]
  if (distinct.length > MAX_CLASSES) {
    throw malformed(
      file,
      `has ${distinct.length} different labels; at most ${MAX_CLASSES} classes are possible`,
    )
  }
  const classes = sortTexts(distinct, style)
  const numbers = new Map(classes.map((text, number) => [text, number]))
  return {
    labels: sharedLabels(
      texts.map((text) => numbers.get(text)!),
      classes.length,
    ),
    classes,
  }
}

/** The parts of a data set that learns a number; @param name the target's, for people */
export function numberTargets(
  targets: readonly number[],
  name: string,
): { readonly labels: Labels; readonly classes: readonly string[]; readonly targets: Float64Array } {
  const shared = sharedFloat64s(targets.length)
  shared.set(targets)
  return { labels: sharedLabels(new Uint8Array(targets.length), 1), classes: [name], targets: shared }
}
