/** This many warnings of a kind are shown; what is wrong in every trial would fill the screen. */
const MOST = 3

/** What a warning of a trial begins with, here or on a worker. */
const HEAD = /^Warning: trial \d+( on .+?)?: /

/** Passes on what trials print, but of warnings that differ in their figures and quotes alone only the first few. */
export function fewWarnings(tell: (text: string) => void): (text: string) => void {
  const counts = new Map<string, number>()
  return (text) => {
    if (!HEAD.test(text)) return tell(text)
    const kind = text.replace(HEAD, '').replace(/"[^"]*"|\d+(\.\d+)?/g, '…')
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    if (count <= MOST) tell(text)
    if (count === MOST) tell('Any more warnings like this one are not shown.')
  }
}
