/**
 * A number as people and programs write it: decimal, with or without an exponent, `nan` or `inf` in any case and with
 * any sign. Null for anything else, also for what only programming languages read, such as 0x1F.
 */
export function readDecimal(text: string): number | null {
  const word = text.trim().toLowerCase()
  if (/^[+-]?nan$/.test(word)) return Number.NaN
  const infinite = /^([+-]?)inf(inity)?$/.exec(word)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word) ? Number(word) : null
}
