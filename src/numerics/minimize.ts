/** A function and its gradient: writes the gradient at `x` into `gradient` and returns the value; Infinity if there is none. */
export type Slope = (x: Float64Array, gradient: Float64Array) => number

export interface MinimizeOptions {
  /** Bounds for each coordinate. */
  readonly low: ArrayLike<number>
  readonly high: ArrayLike<number>
  /** How often the function is evaluated at most. */
  readonly evaluations: number
  /** How far the first step goes, in the largest coordinate. */
  readonly firstStep: number
  /** It ends when no coordinate of a step is larger. */
  readonly tolerance: number
}

/** How many steps the curvature is remembered for. */
const MEMORY = 8

/**
 * A local minimum in a box, downhill from `start` by L-BFGS: coordinates at a bound that the gradient would push past
 * it are held, and steps are cut off at the bounds. Returns the place and its value; `start` is left as it is.
 * Source: J. Nocedal and S. J. Wright, Numerical Optimization (2006), 7.2; D. P. Bertsekas (1982) for the bounds.
 */
export function minimize(
  slope: Slope,
  start: ArrayLike<number>,
  options: MinimizeOptions,
): { readonly place: Float64Array; readonly value: number } {
  const { low, high } = options
  const n = start.length
  let place = Float64Array.from(start)
  let gradient = new Float64Array(n)
  let value = slope(place, gradient)
  let next = new Float64Array(n)
  let nextGradient = new Float64Array(n)
  const steps: Float64Array[] = []
  const changes: Float64Array[] = []
  for (let evaluations = 1; evaluations < options.evaluations && value < Infinity; ) {
    const direction = downhill(gradient, steps, changes)
    let descent = 0
    let largest = 0
    for (let i = 0; i < n; i++) {
      const held = (place[i]! <= low[i]! && gradient[i]! > 0) || (place[i]! >= high[i]! && gradient[i]! < 0)
      if (held) direction[i] = 0
      descent += direction[i]! * gradient[i]!
      largest = Math.max(largest, Math.abs(direction[i]!))
    }
    if (descent >= 0 || largest === 0) {
      if (steps.length === 0) break
      steps.length = 0
      changes.length = 0
      continue
    }
    // The first step has no curvature to go by; a later one is never longer than ten times it.
    let length = Math.min(1, (steps.length === 0 ? options.firstStep : 10 * options.firstStep) / largest)
    let found = false
    while (!found && evaluations < options.evaluations && length * largest > options.tolerance) {
      let expected = 0
      for (let i = 0; i < n; i++) {
        next[i] = Math.min(high[i]!, Math.max(low[i]!, place[i]! + length * direction[i]!))
        expected += gradient[i]! * (next[i]! - place[i]!)
      }
      const nextValue = slope(next, nextGradient)
      evaluations++
      if (nextValue <= value + 1e-4 * expected) {
        remember(steps, changes, place, next, gradient, nextGradient)
        value = nextValue
        ;[place, next] = [next, place]
        ;[gradient, nextGradient] = [nextGradient, gradient]
        found = true
      } else length *= 0.3
    }
    if (!found) break
  }
  return { place, value }
}

/** The direction of the quasi-Newton step: minus the gradient times the inverse curvature that is remembered. */
function downhill(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const direction = gradient.map((slope) => -slope)
  const weights = new Float64Array(steps.length)
  for (let k = steps.length - 1; k >= 0; k--) {
    weights[k] = product(steps[k]!, direction) / product(steps[k]!, changes[k]!)
    addTo(direction, changes[k]!, -weights[k]!)
  }
  const last = steps.length - 1
  if (last >= 0) {
    const scale = product(steps[last]!, changes[last]!) / product(changes[last]!, changes[last]!)
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale
  }
  for (let k = 0; k < steps.length; k++) {
    const weight = product(changes[k]!, direction) / product(steps[k]!, changes[k]!)
    addTo(direction, steps[k]!, weights[k]! - weight)
  }
  return direction
}

function remember(
  steps: Float64Array[],
  changes: Float64Array[],
  place: Float64Array,
  next: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const step = next.map((x, i) => x - place[i]!)
  const change = nextGradient.map((g, i) => g - gradient[i]!)
  if (product(step, change) <= 1e-12 * product(change, change)) return
  steps.push(step)
  changes.push(change)
  if (steps.length > MEMORY) {
    steps.shift()
    changes.shift()
  }
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function addTo(sum: Float64Array, terms: Float64Array, weight: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += weight * terms[i]!
}
