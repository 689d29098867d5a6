import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import type { Arithmetic } from '../kernels.ts'
import { createArena } from './arena.ts'
import type { KernelExports } from './exports.ts'
import { createWasmKernels } from './wasm-kernels.ts'

/** One build of the kernels: scripts/build-kernels.ts makes a module of each. */
export interface Variant {
  readonly name: 'fma-256' | 'fma-128' | 'muladd-256' | 'muladd-128'
  readonly arithmetic: Arithmetic
  readonly bits: 256 | 128
  /** Rows and columns of the tile that is kept in registers. */
  readonly tile: readonly [number, number]
}

/** The widest first. */
export const VARIANTS: readonly Variant[] = [
  { name: 'fma-256', arithmetic: 'fma', bits: 256, tile: [6, 16] },
  { name: 'fma-128', arithmetic: 'fma', bits: 128, tile: [6, 8] },
  { name: 'muladd-256', arithmetic: 'muladd', bits: 256, tile: [4, 16] },
  { name: 'muladd-128', arithmetic: 'muladd', bits: 128, tile: [4, 8] },
]

/** For people and records: `wasm 256-bit fma 6x16`. */
export function describeVariant({ bits, arithmetic, tile }: Variant): string {
  return `wasm ${bits}-bit ${arithmetic} ${tile.join('x')}`
}

type Loaded = { readonly module: WebAssembly.Module } | { readonly reason: string }
type Instance = { readonly exports: KernelExports; readonly arena: ReturnType<typeof createArena> }

const loaded = new Map<string, Loaded>()
const idle = new Map<string, Instance[]>()

/** The variant's module, compiled once in this thread, or why there is none. */
export function load(variant: Variant): Loaded {
  let result = loaded.get(variant.name)
  if (result === undefined) {
    result = compile(variant)
    loaded.set(variant.name, result)
  }
  return result
}

function compile(variant: Variant): Loaded {
  if (variant.bits === 256) {
    const reason = widen()
    if (reason !== null) return { reason }
  }
  const bytes = readModule(variant.name)
  if (bytes === null) return { reason: 'not built; npm run build makes it' }
  try {
    return { module: new WebAssembly.Module(bytes) }
  } catch (error) {
    return { reason: `this Node cannot compile it: ${(error as Error).message}` }
  }
}

/** Beside this file in dist/, or in dist/ when this file runs from src/. */
function readModule(name: string): Uint8Array | null {
  for (const place of ['..', '../../../../dist/train/kernels']) {
    try {
      return readFileSync(new URL(`${place}/${name}.wasm`, import.meta.url))
    } catch {}
  }
  return null
}

let widened: string | null | undefined

/**
 * Lets V8 make one 256-bit vector of two neighbouring 128-bit ones in modules compiled from now on; returns why not,
 * or null. The flag is off by default, V8 before 13.6 does not have it (and would complain on stderr), and only its
 * x64 compiler obeys it. An experimental compiler can end the process, so it is left alone in versions it was not tried
 * with. It must be set before the first compilation of a module's bytes in the process.
 */
function widen(): string | null {
  if (widened === undefined) {
    const [major = 0, minor = 0] = process.versions.v8.split('.').map(Number)
    if (process.arch !== 'x64') widened = `only on x64, this is ${process.arch}`
    else if (major < 13 || (major === 13 && minor < 6)) {
      widened = `needs V8 13.6 (Node 24), this is ${process.versions.v8}`
    } else if (major > 14) {
      widened = `tried with V8 13.6 to 14, this is ${process.versions.v8}`
    } else {
      setFlagsFromString('--experimental-wasm-revectorize')
      widened = null
    }
  }
  return widened
}

/** Kernels of that variant, in memory that earlier ones of this thread have given back. Throws if it cannot run. */
export function openVariant(variant: Variant) {
  const { exports, arena } = takeInstance(variant)
  let open = true
  return createWasmKernels({
    exports,
    arena,
    arithmetic: variant.arithmetic,
    variant: describeVariant(variant),
    release() {
      if (!open) return
      open = false
      arena.clear()
      idleOf(variant).push({ exports, arena })
    },
  })
}

function takeInstance(variant: Variant): Instance {
  const used = idleOf(variant).pop()
  if (used !== undefined) return used
  const result = load(variant)
  if ('reason' in result) throw new Error(`${describeVariant(variant)}: ${result.reason}`)
  const arena = createArena()
  const { exports } = new WebAssembly.Instance(result.module, { env: { memory: arena.memory } })
  return { arena, exports: exports as unknown as KernelExports }
}

function idleOf(variant: Variant): Instance[] {
  let list = idle.get(variant.name)
  if (list === undefined) {
    list = []
    idle.set(variant.name, list)
  }
  return list
}

/**
 * GFLOP/s of each variant's tile, the best of short runs, in turn, until one is clearly ahead or `limitMs` is over.
 * The first runs are slow for every variant: V8 compiles what is hot a second time, in the background.
 */
export function raceTiles(variants: readonly Variant[], limitMs: number): readonly number[] {
  const runners = variants.map(tileRunner)
  const best = variants.map(() => 0)
  const start = performance.now()
  for (let round = 0; round < 20 || performance.now() - start < limitMs; round++) {
    runners.forEach((run, i) => {
      best[i] = Math.max(best[i] as number, run())
    })
    const [first = 0, second = 0] = best.toSorted((a, b) => b - a)
    if (round >= 40 && (variants.length < 2 || first > 1.4 * second)) break
  }
  return best
}

/** A function that runs the tile for some 20 µs and returns its GFLOP/s. */
function tileRunner(variant: Variant): () => number {
  const instance = takeInstance(variant)
  const { arena } = instance
  const [rows, columns] = variant.tile
  type Tile = (
    a: number,
    b: number,
    bStep: number,
    from: number,
    fromStep: number,
    to: number,
    toStep: number,
    count: number,
  ) => void
  const tile = (instance.exports as unknown as Record<string, Tile>)[`forward${rows}x2`] as Tile
  const a = arena.allocate(8 * 1344)
  const b = arena.allocate(256 * 64)
  const to = arena.allocate(8 * 64)
  arena.clear()
  idleOf(variant).push(instance)
  const calls = 32
  return () => {
    const start = performance.now()
    for (let call = 0; call < calls; call++) tile(a, b, 64, to, 64, to, 64, 256)
    return (calls * rows * columns * 256 * 2) / (performance.now() - start) / 1e6
  }
}

/**
 * A function that runs multiply-adds on registers alone for some 100 µs and returns their GFLOP/s: with the widest
 * variant of `fma`, the peak of a core as far as WebAssembly can ask for it. For benchmarks.
 */
export function peakRunner(variant: Variant): () => number {
  const instance = takeInstance(variant)
  const { peak } = instance.exports as unknown as { peak(to: number, count: number): void }
  const to = instance.arena.allocate(24 * 16)
  const count = 50_000
  return () => {
    const start = performance.now()
    peak(to, count)
    return (count * 24 * 4 * 2) / (performance.now() - start) / 1e6
  }
}
