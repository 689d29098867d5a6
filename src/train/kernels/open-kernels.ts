import { UserError } from '../../errors.ts'
import { agreesWithPlain, isFused } from './agreement.ts'
import type { Arithmetic, Kernels } from './kernels.ts'
import { compileInBackground } from './native/compile.ts'
import { createPlainKernels } from './plain/plain-kernels.ts'
import {
  describeVariant,
  findProducts,
  forgetFailure,
  load,
  measureTiles,
  openVariant,
  raceTiles,
  VARIANTS,
  type Variant,
} from './wasm/variants.ts'

export interface KernelOptions {
  /** `auto`: WASM where it runs, the plain reference otherwise. */
  readonly backend?: 'auto' | 'wasm' | 'plain'
  /** `auto`: fma where the processor has it, muladd otherwise; see docs/arithmetic.md. */
  readonly arithmetic?: 'auto' | Arithmetic
}

/**
 * Kernels for a network in this thread; `close()` gives their memory back to the thread.
 * The first call takes some milliseconds to choose a variant. What is chosen decides the speed, the arithmetic alone
 * decides the bits. With backend `auto` anything that does not work falls back to something slower; with `wasm` it
 * throws a `UserError`.
 */
export function openKernels(options: KernelOptions = {}): Kernels {
  const { backend = 'auto', arithmetic = 'auto' } = options
  const wanted = arithmetic === 'auto' ? chooseArithmetic() : arithmetic
  if (backend !== 'plain') {
    reconsider(wanted)
    const { variant } = choose(wanted)
    if (variant !== null) return openVariant(variant)
    if (backend === 'wasm') {
      const reasons = choose(wanted).candidates.map(({ name, reason }) => `${name} ${reason}`)
      throw new UserError('usage', `backend: wasm cannot run ${wanted} here: ${reasons.join('; ')}.`, {
        hint: 'Set backend: auto; finesweep doctor shows what runs here.',
      })
    }
  }
  return createPlainKernels({ precision: 'float32', arithmetic: wanted })
}

/**
 * Has the native products compiled in the background where this machine could use them and lacks them. Nothing waits for
 * them: the next network that is opened once they are there is faster, with the same bits.
 */
export function compileMissingProducts(arithmetic: 'auto' | Arithmetic): void {
  const wanted = arithmetic === 'auto' ? chooseArithmetic() : arithmetic
  if (findProducts(wanted) === null) compileInBackground(wanted)
}

/** What `arithmetic: auto` means on this machine; every thread of it comes to the same. */
export function chooseArithmetic(): Arithmetic {
  // Where only the plain reference runs, it may as well give the bits of other machines.
  return choose('fma').variant !== null || choose('muladd').variant === null ? 'fma' : 'muladd'
}

/** One way to run the kernels, for the doctor. */
export interface KernelCandidate {
  /** `wasm 256-bit fma 6x16`, `plain float32 fma`. */
  readonly name: string
  readonly arithmetic: Arithmetic
  readonly state: 'chosen' | 'slower' | 'unavailable'
  /** Of the tile alone, measured for some tenths of a second; null if it cannot run, or is not worth measuring. */
  readonly gflops: number | null
  /** Why it is not chosen. */
  readonly reason: string | null
}

export interface KernelDescription {
  /** What `auto` gives. */
  readonly arithmetic: Arithmetic
  readonly variant: string
  /** For each arithmetic, from the one wanted most to the plain reference. */
  readonly candidates: readonly KernelCandidate[]
}

/** What is available here, what is chosen, and why the others are not. */
export function describeKernels(): KernelDescription {
  const arithmetic = chooseArithmetic()
  const kernels = openKernels({ arithmetic })
  kernels.close()
  return {
    arithmetic,
    variant: kernels.variant,
    candidates: (['fma', 'muladd'] as const).flatMap((each) => thoroughly(each).candidates),
  }
}

interface Choice {
  /** Null: nothing but the plain reference runs. */
  readonly variant: Variant | null
  readonly candidates: readonly KernelCandidate[]
}

const choices = new Map<Arithmetic, Choice>()

/**
 * Lets this thread choose again if its products have been compiled since: the next network is as fast as this machine
 * can make it, with the same bits. Looks for one file, and only where the native variant was missing.
 */
function reconsider(arithmetic: Arithmetic): void {
  const native = VARIANTS.find((variant) => variant.arithmetic === arithmetic && variant.bits === 512)!
  if (choices.get(arithmetic)?.variant === native || 'module' in load(native)) return
  if (findProducts(arithmetic) === null || settled.has(arithmetic)) return
  settled.add(arithmetic)
  forgetFailure(native)
  choices.delete(arithmetic)
}

/** Arithmetics whose products were there when they were chosen, or have been reconsidered. */
const settled = new Set<Arithmetic>()

const RACE_MS = 100
const THOROUGH_MS = 150
/** A variant whose tile reaches this share of the fastest one's speed has not lost. */
const CLOSE_ENOUGH = 0.8

/** The fastest variant of that arithmetic that gives the right bits, decided once in this thread. */
function choose(arithmetic: Arithmetic): Choice {
  let choice = choices.get(arithmetic)
  if (choice === undefined) {
    choice = quickly(arithmetic)
    if (choice.variant === null) choice = thoroughly(arithmetic)
    choices.set(arithmetic, choice)
  }
  return choice
}

/** What a thread can spare before its first step: the two widest variants that run, for some milliseconds. */
function quickly(arithmetic: Arithmetic): Choice {
  return decide(arithmetic, 2, (running) => raceTiles(running, RACE_MS))
}

/** All that runs, for long enough that V8 has compiled each tile as well as it will. */
function thoroughly(arithmetic: Arithmetic): Choice {
  return decide(arithmetic, Number.POSITIVE_INFINITY, (running) => measureTiles(running, THOROUGH_MS))
}

/** @param most how many of the variants that run are measured, the widest first */
function decide(
  arithmetic: Arithmetic,
  most: number,
  measure: (running: readonly Variant[]) => readonly number[],
): Choice {
  const variants = VARIANTS.filter((variant) => variant.arithmetic === arithmetic)
  const rejected = new Map<Variant, string>()
  const running: Variant[] = []
  for (const variant of variants) {
    if (running.length === most) break
    const reason = unusable(variant)
    if (reason === null) running.push(variant)
    else rejected.set(variant, reason)
  }
  const speeds = measure(running)
  const chosen = byPreference(running, speeds).find((variant) => {
    // After the race, when V8 has compiled the tile for the second time.
    const right = agreesWithPlain(openVariant(variant))
    if (!right) rejected.set(variant, 'gave different bits from the plain reference')
    return right
  })
  const speedOf = (variant: Variant): number | null => speeds[running.indexOf(variant)] ?? null
  const reached = chosen === undefined ? null : speedOf(chosen)
  const candidates = variants.map((variant): KernelCandidate => {
    const reason = rejected.get(variant) ?? null
    const gflops = speedOf(variant)
    const lost = (gflops ?? 0) > (reached ?? 0) ? 'not clearly faster, and narrower' : 'slower'
    return {
      name: describeVariant(variant),
      arithmetic,
      state: variant === chosen ? 'chosen' : reason === null ? 'slower' : 'unavailable',
      gflops,
      reason: variant === chosen ? null : (reason ?? lost),
    }
  })
  const plain: KernelCandidate = {
    name: `plain float32 ${arithmetic}`,
    arithmetic,
    state: chosen === undefined ? 'chosen' : 'slower',
    gflops: null,
    reason: chosen === undefined ? null : 'hundreds of times slower',
  }
  return { variant: chosen ?? null, candidates: [...candidates, plain] }
}

/**
 * Variants from the one to be tried first: the widest of those about as fast as the fastest, then the others by speed.
 * A race on a busy machine is noisy, so a wider one must have lost clearly before a narrower one is taken.
 * @param speeds GFLOP/s of each
 */
export function byPreference(variants: readonly Variant[], speeds: readonly number[]): readonly Variant[] {
  const fastest = Math.max(...speeds)
  const isClose = (speed: number): boolean => speed >= CLOSE_ENOUGH * fastest
  return variants
    .map((variant, i) => ({ variant, speed: speeds[i]! }))
    .sort((a, b) =>
      isClose(a.speed) && isClose(b.speed) ? b.variant.bits - a.variant.bits : b.speed - a.speed,
    )
    .map(({ variant }) => variant)
}

/** Why a variant cannot be used here; null if it can. */
function unusable(variant: Variant): string | null {
  const result = load(variant)
  if ('reason' in result) return result.reason
  try {
    if (variant.arithmetic === 'fma' && !isFused(openVariant(variant))) {
      return 'this processor does not fuse the multiply-add'
    }
    return null
  } catch (error) {
    return (error as Error).message
  }
}
