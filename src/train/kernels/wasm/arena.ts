import { BLOCK_COLUMNS } from '../block-sizes.ts'

/**
 * Memory handed out from the bottom to the top, for one set of kernels at a time. It grows as needed and is never
 * given back to the system; `clear` lets the next set of kernels use it from the bottom again.
 */
export interface Arena {
  readonly memory: WebAssembly.Memory
  /** The address of `bytes` zeroed bytes, on a line of 64, with at least 64 readable bytes behind them. */
  allocate(bytes: number): number
  clear(): void
}

const PAGE = 65536
const LINE = 64
/** How far beyond what was allocated the kernels may read to fetch what is needed next: a block's columns of 64 bytes. */
const READ_AHEAD = BLOCK_COLUMNS * LINE

/** An empty arena; the first 64 bytes are left out, so that no address is 0. */
export function createArena(): Arena {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 })
  let top = LINE
  return {
    memory,
    allocate(bytes) {
      const address = top
      top += Math.ceil(bytes / LINE) * LINE + LINE
      const missing = top + READ_AHEAD - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
      new Uint8Array(memory.buffer, address, top - address).fill(0)
      return address
    },
    clear() {
      top = LINE
    },
  }
}

/** A view into the arena's memory that is remade when growing the memory has detached the last one. */
export function floatView(arena: Arena, address: number, length: number): () => Float32Array {
  let view = new Float32Array(arena.memory.buffer, address, length)
  return () => {
    if (view.buffer !== arena.memory.buffer) view = new Float32Array(arena.memory.buffer, address, length)
    return view
  }
}
