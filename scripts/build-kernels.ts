/**
 * Compiles the AssemblyScript kernels into dist/train/kernels/, one module for each variant.
 *
 *     node scripts/build-kernels.ts
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { KERNEL_VARIANTS, type KernelVariant, microKernels } from './micro-kernels.ts'

const sources = fileURLToPath(new URL('../src/train/kernels/assembly/', import.meta.url))
const target = fileURLToPath(new URL('../dist/train/kernels/', import.meta.url))

/** The module's bytes. The generated inner loops stand in for a file micro-kernels.ts beside the sources. */
async function compile(variant: KernelVariant): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      ...['--outFile', 'kernels.wasm', '--runtime', 'stub', '-O3', '--noAssert', '--importMemory'],
      ...['--enable', 'simd,relaxed-simd', '--use', 'abort='],
    ],
    {
      readFile: async (name) => {
        if (name === 'micro-kernels.ts') return microKernels(variant)
        return await readFile(join(sources, name), 'utf8').catch(() => null)
      },
      writeFile: (_name, contents) => {
        bytes = contents as Uint8Array
      },
      listFiles: () => [],
    },
  )
  if (error || !bytes)
    throw new Error(`${variant.name}: ${error?.message ?? 'no output'}\n${stderr.toString()}`)
  return bytes
}

await mkdir(target, { recursive: true })
for (const variant of KERNEL_VARIANTS)
  await writeFile(join(target, `${variant.name}.wasm`), await compile(variant))
