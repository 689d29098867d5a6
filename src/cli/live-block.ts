import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from '../report/text.ts'
import type { OutputStream } from './terminal.ts'

/** Some lines at the end of a terminal that are redrawn in place. */
export interface LiveBlock {
  /** Draws soon: at most every tenth of a second. */
  refresh(): void
  /** Writes text that stays, above the block. */
  printAbove(text: string): void
  /** Removes the block and shows the cursor again. */
  close(): void
}

const DRAW_INTERVAL_MS = 100
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const CLEAR_TO_END_OF_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/**
 * @param render gives the lines for a window of that many columns and rows; called whenever it is drawn, and once a
 *   second even if nothing has happened, because time goes on.
 */
export function createLiveBlock(
  stream: OutputStream,
  render: (width: number, rows: number) => readonly string[],
): LiveBlock {
  let drawn: readonly string[] = []
  let drawnAt = Number.NEGATIVE_INFINITY
  let isDirty = false
  let isClosed = false

  // A line as wide as the window leaves the cursor between two lines, and terminals differ in what comes next.
  const width = (): number => Math.max(1, (stream.columns ?? 80) - 1)
  const rows = (): number => Math.max(2, (stream.rows ?? 24) - 1)

  /** Puts the cursor to where the block began, also if the window has become narrower and broken its lines. */
  const toStart = (): string => {
    const columns = stream.columns ?? 80
    const height = drawn.reduce((sum, line) => {
      const lineWidth = displayWidth(stripVTControlCharacters(line))
      return sum + Math.max(1, Math.ceil(lineWidth / columns))
    }, 0)
    return height > 1 ? `\r\x1b[${height - 1}A` : '\r'
  }

  const draw = (above = ''): void => {
    const lines = render(width(), rows())
    const body = lines.map((line) => line + CLEAR_TO_END_OF_LINE).join('\n')
    const head =
      above === '' ? '' : `${above.replaceAll('\n', `${CLEAR_TO_END_OF_LINE}\n`)}${CLEAR_TO_END_OF_LINE}\n`
    stream.write(HIDE_CURSOR + toStart() + head + body + CLEAR_BELOW)
    drawn = lines
    drawnAt = performance.now()
    isDirty = false
  }

  const tick = (): void => {
    if (isDirty || performance.now() - drawnAt >= 1000) draw()
  }
  const timer = setInterval(tick, DRAW_INTERVAL_MS)
  timer.unref()

  const onResize = (): void => {
    isDirty = true
  }
  stream.on('resize', onResize)

  const close = (): void => {
    if (isClosed) return
    isClosed = true
    clearInterval(timer)
    stream.off('resize', onResize)
    process.off('exit', close)
    stream.write(`${toStart()}${CLEAR_BELOW}${SHOW_CURSOR}`)
    drawn = []
  }
  process.on('exit', close)

  return {
    refresh: () => {
      isDirty = true
      // While trials run on this thread the timer has no chance.
      if (!isClosed && performance.now() - drawnAt >= DRAW_INTERVAL_MS) draw()
    },
    printAbove: (text) => {
      if (isClosed) stream.write(`${text}\n`)
      else draw(text)
    },
    close,
  }
}
