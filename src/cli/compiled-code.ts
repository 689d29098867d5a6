import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, Module } from 'node:module'
import path from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

/** The first runs add what they compiled: with `--json`, say, a command calls other functions. */
const LEARNING_RUNS = 4

/** The first line of a file of bytecode, as JSON; the bytecode of all chunks follows. */
interface Contents {
  /** How many runs have added to it. */
  readonly runs: number
  /** CRC-32 of the bytecode of all chunks. */
  readonly checksum: number
  /** In order; `source` is the CRC-32 of a chunk's code. */
  readonly chunks: readonly { readonly name: string; readonly source: number; readonly bytes: number }[]
}

interface Chunk {
  readonly script: Script
  readonly source: number
}

/**
 * Requires a chunk of the bundled command and, through it, the chunks beside it, with the bytecode that earlier runs left.
 * Node's own compile cache keeps what is compiled while a file loads; this keeps all functions that were called, with
 * which the quick commands start in three quarters of the time.
 *
 * @param file the chunk, a CommonJS module, as an absolute path
 * @param kept the file for the bytecode, best one for each command. If it is missing, damaged or of another version of
 *   Node, it is replaced when the process exits with 0; where that is impossible, commands only start later.
 * @returns the chunk's exports
 */
export function requireCompiled(file: string, kept: string): unknown {
  const folder = path.dirname(file)
  const nodeRequire = createRequire(file)
  const { runs, bytecode } = readKept(kept)
  const chunks = new Map<string, Chunk>()
  let learnt = true

  function load(name: string): unknown {
    const filename = path.join(folder, name)
    const known = nodeRequire.cache[filename]
    if (known !== undefined) return known.exports
    const code = readFileSync(filename, 'utf8')
    // Only code that Node's own loader has compiled can import ES modules.
    if (code.includes('import(')) return nodeRequire(filename)
    const source = crc32(code)
    const before = bytecode.get(name)
    const cachedData = before?.source === source ? before.data : undefined
    const head = '(function(exports,require,module,__filename,__dirname){'
    const script = new Script(`${head}${code}\n})`, { filename, columnOffset: -head.length, cachedData })
    if (script.cachedDataRejected !== false) learnt = false
    chunks.set(name, { script, source })
    const module = new Module(filename)
    module.filename = filename
    nodeRequire.cache[filename] = module
    const ownRequire = (id: string): unknown => (id.startsWith('./') ? load(id.slice(2)) : nodeRequire(id))
    const require = Object.assign(ownRequire, nodeRequire)
    script.runInThisContext()(module.exports, require, module, filename, folder)
    module.loaded = true
    return module.exports
  }

  process.once('exit', (code) => {
    if (code === 0 && (!learnt || runs < LEARNING_RUNS)) writeKept(kept, learnt ? runs + 1 : 1, chunks)
  })
  return load(path.basename(file))
}

interface Kept {
  readonly runs: number
  readonly bytecode: ReadonlyMap<string, { readonly source: number; readonly data: Uint8Array }>
}

/** V8 trusts the bytecode that it is given, and would crash: damage is found here. */
function readKept(file: string): Kept {
  const bytecode = new Map<string, { source: number; data: Uint8Array }>()
  try {
    const whole = readFileSync(file)
    const end = whole.indexOf('\n')
    const { runs, checksum, chunks } = JSON.parse(whole.toString('utf8', 0, end)) as Contents
    const all = whole.subarray(end + 1)
    if (crc32(all) !== checksum) return { runs: 0, bytecode }
    let from = 0
    for (const { name, source, bytes } of chunks) {
      bytecode.set(name, { source, data: all.subarray(from, from + bytes) })
      from += bytes
    }
    return { runs, bytecode }
  } catch {
    return { runs: 0, bytecode }
  }
}

function writeKept(file: string, runs: number, chunks: ReadonlyMap<string, Chunk>): void {
  const parts = [...chunks].map(([name, { script, source }]) => ({
    name,
    source,
    data: script.createCachedData(),
  }))
  const all = Buffer.concat(parts.map(({ data }) => data))
  const contents: Contents = {
    runs,
    checksum: crc32(all),
    chunks: parts.map(({ name, source, data }) => ({ name, source, bytes: data.length })),
  }
  const unfinished = `${file}.${process.pid}`
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    try {
      writeFileSync(unfinished, Buffer.concat([Buffer.from(`${JSON.stringify(contents)}\n`), all]))
      // At once: another process never reads half of it.
      renameSync(unfinished, file)
    } catch {
      rmSync(unfinished, { force: true })
    }
  } catch {
    // The packages may belong to another user, or lie on a disk that is full or read-only.
  }
}
