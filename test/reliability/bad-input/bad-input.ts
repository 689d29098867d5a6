import { fastGenerator } from '../../../src/random/fast-generator.ts'

/** A file's bytes or text; null for a folder in its place. */
export type Content = string | Uint8Array | null

/** Where the files of an input lie, and where a store may be made. */
export interface Places {
  /** The folder of the input's files. */
  readonly folder: string
  /** A path in an empty folder. */
  readonly db: string
}

/** Something that finesweep must refuse, and how it must. */
export interface BadInput {
  /** What is wrong with it, for a failed test's message. */
  readonly what: string
  /** Its files by their paths in its folder. */
  readonly files: Readonly<Record<string, Content>>
  readonly args: (places: Places) => readonly string[]
  /** 2 for wrong use, a wrong study or wrong data, 6 for a store. */
  readonly code: 2 | 6
  /** What the message must hold: the name, the value seen, the place. */
  readonly says: readonly (string | RegExp)[]
  /**
   * How many mistakes the message tells of, which a study file closes with a line that counts them; `train` where one
   * slip has several. Null where a mistake comes alone, without that line.
   */
  readonly mistakes: number | 'train' | null
}

/** Draws of one input. */
export interface Draw {
  /** A whole number, uniform in [0, bound). */
  below(bound: number): number
  pick<T>(items: readonly T[]): T
  bytes(length: number): Buffer
  /** Counts the inputs of this kind, from a random number on: what walks along a list or a header sees all of it. */
  readonly turn: number
}

/** Makes malformed inputs of one kind. Each of them must be malformed: one that happens to be valid is its fault. */
export type Kind = (draw: Draw) => BadInput

/** `count` inputs, of every kind as many but for one; the seed tells which kinds come first. */
export function* drawInputs(
  seed: number,
  subject: string,
  kinds: Readonly<Record<string, Kind>>,
  count: number,
): Generator<BadInput> {
  const { below, next } = fastGenerator(['bad input', seed, subject])
  const entries = Object.entries(kinds)
    .map((entry) => ({ entry, key: next(), firstTurn: below(10_000) }))
    .sort((a, b) => a.key - b.key)
  for (let i = 0; i < count; i++) {
    const {
      entry: [name, kind],
      firstTurn,
    } = entries[i % entries.length]!
    const input = kind({
      below,
      pick: (items) => items[below(items.length)]!,
      bytes: (length) => Buffer.from(Uint8Array.from({ length }, () => below(256))),
      turn: firstTurn + Math.floor(i / entries.length),
    })
    yield { ...input, what: `${subject}, ${name}: ${input.what}` }
  }
}

/** The item that a turn has come to. */
export function inTurn<T>(items: readonly T[], turn: number): T {
  return items[turn % items.length]!
}
