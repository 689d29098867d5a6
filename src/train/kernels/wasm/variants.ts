import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { packageFile } from '../../../package-files.ts'
import { BLOCK_ROW_BYTES, INPUT_FORMS } from '../block-sizes.ts'
import type { Arithmetic } from '../kernels.ts'
import { cachedProducts, isTrusted, whyNotOnThisMachine } from '../native/compile.ts'
import { createArena } from './arena.ts'
import type { KernelExports } from './exports.ts'
import { createWasmKernels } from './wasm-kernels.ts'

/**
 * One way to run the kernels: scripts/build-kernels.ts makes a module of each. With 512 bits the two large products are
 * native code on the module's memory, for WebAssembly has no such vectors; the rest is the widest module that runs.
 */
export interface Variant {
  readonly name: 'fma-512' | 'fma-256' | 'fma-128' | 'muladd-512' | 'muladd-256' | 'muladd-128'
  readonly arithmetic: Arithmetic
  readonly bits: 512 | 256 | 128
  /** Rows and columns of the tile that is kept in registers. */
  readonly tile: readonly [number, number]
}

/** The widest first. */
export const VARIANTS: readonly Variant[] = [
  { name: 'fma-512', arithmetic: 'fma', bits: 512, tile: [12, 32] },
  { name: 'fma-256', arithmetic: 'fma', bits: 256, tile: [6, 16] },
  { name: 'fma-128', arithmetic: 'fma', bits: 128, tile: [6, 8] },
  { name: 'muladd-512', arithmetic: 'muladd', bits: 512, tile: [12, 32] },
  { name: 'muladd-256', arithmetic: 'muladd', bits: 256, tile: [4, 16] },
  { name: 'muladd-128', arithmetic: 'muladd', bits: 128, tile: [4, 8] },
]

/** For people and records: `wasm 256-bit fma 6x16`, `native 512-bit fma 12x32`. */
export function describeVariant({ bits, arithmetic, tile }: Variant): string {
  return `${bits === 512 ? 'native' : 'wasm'} ${bits}-bit ${arithmetic} ${tile.join('x')}`
}

type Loaded =
  | { readonly module: WebAssembly.Module; readonly products: Products | null }
  | { readonly reason: string }
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
  if (variant.bits === 512) return loadProducts(variant)
  if (variant.bits === 256) {
    const reason = widen()
    if (reason !== null) return { reason }
  }
  const bytes = readModule(variant.name)
  if (bytes === null) return { reason: 'not built; npm run build makes it' }
  try {
    return { module: new WebAssembly.Module(bytes), products: null }
  } catch (error) {
    return { reason: `this Node cannot compile it: ${(error as Error).message}` }
  }
}

/** Where the build puts modules. */
const BUILT = 'dist/train/kernels'

function readModule(name: string): Uint8Array | null {
  try {
    return readFileSync(packageFile(`${BUILT}/${name}.wasm`))
  } catch {
    return null
  }
}

/** `forward` and `update` of the module's exports, with the memory they work on first. */
interface Products {
  forward(memory: ArrayBuffer, ...numbers: Parameters<KernelExports['forward']>): void
  update(memory: ArrayBuffer, ...numbers: Parameters<KernelExports['update']>): void
  gather(memory: ArrayBuffer, ...numbers: Parameters<NonNullable<KernelExports['gather']>>): void
  /** Multiply-adds on registers, 24 vectors of 16 lanes `count` times. */
  peak(memory: ArrayBuffer, to: number, count: number): void
}

function loadProducts(variant: Variant): Loaded {
  const rest = VARIANTS.filter(({ arithmetic, bits }) => arithmetic === variant.arithmetic && bits < 512)
    .map(load)
    .find((each) => 'module' in each)
  if (rest === undefined) return { reason: 'no WASM module runs' }
  const file = findProducts(variant.arithmetic)
  if (file === null) return { reason: whyNotOnThisMachine() ?? NOT_COMPILED }
  const addon: { exports: Partial<Products> } = { exports: {} }
  try {
    process.dlopen(addon, file)
  } catch (error) {
    return { reason: (error as Error).message }
  }
  const { forward, update, gather, peak } = addon.exports
  if (!forward || !update || !gather || !peak) return { reason: 'this processor has no AVX-512' }
  return { module: rest.module, products: { forward, update, gather, peak } }
}

const NOT_COMPILED = 'not compiled yet; finesweep doctor --fix compiles it if there is a C compiler'

/** The compiled products of that arithmetic: those of the build, or those in the user's cache; null if there are none. */
export function findProducts(arithmetic: Arithmetic): string | null {
  const built = fileURLToPath(packageFile(`${BUILT}/products-${arithmetic}.node`))
  if (existsSync(built)) return built
  const cached = cachedProducts(arithmetic)
  return isTrusted(cached) ? cached : null
}

/** Forgets that a variant could not be loaded, so that it is tried again. */
export function forgetFailure(variant: Variant): void {
  const result = loaded.get(variant.name)
  if (result !== undefined && 'reason' in result) loaded.delete(variant.name)
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
    if (process.arch !== 'x64') widened = `only on x64; this is ${process.arch}`
    else if (major < 13 || (major === 13 && minor < 6)) {
      widened = `needs V8 13.6 (Node 24); this is ${process.versions.v8}`
    } else if (major > 14) {
      widened = `tested with V8 13.6 to 14; this is ${process.versions.v8}`
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
  const instance = new WebAssembly.Instance(result.module, { env: { memory: arena.memory } })
  const exports = instance.exports as unknown as KernelExports
  const { products } = result
  if (products === null) return { arena, exports }
  const { forward, update, gather } = products
  return {
    arena,
    exports: {
      ...exports,
      forward: (...numbers) => forward(arena.memory.buffer, ...numbers),
      update: (...numbers) => update(arena.memory.buffer, ...numbers),
      gather: (...numbers) => gather(arena.memory.buffer, ...numbers),
    },
  }
}

function idleOf(variant: Variant): Instance[] {
  let list = idle.get(variant.name)
  if (list === undefined) {
    list = []
    idle.set(variant.name, list)
  }
  return list
}

/** Fewer rounds tell nothing of WASM, however long they took on a busy machine. */
const ENOUGH_ROUNDS = 40

/**
 * GFLOP/s of each variant's tile, the best of short runs, in turn, until the first variant, the widest, is clearly ahead
 * or `limitMs` is over. The first runs are slow for all of WASM: V8 compiles what is hot a second time, in the background,
 * and what is widest last, so that another one's being ahead means nothing yet. Zeros where there is nobody to race.
 */
export function raceTiles(variants: readonly Variant[], limitMs: number): readonly number[] {
  if (variants.length < 2) return variants.map(() => 0)
  // Native code is as fast at once as it will ever be.
  const enough = variants[0]!.bits === 512 ? 4 : ENOUGH_ROUNDS
  return runInTurn(variants, limitMs, (round, best) => {
    return round >= enough && best[0]! > 1.15 * Math.max(...best.slice(1))
  })
}

/** GFLOP/s of each variant's tile, the best of short runs in turn for `limitMs` each. */
export function measureTiles(variants: readonly Variant[], limitMs: number): readonly number[] {
  return runInTurn(variants, limitMs * variants.length, () => false)
}

function runInTurn(
  variants: readonly Variant[],
  limitMs: number,
  isDecided: (round: number, best: readonly number[]) => boolean,
): readonly number[] {
  const runners = variants.map(tileRunner)
  const best = variants.map(() => 0)
  const start = performance.now()
  const isOver = (round: number): boolean =>
    isDecided(round, best) || (round >= ENOUGH_ROUNDS && performance.now() - start >= limitMs)
  for (let round = 0; !isOver(round); round++) {
    runners.forEach((run, i) => {
      best[i] = Math.max(best[i]!, run())
    })
  }
  return best
}

/** A function that runs the tile for some 20 µs and returns its GFLOP/s. */
function tileRunner(variant: Variant): () => number {
  const instance = takeInstance(variant)
  const { arena, exports } = instance
  const [rows, columns] = variant.tile
  const inputs = 256
  const x = arena.allocate(4 * rows * BLOCK_ROW_BYTES)
  const w = arena.allocate(columns * (inputs + 1) * 4)
  const out = arena.allocate(4 * rows * columns * 4)
  const block = arena.allocate(4 * rows * BLOCK_ROW_BYTES)
  arena.clear()
  idleOf(variant).push(instance)
  type Tile = (...numbers: number[]) => void
  const ofModule = (exports as unknown as Record<string, Tile>)[`forward${rows}x2`]
  const tile = variant.bits === 512 ? undefined : ofModule
  const calls = tile === undefined ? 4 : 32
  return () => {
    const start = performance.now()
    for (let call = 0; call < calls; call++) {
      if (tile !== undefined) tile(block, w, 64, out, 64, out, 64, inputs)
      else {
        // Native code has no tile to call: two whole ones, with their packing.
        exports.forward(
          INPUT_FORMS.floats,
          x,
          BLOCK_ROW_BYTES,
          0,
          0,
          w,
          inputs,
          columns,
          out,
          columns * 4,
          2 * rows,
          block,
        )
      }
    }
    const tiles = tile === undefined ? 2 * calls : calls
    return (tiles * rows * columns * inputs * 2) / (performance.now() - start) / 1e6
  }
}

/**
 * A function that runs multiply-adds on registers alone for some 100 µs and returns their GFLOP/s: with the widest
 * variant of an arithmetic, its peak on a core. For benchmarks.
 */
export function peakRunner(variant: Variant): () => number {
  const { arena, exports } = takeInstance(variant)
  const result = load(variant)
  const products = 'products' in result ? result.products : null
  const to = arena.allocate(24 * 64)
  const { peak } = exports as unknown as { peak(to: number, count: number): void }
  const count = 50_000
  // The module's loop has 12 accumulators of 8 lanes, the native one 24 of 16.
  const flops = count * 2 * (products === null ? 12 * 8 : 24 * 16)
  return () => {
    const start = performance.now()
    if (products === null) peak(to, count)
    else products.peak(arena.memory.buffer, to, count)
    return flops / (performance.now() - start) / 1e6
  }
}
