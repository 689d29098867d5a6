import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import path from 'node:path'
import { inFolder } from '../folder-error.ts'

/** How much of the end of a program's output goes into the record of a failed trial. */
const TAIL_BYTES = 8_000

/** Names of the files in a trial's folder that hold what its program wrote. */
export const LOG_FILES = { stdout: 'stdout.txt', stderr: 'stderr.txt' } as const

/** What a program writes, kept whole in files of its trial's folder. */
export interface Output {
  /** For the program to write to itself: what holds it open after the program's end holds nobody up. */
  readonly stderr: number
  /** Adds to the file of stdout, which is read here for measurements. @throws FolderError */
  add(bytes: Uint8Array): void
  /** The end of what was written, stderr before stdout; empty if nothing was. */
  tail(): string
  close(): void
}

/** @throws FolderError */
export function openOutput(folder: string): Output {
  const open = (name: string): number => inFolder(folder, () => openSync(path.join(folder, name), 'w+'))
  const stdout = open(LOG_FILES.stdout)
  const stderr = open(LOG_FILES.stderr)
  return {
    stderr,
    add(bytes) {
      // A disk that is nearly full takes a part.
      inFolder(folder, () => {
        for (let done = 0; done < bytes.length; ) done += writeSync(stdout, bytes, done)
      })
    },
    tail() {
      // The exception is the last thing on stderr; without one, the last words are on stdout.
      return readEnd(stderr) || readEnd(stdout)
    },
    close() {
      closeSync(stdout)
      closeSync(stderr)
    },
  }
}

/** The last lines of a file, as far as they fit; what a progress bar overwrote is left out. */
function readEnd(file: number): string {
  const { size } = fstatSync(file)
  const start = Math.max(0, size - TAIL_BYTES)
  const bytes = Buffer.alloc(size - start)
  readSync(file, bytes, 0, bytes.length, start)
  let text = bytes.toString()
  if (start > 0) {
    const newline = text.indexOf('\n')
    text = `…\n${newline < 0 ? text : text.slice(newline + 1)}`
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n')
    .trim()
}
