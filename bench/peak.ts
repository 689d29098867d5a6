import { load, peakRunner, VARIANTS } from '../src/train/kernels/wasm/variants.ts'
import { median } from './train-work.ts'

/** Figures taken while the machine's peak moved by more than this say more of its neighbours than of what was measured. */
const MOST_DRIFT = 0.15
const LOOK_MS = 1000

/** Multiply-adds on registers alone, GFLOP/s of one core: the median over a second. */
export function measurePeak(): number {
  const widest = VARIANTS.find((variant) => variant.arithmetic === 'fma' && 'module' in load(variant))
  if (widest === undefined) return Number.NaN
  const run = peakRunner(widest)
  const seen: number[] = []
  for (const end = performance.now() + LOOK_MS; performance.now() < end; ) seen.push(run())
  return median(seen)
}

/** Whether figures taken between two looks at the peak may be compared; says so on stderr if not. */
export function isSteady(before: number, after: number): boolean {
  // Without a variant there is no peak.
  if (Number.isNaN(before) || before === 0) return true
  const drift = Math.abs(after - before) / Math.max(before, after)
  if (drift <= MOST_DRIFT) return true
  console.error(
    `The machine's peak went from ${before.toFixed(0)} to ${after.toFixed(0)} GFLOP/s meanwhile: no comparison. Try again when it is quiet.`,
  )
  return false
}

/** `646 (601 to 660)`: the median of some figures with their ends. */
export function withSpread(figures: readonly number[], digits: number): string {
  const [low, high] = [Math.min(...figures), Math.max(...figures)]
  return `${median(figures).toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`
}
