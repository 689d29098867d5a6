/**
 * Compiles the AssemblyScript kernels into dist/train/kernels/, one module for each variant, and the C products with
 * 512-bit vectors where that is possible: what is older than its sources.
 *
 *     node scripts/build-kernels.ts
 */
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { compileProducts, whyNotHere } from '../src/train/kernels/native/compile.ts'
import { KERNEL_VARIANTS, type KernelVariant, microKernels, variantConstants } from './micro-kernels.ts'

const kernels = fileURLToPath(new URL('../src/train/kernels/', import.meta.url))
const sources = join(kernels, 'assembly')
const target = fileURLToPath(new URL('../dist/train/kernels/', import.meta.url))

/** The module's bytes. The generated texts stand in for files variant.ts and micro-kernels.ts beside the sources. */
async function compile(variant: KernelVariant): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  let text = ''
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      ...['--outFile', 'kernels.wasm', '--textFile', 'kernels.wat'],
      ...['--runtime', 'stub', '-O3', '--noAssert', '--importMemory'],
      ...['--enable', 'simd,relaxed-simd', '--use', 'abort='],
    ],
    {
      readFile: async (name) => {
        if (name === 'variant.ts') return variantConstants(variant)
        if (name === 'micro-kernels.ts') return microKernels(variant)
        return await readFile(join(sources, name), 'utf8').catch(() => null)
      },
      writeFile: (_name, contents) => {
        if (typeof contents === 'string') text = contents
        else bytes = contents
      },
      listFiles: () => [],
    },
  )
  if (error || !bytes)
    throw new Error(`${variant.name}: ${error?.message ?? 'no output'}\n${stderr.toString()}`)
  // The compiler that widens vectors ends the process when a widened one is handed to a function.
  const vectorCall = /^ \(func .*\((param|result)[^)]* v128/m.exec(text)
  if (vectorCall) throw new Error(`${variant.name}: no vector may cross a call:\n${vectorCall[0]}`)
  return bytes
}

/** Puts a file in its place at once: another process may be running, or reading, the old one. */
async function place(name: string, bytes: Uint8Array): Promise<void> {
  const fresh = join(target, `${name}.${process.pid}`)
  await writeFile(fresh, bytes)
  await rename(fresh, join(target, name))
}

/** Whether a file is there and younger than all sources. */
async function isCurrent(name: string): Promise<boolean> {
  const built = await stat(join(target, name)).catch(() => null)
  if (built === null) return false
  const changed = await Promise.all(allSources.map((file) => stat(file)))
  return changed.every(({ mtimeMs }) => mtimeMs < built.mtimeMs)
}

const products = join(kernels, 'native/products.c')
const kernelFiles = await readdir(kernels, { recursive: true, withFileTypes: true })
/** What a module or a product is made of, and a little more: all files of the kernels, and what compiles them. */
const allSources = [
  ...kernelFiles.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
  ...['build-kernels.ts', 'micro-kernels.ts'].map((name) => join(import.meta.dirname, name)),
  fileURLToPath(import.meta.resolve('assemblyscript/asc')),
]

await mkdir(target, { recursive: true })
for (const variant of KERNEL_VARIANTS) {
  const name = `${variant.name}.wasm`
  if (!(await isCurrent(name))) await place(name, await compile(variant))
}
// Without the native products nothing fails: they are a gain, and `finesweep doctor` says that they are missing.
if (whyNotHere(process.platform, process.arch, 'avx512bw') === null) {
  for (const arithmetic of ['fma', 'muladd'] as const) {
    const name = `products-${arithmetic}.node`
    if (await isCurrent(name)) continue
    const file = join(target, name)
    if ((await compileProducts(arithmetic, file)) !== null) await rm(file, { force: true })
  }
}
// An installed package compiles them from this copy, at first use.
await mkdir(join(target, 'native'), { recursive: true })
await copyFile(products, join(target, 'native/products.c'))
