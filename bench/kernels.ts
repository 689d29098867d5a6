/**
 * GFLOP/s of each product of a training step, and its share of what multiply-adds alone reach on one core.
 *
 *     npm run bench:kernels -- [--batch 200] [--arithmetic fma|muladd] [--json]
 */
import { parseArgs } from 'node:util'
import type { Arithmetic } from '../src/train/kernels/kernels.ts'
import { openKernels } from '../src/train/kernels/open-kernels.ts'
import { load, peakRunner, VARIANTS } from '../src/train/kernels/wasm/variants.ts'

const { values: options } = parseArgs({
  options: {
    batch: { type: 'string', default: '200' },
    arithmetic: { type: 'string', default: 'auto' },
    json: { type: 'boolean', default: false },
  },
})
const batch = Number(options.batch)
const kernels = openKernels({ arithmetic: options.arithmetic as 'auto' | Arithmetic })
const widest = VARIANTS.find(
  (variant) => variant.arithmetic === kernels.arithmetic && 'module' in load(variant),
)
const runPeak = widest === undefined ? () => Number.NaN : peakRunner(widest)

const columns = 3072
const values = new Uint8Array(new SharedArrayBuffer(batch * columns))
for (let i = 0; i < values.length; i++) values[i] = Math.imul(i + 1, 0x9e3779b9) >>> 24
const inputs = {
  values,
  columns,
  shift: new Float32Array(columns).fill(127.3),
  scale: new Float32Array(columns).fill(1),
}
const rows = Uint32Array.from({ length: batch }, (_, i) => i)

interface Line {
  readonly work: string
  readonly gflops: number
  readonly shareOfPeak: number
}

let peak = 0

/** The best of a second's calls: what the kernel can do when nothing is in its way. */
function measure(work: string, flops: number, run: () => void): Line {
  let best = Number.POSITIVE_INFINITY
  const end = performance.now() + 1000
  for (let calls = 0; calls < 20 || performance.now() < end; calls++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
    if (calls % 8 === 0) peak = Math.max(peak, runPeak())
  }
  return { work, gflops: flops / best / 1e6, shareOfPeak: flops / best / 1e6 / peak }
}

const lines: Line[] = []
const x = kernels.createInputBatch(batch, inputs)
kernels.gather(x, rows, 0, batch)
const rule = { kind: 'momentum', learningRate: 1e-6, momentum: 0.9 } as const
let left: typeof x | ReturnType<typeof kernels.createMatrix> = x
let width = columns
for (const outputs of [200, 100, 10]) {
  const dense = kernels.createDense(width, outputs, 'momentum')
  const out = kernels.createMatrix(batch, outputs)
  const shape = `${batch} x ${width} x ${outputs}`
  const flops = 2 * batch * (width + 1) * outputs
  const from = left
  lines.push(measure(`forward ${shape}`, flops, () => kernels.forward(from, dense, out, batch)))
  if (width !== columns) {
    const dx = kernels.createMatrix(batch, width)
    const needed = 2 * batch * width * outputs
    lines.push(measure(`input gradient ${shape}`, needed, () => kernels.inputGradient(out, dense, dx, batch)))
  }
  lines.push(measure(`update ${shape}`, flops, () => kernels.update(from, out, dense, batch, 1e-3, rule)))
  left = out
  width = outputs
}

if (options.json) console.log(JSON.stringify({ variant: kernels.variant, peakGflops: peak, lines }))
else {
  console.log(`${kernels.variant}, one core, ${peak.toFixed(1)} GFLOP/s of multiply-adds alone`)
  for (const { work, gflops, shareOfPeak } of lines) {
    console.log(
      `${work.padEnd(34)} ${gflops.toFixed(1).padStart(7)} GFLOP/s ${(100 * shareOfPeak).toFixed(0).padStart(4)} %`,
    )
  }
}
