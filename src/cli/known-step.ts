import { createHash } from 'node:crypto'

/** How this machine computes, and what a known step gives on it. */
export async function describeArithmetic() {
  const { openKernels } = await import('../train/kernels/open-kernels.ts')
  const { digestOfSmallStep, isSmallStep } = await import('../train/kernels/agreement.ts')
  const kernels = openKernels()
  const { arithmetic, variant } = kernels
  const step = digestOfSmallStep(kernels)
  kernels.close()
  const stepHash = createHash('sha256').update(step).digest('hex').slice(0, 16)
  const isRight = isSmallStep(step, arithmetic)
  return { description: `${arithmetic} (${variant})`, arithmetic, stepHash, isRight }
}
