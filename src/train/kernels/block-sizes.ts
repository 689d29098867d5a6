/**
 * How a product is cut into blocks, for all kernels: the order of every sum depends on it (docs/arithmetic.md).
 * scripts/build-kernels.ts writes these numbers into the AssemblyScript, native/compile.ts hands them to the C compiler.
 */

/** Columns of a packed block of the left factor. */
export const BLOCK_COLUMNS = 320
/** How many columns of a block a chunk of dW takes: a multiple of the rows of every tile. */
export const CHUNK_COLUMNS = 312
/** Rows of a packed block: a multiple of the rows of every tile. */
export const BLOCK_ROWS = 252
/**
 * Bytes from a row of a packed block to the next: its floats and a line of 64 bytes, so that the rows, an odd number
 * of lines apart, spread over all sets of the cache.
 */
export const BLOCK_ROW_BYTES = BLOCK_COLUMNS * 4 + 64
/** Columns of a panel of weights. */
export const PANEL_COLUMNS = 16

/** How the left factor lies in memory; `scaled`: each column has a scale besides its shift. */
export const INPUT_FORMS = { floats: 0, bytes: 1, bytesScaled: 2, floatsScaled: 3 } as const

/** The numbers of the optimisers in a step; `gradient` steps nothing. */
export const OPTIMIZER_CODES = { gradient: -1, sgd: 0, momentum: 1, nesterov: 2, adam: 3 } as const
