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
 * Draws a block at the end of a terminal, until it is closed.
 *
 * @param render gives the lines for a window of that many columns and rows; called whenever it is drawn, and once a
 *   second even if nothing has happened, because time goes on.
 */
export function createLiveBlock(
  stream: OutputStream,
  render: (width: number, rows: number) => readonly string[],
): LiveBlock {
  const window = windowOf(stream)
  let drawn: readonly string[] = []
  let drawnAt = Number.NEGATIVE_INFINITY
  let isDirty = false
  let isClosed = false

  const draw = (above = ''): void => {
    // A line as wide as the window leaves the cursor between two lines, and terminals differ in what comes next.
    const lines = render(Math.max(1, window.columns() - 1), Math.max(2, window.rows() - 1))
    const body = lines.map((line) => line + CLEAR_TO_END_OF_LINE).join('\n')
    const head =
      above === '' ? '' : `${above.replaceAll('\n', `${CLEAR_TO_END_OF_LINE}\n`)}${CLEAR_TO_END_OF_LINE}\n`
    // The cursor waits at the left: the `^C` that a terminal echoes there breaks no line, and the next drawing covers it.
    stream.write(`${HIDE_CURSOR}${toStart(drawn, window.columns())}${head}${body}${CLEAR_BELOW}\r`)
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
    stream.write(`${toStart(drawn, window.columns())}${CLEAR_BELOW}${SHOW_CURSOR}`)
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

/** The window as it is now: `columns` follows a resize only once its signal was handled, which may be after a drawing. */
export function windowOf(stream: OutputStream) {
  const size = (): readonly [number, number] => {
    const known = [stream.columns ?? 80, stream.rows ?? 24] as const
    try {
      const [columns, rows] = stream.getWindowSize?.() ?? known
      return [columns || known[0], rows || known[1]]
    } catch {
      // The terminal is gone.
      return known
    }
  }
  return { columns: () => size()[0], rows: () => size()[1] }
}

/**
 * Moves the cursor from the last line of a block to its beginning, also if the window has become narrower since and has
 * broken its lines.
 */
function toStart(drawn: readonly string[], columns: number): string {
  const above = drawn.slice(0, -1).reduce((sum, line) => {
    const width = displayWidth(stripVTControlCharacters(line))
    return sum + Math.max(1, Math.ceil(width / columns))
  }, 0)
  return above > 0 ? `\r\x1b[${above}A` : '\r'
}
