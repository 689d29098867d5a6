import type { z } from 'zod'
import type { Mistake } from './mistakes.ts'
import type { BLOCKS, BlockName } from './study-blocks.ts'

/** What the blocks of a file say, each on its own; one that is in `failed` is missing. */
export type Blocks = { readonly [Name in BlockName]: z.output<(typeof BLOCKS)[Name]> }

export interface Resolving {
  /** The file as plain data, to tell what it says from what is filled in. */
  readonly raw: Readonly<Record<string, unknown>>
  /** Blocks that could not be read: what depends on them is not looked at, their mistakes are told already. */
  readonly failed: ReadonlySet<BlockName>
  /** Absolute. */
  readonly file: string
  readonly exists: (path: string) => boolean
  readonly report: (mistake: Mistake) => void
}
