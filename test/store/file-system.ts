import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Does `work` while calls of the file system are replaced, for this process and everything in it. */
export async function withFileSystem<T>(calls: Partial<typeof fs>, work: () => T | Promise<T>): Promise<T> {
  const names = Object.keys(calls) as (keyof typeof fs)[]
  const original = Object.fromEntries(names.map((name) => [name, fs[name]]))
  try {
    Object.assign(fs, calls)
    syncBuiltinESMExports()
    return await work()
  } finally {
    Object.assign(fs, original)
    syncBuiltinESMExports()
  }
}

/** How many open descriptors of this process lead to a file or into a folder; null where the system does not tell. */
export function openDescriptors(path: string): number | null {
  if (!fs.existsSync('/proc/self/fd')) return null
  return fs.readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      const target = fs.readlinkSync(`/proc/self/fd/${descriptor}`)
      return target === path || target.startsWith(`${path}/`) || target.startsWith(`${path}.partial`)
    } catch {
      return false
    }
  }).length
}
