import { attributeTypes, modelProto, tensorTypes } from './onnx-schema.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from './types.ts';

/** Version of the file format; 8 came with opset 17 (https://onnx.ai/onnx/repo-docs/Versioning.html). */
export const onnxIrVersion = 8;
/** Version of the operators that every graph here speaks. */
export const onnxOpset = 17;

/**
 * Writes a model file: IR version 8, opset 17, all weights inside as little-endian raw data.
 *
 * The same graph gives the same bytes on every machine. Throws `RangeError` when a tensor's dimensions do not
 * multiply to its length or when two tensors carry one name, since ONNX Runtime's own message for that is cryptic.
 */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  assertDistinct(graph.initializers);
  return modelProto
    .encode({
      ir_version: onnxIrVersion,
      producer_name: 'dubwright',
      opset_import: [{ domain: '', version: onnxOpset }],
      graph: {
        name: graph.name,
        node: graph.nodes.map(encodeNode),
        initializer: graph.initializers.map(encodeTensor),
        input: graph.inputs.map(encodeValueInfo),
        output: graph.outputs.map(encodeValueInfo),
      },
      metadata_props: Object.entries(graph.metadata).map(([key, value]) => ({ key, value })),
    })
    .finish();
}

function encodeNode(node: OnnxNode): object {
  return {
    input: node.inputs,
    output: node.outputs,
    name: node.name,
    op_type: node.op,
    attribute: Object.entries(node.attributes).map(([name, attribute]) => ({
      name,
      type: attributeTypes[attribute.kind],
      ...encodeAttributeValue(attribute),
    })),
  };
}

function encodeAttributeValue(attribute: OnnxAttribute): object {
  switch (attribute.kind) {
    case 'int':
      return { i: attribute.value };
    case 'float':
      return { f: attribute.value };
    case 'ints':
      return { ints: attribute.value };
    case 'floats':
      return { floats: attribute.value };
    case 'string':
      return { s: new TextEncoder().encode(attribute.value) };
  }
}

function encodeTensor(tensor: OnnxTensor): object {
  const expected = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (expected !== tensor.data.length)
    throw new RangeError(
      `tensor ${tensor.name}: [${tensor.dims.join(', ')}] is ${expected} values, not ${tensor.data.length}`,
    );
  return {
    dims: tensor.dims,
    data_type: elementType(tensor.data),
    name: tensor.name,
    raw_data: littleEndianBytes(tensor.data),
  };
}

function elementType(data: OnnxTensor['data']): number {
  if (data instanceof Float32Array) return tensorTypes.float;
  return data instanceof BigInt64Array ? tensorTypes.int64 : tensorTypes.int32;
}

/** A view, not a copy: every platform that Node and Electron run on today is little-endian, as ONNX demands. */
function littleEndianBytes(data: OnnxTensor['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function encodeValueInfo(value: OnnxValueInfo): object {
  const dim = value.dims.map((size) =>
    typeof size === 'string' ? { dim_param: size } : { dim_value: size },
  );
  return { name: value.name, type: { tensor_type: { elem_type: tensorTypes.float, shape: { dim } } } };
}

function assertDistinct(tensors: readonly OnnxTensor[]): void {
  const seen = new Set<string>();
  for (const { name } of tensors) {
    if (seen.has(name)) throw new RangeError(`two tensors are called ${name}`);
    seen.add(name);
  }
}
