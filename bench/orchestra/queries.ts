import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { fillStore } from '../store/fill.ts'

/** How long a command takes from the shell's prompt, in milliseconds: the median of several runs. */
export interface QueryFigure {
  readonly command: string
  readonly milliseconds: number
  /** The fastest run and the slowest. */
  readonly spread: readonly [number, number]
}

const MAIN = fileURLToPath(new URL('../../dist/bin/finesweep.cjs', import.meta.url))

/** Times reading commands of the built program over a store of `trials` trials of five measurements. */
export function measureQueries(trials: number, runs: number): QueryFigure[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-bench-'))
  const db = path.join(folder, 'studies.db')
  try {
    const store = openWriter(db)
    fillStore(store, trials)
    store.close()
    const commands = [
      '--help',
      'best',
      'best --json',
      'trials --limit 20',
      'trials --limit 20 --sort -y',
      'status',
      'explain',
      'export --format csv',
      'digest',
    ]
    return commands.map((command) => {
      const words = command.split(' ')
      const args = command === '--help' ? [MAIN, ...words] : [MAIN, ...words, '--db', db]
      const times: number[] = []
      for (let run = 0; run <= runs; run++) {
        const began = performance.now()
        execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 30 })
        // The first run fills the caches that every later one finds.
        if (run > 0) times.push(performance.now() - began)
      }
      times.sort((a, b) => a - b)
      return { command, milliseconds: times[runs >> 1]!, spread: [times[0]!, times.at(-1)!] }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
