/** A line longer than this is not parsed as a measurement. */
const LONGEST_LINE = 1_000_000

/** A piece of a program's output that ended with a line feed or a carriage return, or with the stream. */
export interface OutputLine {
  readonly text: string
  /** True if it overwrites what was on its line, as progress bars do. */
  readonly afterReturn: boolean
}

/**
 * The lines of a stream, without their ends; too long ones are dropped. A stream that is destroyed just ends.
 * @param onBytes gets every piece of the stream as it comes
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void,
): AsyncGenerator<OutputLine, void, void> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let rest = ''
  let tooLong = false
  let afterReturn = false
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
        if (!tooLong) yield { text: parts[i]!, afterReturn }
        tooLong = false
        afterReturn = parts[i + 1] === '\r'
      }
      if (rest.length > LONGEST_LINE) {
        rest = ''
        tooLong = true
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
  rest += decoder.decode()
  if (rest !== '' && !tooLong) yield { text: rest.replace(/\r$/, ''), afterReturn }
}
