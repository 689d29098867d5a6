/**
 * The name that a mistyped one most likely means; undefined if none is near. Case and punctuation count for little:
 * `learning_rate` means `learningRate`. Ties go to the earlier candidate.
 */
export function closestName(typed: string, candidates: Iterable<string>): string | undefined {
  const bare = bareName(typed)
  if (bare === '' || typed.length > 60) return undefined
  let best: string | undefined
  let bestDistance = Math.floor(bare.length / 3) + 1
  for (const candidate of candidates) {
    if (candidate === typed) continue
    const distance = editDistance(bare, bareName(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function bareName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one into the other (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
