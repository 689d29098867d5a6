import type { z } from 'zod'
import type { WrittenStudy } from '../objective/kind.ts'
import type { BLOCKS, BlockName } from './study-blocks.ts'

/** What the blocks of a file say, each on its own; one that is in `failed` is missing. */
export type Blocks = { readonly [Name in BlockName]: z.output<(typeof BLOCKS)[Name]> }

export interface Resolving extends WrittenStudy {
  readonly blocks: Blocks
  readonly failed: ReadonlySet<BlockName>
  /** The study file, absolute. */
  readonly file: string
}
