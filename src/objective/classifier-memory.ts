import type { PreparedData } from '../data/prepared.ts'
import { UserError } from '../errors.ts'
import type { Distribution, ParamValue } from '../space/distribution.ts'
import type { SearchSpace } from '../space/search-space.ts'
import { type ClassifierConfig, MOST_USUAL_ROWS } from './classifier-config.ts'
import { withParams } from './classifier-parameters.ts'

/** The memory of the kernels has addresses of 32 bits. */
const THREAD_BYTES = 2 ** 32
const FLOAT_BYTES = 4

/**
 * The bytes that training takes in a thread: weights with their gradients and moments, and the outputs of each layer
 * for a batch with theirs. A little less than it is: buffers of the kernels come on top.
 */
export function trainingBytes(
  { model, training }: ClassifierConfig,
  inputs: number,
  classes: number,
  folds: number,
): number {
  const pieces = model.activation === 'maxout' ? model.maxoutPieces : 1
  const moments = { sgd: 0, momentum: 1, nesterov: 1, adam: 2 }[training.optimizer.kind]
  let [below, weights, outputs] = [inputs, 0, inputs]
  for (const units of model.hidden) {
    weights += (below + 1) * units * pieces
    outputs += 2 * units * pieces
    below = units
  }
  weights += (below + 1) * classes
  outputs += 2 * classes
  return FLOAT_BYTES * folds * (weights * (2 + moments) + (training.batchSize ?? MOST_USUAL_ROWS) * outputs)
}

/**
 * Refuses a study whose smallest network does not fit into a thread.
 * @returns a sentence if its largest does not, else null
 * @throws UserError('usage') with the size
 */
export function checkMemory(config: ClassifierConfig, space: SearchSpace, data: PreparedData): string | null {
  const fold = data.folds[0]!
  const bytesOf = (pick: (values: readonly number[]) => number): number =>
    trainingBytes(
      extreme(config, space, pick),
      fold.train.inputs.columns,
      fold.classes.length,
      data.folds.length,
    )
  const least = bytesOf((values) => Math.min(...values))
  if (least > THREAD_BYTES) {
    throw new UserError(
      'usage',
      `model.hidden: a network of this size takes ${gigabytes(least)} to train; a thread has ${gigabytes(THREAD_BYTES)}`,
      { hint: 'Use narrower or fewer layers.' },
    )
  }
  const most = bytesOf((values) => Math.max(...values))
  return most > THREAD_BYTES
    ? `The largest networks of this space take ${gigabytes(most)} to train; a thread has ${gigabytes(THREAD_BYTES)}: trials that need more will fail.`
    : null
}

const SIZES = /^(units\d+|layers|maxoutPieces|batchSize)$/

/** The settings with every parameter that counts for the size at one end of its range. */
function extreme(
  config: ClassifierConfig,
  space: SearchSpace,
  pick: (values: readonly number[]) => number,
): ClassifierConfig {
  const params: Record<string, ParamValue> = {}
  for (const [name, distribution] of Object.entries(space.parameters)) {
    const numbers = valuesOf(distribution).filter((value) => typeof value === 'number')
    if (SIZES.test(name) && numbers.length > 0) params[name] = pick(numbers)
  }
  const activations = space.parameters.activation === undefined ? [] : valuesOf(space.parameters.activation)
  const hasMaxout = activations.includes('maxout')
  if (activations.length > 0) {
    const isLargest = pick([0, 1]) === 1
    params.activation = hasMaxout && (isLargest || activations.length === 1) ? 'maxout' : 'relu'
  }
  return withParams(config, params)
}

function valuesOf(distribution: Distribution): readonly ParamValue[] {
  if (distribution.kind === 'fixed') return [distribution.value]
  return distribution.kind === 'categorical' ? distribution.choices : [distribution.low, distribution.high]
}

function gigabytes(bytes: number): string {
  const size = bytes / 2 ** 30
  return `${size < 10 ? Math.round(size * 10) / 10 : Math.round(size)} GB`
}
