import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openModel } from '../../../../src/engine/inference/open-model.ts';
import { readOnnxHeader } from '../../../../src/engine/onnx/onnx-header.ts';
import { encodeOnnxModel } from '../../../../src/engine/onnx/onnx-writer.ts';
import type { OnnxGraph } from '../../../../src/engine/onnx/types.ts';

/** One 3x3 convolution, a reshape by an int64 constant and a leaky ReLU: every attribute and tensor kind at work. */
const graph: OnnxGraph = {
  name: 'test',
  inputs: [{ name: 'picture', dims: ['batch', 1, 3, 3] }],
  outputs: [{ name: 'answer', dims: ['batch', 2] }],
  nodes: [
    {
      op: 'Conv',
      name: 'conv',
      inputs: ['picture', 'kernel', 'bias'],
      outputs: ['mixed'],
      attributes: {
        kernel_shape: { kind: 'ints', value: [3, 3] },
        pads: { kind: 'ints', value: [0, 0, 0, 0] },
        group: { kind: 'int', value: 1 },
        auto_pad: { kind: 'string', value: 'NOTSET' },
      },
    },
    { op: 'Reshape', name: 'flat', inputs: ['mixed', 'shape'], outputs: ['flattened'], attributes: {} },
    {
      op: 'LeakyRelu',
      name: 'leak',
      inputs: ['flattened'],
      outputs: ['answer'],
      attributes: { alpha: { kind: 'float', value: 0.25 } },
    },
  ],
  initializers: [
    {
      name: 'kernel',
      dims: [2, 1, 3, 3],
      data: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 0, 0, 0, -1, 0, 0, 0, -1]),
    },
    { name: 'bias', dims: [2], data: Float32Array.from([0.5, 0]) },
    { name: 'shape', dims: [2], data: BigInt64Array.from([-1n, 2n]) },
  ],
  metadata: { licence: 'MIT', origin: 'naïve test' },
};

test('ONNX Runtime computes what the graph says', async () => {
  const model = await openModel({ bytes: encodeOnnxModel(graph) });
  const data = Float32Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const { answer } = await model.run({ picture: { data, dims: [2, 1, 3, 3] } });
  await model.close();
  assert.deepEqual(model.inputs, [{ name: 'picture', dims: ['batch', 1, 3, 3], elementType: 'float32' }]);
  assert.deepEqual(answer, {
    data: Float32Array.from([45.5, -0.75, 240.5, -3]),
    dims: [2, 2],
  });
});

test('the header comes back, and the same graph gives the same bytes', () => {
  const bytes = encodeOnnxModel(graph);
  assert.deepEqual(readOnnxHeader(bytes), {
    irVersion: 8,
    opset: 17,
    producerName: 'dubwright',
    metadata: { licence: 'MIT', origin: 'naïve test' },
  });
  assert.deepEqual(encodeOnnxModel(graph), bytes);
});

test('a header is not found in what is not a model', () => {
  assert.equal(readOnnxHeader(new TextEncoder().encode('just some text')), null);
  assert.equal(readOnnxHeader(new Uint8Array(0)), null);
  assert.equal(readOnnxHeader(Uint8Array.from({ length: 4096 }, (_, i) => (i * 37) % 251)), null);
});

test('dimensions that do not fit their data are refused by name', () => {
  const bad = { name: 'kernel', dims: [2, 2], data: new Float32Array(3) };
  assert.throws(() => encodeOnnxModel({ ...graph, initializers: [bad] }), /kernel.*\[2, 2\].*4.*3/);
  assert.throws(
    () => encodeOnnxModel({ ...graph, initializers: [...graph.initializers, ...graph.initializers] }),
    /two tensors are called kernel/,
  );
});
