import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  cachedProducts,
  compileProducts,
  isTrusted,
  whyNotHere,
  whyNotOnThisMachine,
} from '../../../src/train/kernels/native/compile.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-compile-'))
  vi.stubEnv('XDG_CACHE_HOME', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

function hasCompiler(): boolean {
  try {
    execFileSync(process.env.CC ?? 'cc', ['--version'], { stdio: 'ignore' })
    return process.arch === 'x64' && process.platform === 'linux'
  } catch {
    return false
  }
}

describe('compiling the native products', () => {
  it('says where they cannot be compiled, and why', () => {
    expect(whyNotHere('darwin', 'arm64', '')).toBe('only on x64 Linux; this is darwin arm64')
    expect(whyNotHere('linux', 'x64', 'flags : sse4_2 avx2')).toBe('this processor has no AVX-512')
    expect(whyNotHere('linux', 'x64', 'flags : avx2 avx512bw avx512vl')).toBeNull()
  })

  it("keeps one file for each arithmetic in the user's cache", () => {
    expect(cachedProducts('fma')).toMatch(
      new RegExp(`^${join(folder, 'finesweep')}/products-fma-[0-9a-f]{16}\\.node$`),
    )
    expect(cachedProducts('muladd')).not.toBe(cachedProducts('fma').replace('fma', 'muladd'))
  })

  it.skipIf(!hasCompiler())('leaves a whole library, and nothing else', async () => {
    const file = cachedProducts('fma')
    expect(await compileProducts('fma', file)).toBeNull()
    expect(readdirSync(join(folder, 'finesweep'))).toEqual([file.split('/').at(-1)])
    expect(isTrusted(file)).toBe(true)
    if (whyNotOnThisMachine() !== null) return
    const addon: { exports: Record<string, unknown> } = { exports: {} }
    process.dlopen(addon, file)
    expect(Object.keys(addon.exports)).toEqual(['forward', 'update', 'gather', 'peak'])
  })

  it('says that there is no compiler, and leaves no file', async () => {
    vi.stubEnv('CC', '/nonexistent/cc')
    const file = cachedProducts('fma')
    expect(await compileProducts('fma', file)).toBe('no C compiler: /nonexistent/cc was not found')
    expect(existsSync(file)).toBe(false)
  })

  it('repeats what a failing compiler said first', async () => {
    const compiler = join(folder, 'cc')
    writeFileSync(compiler, '#!/bin/sh\necho "cc: out of luck" >&2\nexit 1\n', { mode: 0o755 })
    vi.stubEnv('CC', compiler)
    const file = cachedProducts('fma')
    expect(await compileProducts('fma', file)).toBe(`${compiler} failed: cc: out of luck`)
    expect(readdirSync(join(folder, 'finesweep'))).toEqual([])
  })

  it('trusts no library that others may write to', () => {
    const file = join(folder, 'products.node')
    writeFileSync(file, '')
    chmodSync(file, 0o666)
    expect(isTrusted(file)).toBe(false)
    chmodSync(file, 0o644)
    expect(isTrusted(file)).toBe(true)
    expect(isTrusted(join(folder, 'absent.node'))).toBe(false)
  })
})
