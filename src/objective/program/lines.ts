/** A line of more characters is not parsed as a measurement, and not kept in memory. */
export const LONGEST_LINE = 1_000_000
/** What is kept of such a line. */
const BEGINNING = 200

/** A piece of a program's output that ended with a line feed or a carriage return, or with the stream. */
export interface OutputLine {
  readonly text: string
  /** True if it overwrites what was on its line, as progress bars do. */
  readonly afterReturn: boolean
  /** Where the line was too long, how many characters it had; `text` is then only its beginning. */
  readonly fullLength?: number
}

/**
 * The lines of a stream, without their ends; of too long ones only the beginning. A stream that is destroyed just ends.
 * @param onBytes gets every piece of the stream as it comes
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void,
): AsyncGenerator<OutputLine, void, void> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let rest = ''
  /** Of a line that is too long: its beginning, and how much of it was dropped so far. */
  let beginning = ''
  let dropped = 0
  let afterReturn = false
  const lineOf = (text: string): OutputLine => {
    const fullLength = dropped + text.length
    if (fullLength <= LONGEST_LINE) return { text, afterReturn }
    return { text: dropped > 0 ? beginning : text.slice(0, BEGINNING), afterReturn, fullLength }
  }
  try {
    for await (const chunk of stream) {
      onBytes(chunk)
      const parts = (rest + decoder.decode(chunk, { stream: true })).split(/(\r\n|\n|\r)/)
      rest = parts.pop()!
      // A carriage return at the end may be half of a line's end: it waits for what follows.
      if (rest === '' && parts.at(-1) === '\r') {
        parts.pop()
        rest = `${parts.pop()}\r`
      }
      for (let i = 0; i < parts.length; i += 2) {
        yield lineOf(parts[i]!)
        dropped = 0
        afterReturn = parts[i + 1] === '\r'
      }
      if (rest.length > LONGEST_LINE || dropped > 0) {
        if (dropped === 0) beginning = rest.slice(0, BEGINNING)
        const half = rest.endsWith('\r') ? '\r' : ''
        dropped += rest.length - half.length
        rest = half
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
  rest += decoder.decode()
  if (rest !== '' || dropped > 0) yield lineOf(rest.replace(/\r$/, ''))
}
