import type { BadInput, Content, Draw, Kind } from './bad-input.ts'
import { runStudyFile, STUDY_FILE } from './sound-studies.ts'

/** Files of which one is malformed. */
export interface BadData {
  readonly what: string
  readonly files: Readonly<Record<string, Content>>
  /** The path that is given to `finesweep data info`: a file or a folder. */
  readonly source: string
  /** The same as a study's data block. */
  readonly block: object
  /** The file that the message must name. */
  readonly blames: string | RegExp
}

/** By turns with `finesweep data info` and as the data of a study. */
export function dataKind(make: (draw: Draw) => BadData): Kind {
  return (draw): BadInput => {
    const { what, files, source, block, blames } = make(draw)
    const common = { files, code: 2, says: [blames], mistakes: null } as const
    if (draw.below(2) === 0) {
      return {
        ...common,
        what: `${what}, by data info`,
        args: ({ folder }) => ['data', 'info', `${folder}/${source}`],
      }
    }
    const study = { data: block, model: { hidden: [2] }, stages: [{ trials: 1, epochs: 1 }] }
    return {
      ...common,
      what: `${what}, by a study`,
      files: { ...files, [STUDY_FILE]: JSON.stringify(study) },
      args: runStudyFile,
    }
  }
}

/** The first bytes, as many as the turn says. */
export function cut(content: Buffer, turn: number): Buffer {
  return content.subarray(0, turn % content.length)
}

/** The bytes with some of them put in their place. */
export function patched(content: Buffer, offset: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(content)
  copy.set(bytes, offset)
  return copy
}
