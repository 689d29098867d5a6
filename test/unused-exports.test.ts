import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

function readAll(folder: string): Map<string, string> {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    // The kernels' AssemblyScript is another language.
    .filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith('src/train/kernels/assembly/'))
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]))
}

const SOURCES = readAll('src')
const TOOLS = new Map([...readAll('bench'), ...readAll('scripts')])

const EXPORT =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type) (\w+)/gm

it('exports nothing from a file that no other code reads, and that the file does not use itself', () => {
  const idle = [...SOURCES].flatMap(([path, code]) =>
    [...code.matchAll(EXPORT)]
      .map(([, name]) => name!)
      .filter((name) => {
        const word = new RegExp(`\\b${name}\\b`, 'g')
        const isRead = [...SOURCES, ...TOOLS].some(
          ([other, text]) => other !== path && text.search(word) >= 0,
        )
        return !isRead && (code.match(word)?.length ?? 0) === 1
      })
      .map((name) => `${path}: ${name}`),
  )
  expect(idle).toEqual([])
})
