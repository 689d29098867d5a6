import type { Preprocessing } from '../data/prepared.ts'
import type { TargetScaling } from '../train/inputs.ts'
import { NORM_EPSILON } from '../train/network.ts'
import type { KeptNetwork } from './kept-network.ts'
import { DOUBLE, encodeOnnx, FLOAT, INT64, type OnnxNode, type OnnxTensor } from './onnx-file.ts'

/** A graph under construction: values flow from one node to the next. */
class Graph {
  readonly nodes: OnnxNode[] = []
  readonly tensors: OnnxTensor[] = []

  tensor(name: string, shape: readonly number[], data: OnnxTensor['data']): string {
    this.tensors.push({ name, shape, data })
    return name
  }

  node(
    output: string,
    operator: string,
    inputs: readonly string[],
    attributes: NonNullable<OnnxNode['attributes']> = {},
  ): string {
    this.nodes.push({ operator, inputs, output, attributes })
    return output
  }
}

/**
 * A kept network as an ONNX file that takes rows as they were read (rows, columns), `input`, float32 or, for tables of
 * float64, double, and gives `probabilities` (rows, classes) and `label` (rows), the index of the largest; or, where a
 * number is predicted, `prediction` (rows), double, in the units of the data. All that was done to the inputs is inside.
 * Metadata: `classes` or the name of the `target` and, of a table, `columns`, as JSON; study, trial.
 */
export function exportOnnx({ study, trial, saved, data }: KeptNetwork): Uint8Array {
  const { preprocessing, classes, target } = data
  const graph = new Graph()
  const prepared = addPreprocessing(graph, preprocessing)
  const scores = addNetwork(graph, saved, preprocessing.biasTrick, prepared)
  if (target === undefined) {
    graph.node('probabilities', 'Softmax', [scores], { axis: 1 })
    graph.node('label', 'ArgMax', [scores], { axis: 1, keepdims: 0, select_last_index: 0 })
  } else addTargetUnits(graph, target, scores)
  return encodeOnnx({
    name: study.name,
    description: `Trial ${trial.number} of ${study.name}: ${data.steps.join('; ')}`,
    nodes: graph.nodes,
    tensors: graph.tensors,
    inputs: [
      { name: 'input', type: isDouble(preprocessing) ? DOUBLE : FLOAT, shape: [preprocessing.columns] },
    ],
    outputs:
      target === undefined
        ? [
            { name: 'probabilities', type: FLOAT, shape: [saved.architecture.classes] },
            { name: 'label', type: INT64, shape: [] },
          ]
        : [{ name: 'prediction', type: DOUBLE, shape: [] }],
    metadata: {
      study: study.name,
      trial: String(trial.number),
      ...(target === undefined ? { classes: JSON.stringify(classes) } : { target: classes[0] ?? '' }),
      shape: JSON.stringify(data.shape),
      ...(data.layout === null ? {} : { columns: JSON.stringify(data.layout.names) }),
    },
  })
}

/** The network's one output, which is in deviations of the training targets, in the units of the data. */
function addTargetUnits(graph: Graph, { mean, deviation }: TargetScaling, scores: string): void {
  const flat = graph.tensor('rows', [1], BigInt64Array.of(-1n))
  graph.node('flat', 'Reshape', [scores, flat])
  graph.node('exact', 'Cast', ['flat'], { to: DOUBLE })
  graph.tensor('deviation', [1], Float64Array.of(deviation))
  graph.tensor('targetMean', [1], Float64Array.of(mean))
  graph.node('spread', 'Mul', ['exact', 'deviation'])
  graph.node('prediction', 'Add', ['spread', 'targetMean'])
}

function isDouble({ shift, scale }: Preprocessing): boolean {
  return shift instanceof Float64Array || scale instanceof Float64Array
}

/** Gaps filled, columns shifted and scaled in the type that they were fitted in, then rotated in float32. */
function addPreprocessing(graph: Graph, preprocessing: Preprocessing): string {
  const { columns, fill, shift, scale, projection } = preprocessing
  const as = (numbers: Float32Array | Float64Array): Float32Array | Float64Array =>
    isDouble(preprocessing) ? Float64Array.from(numbers) : Float32Array.from(numbers)
  let value = 'input'
  if (fill !== null) {
    graph.tensor('fill', [columns], as(fill))
    graph.node('missing', 'IsNaN', [value])
    value = graph.node('filled', 'Where', ['missing', 'fill', value])
  }
  graph.tensor('shift', [columns], as(shift))
  graph.tensor('scale', [columns], as(scale))
  graph.node('shifted', 'Sub', [value, 'shift'])
  value = graph.node('scaled', 'Mul', ['shifted', 'scale'])
  if (isDouble(preprocessing)) value = graph.node('rounded', 'Cast', [value], { to: FLOAT })
  if (projection === null) return value
  const { mean, components, scale: spread, k } = projection
  graph.tensor('mean', [columns], Float32Array.from(mean))
  graph.tensor(
    'components',
    [columns, k],
    Float32Array.from(components, (weight, i) => weight * spread[i % k]!),
  )
  graph.node('centred', 'Sub', [value, 'mean'])
  return graph.node('rotated', 'MatMul', ['centred', 'components'])
}

/** The layers; a column of ones among the inputs is added to the first layer's bias. */
function addNetwork(
  graph: Graph,
  { architecture, state }: KeptNetwork['saved'],
  biasTrick: boolean,
  inputs: string,
): string {
  const { hidden, classes, activation, maxoutPieces, batchNorm } = architecture
  let value = inputs
  let width = architecture.inputs
  const affine = (layer: number, columns: number): string => {
    let weights = Float32Array.from(state[`W${layer}`]!.data)
    let bias = Float32Array.from(state[`b${layer}`]!.data)
    let rows = width
    if (layer === 1 && biasTrick) {
      rows -= 1
      const last = weights.subarray(rows * columns)
      bias = bias.map((each, c) => each + last[c]!)
      weights = weights.slice(0, rows * columns)
    }
    graph.tensor(`W${layer}`, [rows, columns], weights)
    graph.tensor(`b${layer}`, [columns], bias)
    return graph.node(`z${layer}`, 'Gemm', [value, `W${layer}`, `b${layer}`])
  }
  for (const [index, units] of hidden.entries()) {
    const layer = index + 1
    const pieces = activation === 'maxout' ? maxoutPieces : 1
    const columns = units * pieces
    value = affine(layer, columns)
    if (batchNorm) {
      const vectors = ['gamma', 'beta', 'runningMean', 'runningVariance'].map((name) =>
        graph.tensor(`${name}${layer}`, [columns], Float32Array.from(state[`${name}${layer}`]!.data)),
      )
      const epsilon = { float: NORM_EPSILON }
      value = graph.node(`n${layer}`, 'BatchNormalization', [value, ...vectors], { epsilon })
    }
    if (activation === 'maxout') {
      const shape = graph.tensor(
        `pieces${layer}`,
        [3],
        BigInt64Array.from([-1n, BigInt(units), BigInt(pieces)]),
      )
      graph.node(`p${layer}`, 'Reshape', [value, shape])
      value = graph.node(`h${layer}`, 'ReduceMax', [`p${layer}`], { axes: [2], keepdims: 0 })
    } else {
      value = graph.node(`h${layer}`, OPERATORS[activation], [value])
    }
    width = units
  }
  return affine(hidden.length + 1, classes)
}

const OPERATORS = { relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid' } as const
