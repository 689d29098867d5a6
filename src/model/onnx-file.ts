import { PbfWriter } from 'pbf'

/*
 * The part of ONNX's protobuf messages that a network needs.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, IR version 8, operator set 13.
 */

export const FLOAT = 1
export const INT64 = 7
export const DOUBLE = 11

export interface OnnxTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array | BigInt64Array
}

export interface OnnxNode {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly output: string
  /** Whole numbers, lists of them, or `{ float }`. */
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly float: number }>>
}

/** A value that goes in or comes out: the first dimension is free, the others are given. */
export interface OnnxValue {
  readonly name: string
  readonly type: number
  readonly shape: readonly number[]
}

export interface OnnxModel {
  readonly name: string
  readonly description: string
  readonly nodes: readonly OnnxNode[]
  readonly tensors: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly metadata: Readonly<Record<string, string>>
}

const IR_VERSION = 8
const OPERATOR_SET = 13
const ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 } as const

/** The model as an .onnx file. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, IR_VERSION)
  pbf.writeStringField(2, 'finesweep')
  pbf.writeStringField(6, model.description)
  pbf.writeMessage(7, writeGraph, model)
  pbf.writeMessage(8, writeOperatorSet, OPERATOR_SET)
  for (const entry of Object.entries(model.metadata)) pbf.writeMessage(14, writeEntry, entry)
  return pbf.finish()
}

function writeOperatorSet(version: number, pbf: PbfWriter): void {
  pbf.writeStringField(1, '')
  pbf.writeVarintField(2, version)
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key)
  pbf.writeStringField(2, value)
}

function writeGraph(model: OnnxModel, pbf: PbfWriter): void {
  for (const node of model.nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, model.name)
  for (const tensor of model.tensors) pbf.writeMessage(5, writeTensor, tensor)
  for (const value of model.inputs) pbf.writeMessage(11, writeValue, value)
  for (const value of model.outputs) pbf.writeMessage(12, writeValue, value)
}

function writeNode({ operator, inputs, output, attributes = {} }: OnnxNode, pbf: PbfWriter): void {
  for (const name of inputs) pbf.writeStringField(1, name)
  pbf.writeStringField(2, output)
  pbf.writeStringField(3, output)
  pbf.writeStringField(4, operator)
  for (const entry of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, entry)
}

function writeAttribute(
  [name, value]: [string, number | readonly number[] | { readonly float: number }],
  pbf: PbfWriter,
): void {
  pbf.writeStringField(1, name)
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value)
    pbf.writeVarintField(20, ATTRIBUTE_TYPES.int)
  } else if ('float' in value) {
    pbf.writeFloatField(2, value.float)
    pbf.writeVarintField(20, ATTRIBUTE_TYPES.float)
  } else {
    for (const each of value) pbf.writeVarintField(8, each)
    pbf.writeVarintField(20, ATTRIBUTE_TYPES.ints)
  }
}

function writeTensor({ name, shape, data }: OnnxTensor, pbf: PbfWriter): void {
  for (const length of shape) pbf.writeVarintField(1, length)
  pbf.writeVarintField(
    2,
    data instanceof Float32Array ? FLOAT : data instanceof Float64Array ? DOUBLE : INT64,
  )
  pbf.writeStringField(8, name)
  // Little-endian, as typed arrays are wherever this runs.
  pbf.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

function writeValue({ name, type, shape }: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  pbf.writeMessage(2, writeType, { type, shape })
}

function writeType(value: Pick<OnnxValue, 'type' | 'shape'>, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, value)
}

function writeTensorType({ type, shape }: Pick<OnnxValue, 'type' | 'shape'>, pbf: PbfWriter): void {
  pbf.writeVarintField(1, type)
  pbf.writeMessage(2, writeShape, shape)
}

function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  pbf.writeMessage(1, (name: string, dimension) => dimension.writeStringField(2, name), 'rows')
  for (const length of shape) {
    pbf.writeMessage(1, (size: number, dimension) => dimension.writeVarintField(1, size), length)
  }
}
