/**
 * Does the work again and again, one run at a time. What fails in it fails because the server is away, which its
 * connection says.
 * @returns what ends it
 */
export function repeat(ms: number, work: () => Promise<void>): () => void {
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    work()
      .catch(() => {})
      .finally(() => {
        busy = false
      })
  }, ms)
  return () => clearInterval(timer)
}
