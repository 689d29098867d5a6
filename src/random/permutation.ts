/** Shuffles `items` in place, each order equally likely (Fisher-Yates); returns it. */
export function shuffle<T extends Uint32Array | unknown[]>(
  items: T,
  generator: { below(bound: number): number },
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = generator.below(i + 1)
    const held = items[i]
    items[i] = items[j] as never
    items[j] = held as never
  }
  return items
}
