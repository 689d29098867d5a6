import type { StudyWriter } from '../../src/store/store.ts'

/** A writer whose process dies at its `flushes`-th flush: nothing after the one before is committed. */
export function dying(store: StudyWriter, flushes: number): StudyWriter {
  let left = flushes
  return new Proxy(store, {
    get(target, key) {
      if (key === 'flush' && left-- <= 0) throw new Error('killed')
      const value = Reflect.get(target, key) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
