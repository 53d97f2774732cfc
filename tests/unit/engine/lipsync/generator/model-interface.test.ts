import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DubwrightError } from '../../../../../src/contract/errors.ts';
import type { TensorSpec } from '../../../../../src/engine/inference/types.ts';
import { readGeneratorInterface } from '../../../../../src/engine/lipsync/generator/model-interface.ts';

function tensor(name: string, ...dims: (number | string)[]): TensorSpec {
  return { name, dims, elementType: 'float32' };
}

const sound = tensor('mel', 'b', 1, 80, 16);

test('finds sound and face whatever they are called and in whatever order they come', () => {
  const face = tensor('x', 'b', 6, 288, 192);
  const answer = tensor('y', 'b', 3, 'h', 'w');
  assert.deepEqual(readGeneratorInterface('a.onnx', [face, sound], [answer]), {
    faceKind: 'masked',
    soundInput: 'mel',
    faceInput: 'x',
    weightInput: null,
    output: 'y',
    width: 192,
    height: 288,
    fixedBatch: null,
  });
});

test('a batch fixed on one side is fixed for both; dimensions without a name are open', () => {
  const face = tensor('x', 1, 6, 96, 96);
  const read = (first: number | string): number | null =>
    readGeneratorInterface('a', [tensor('mel', first, 1, 80, 16), face], [tensor('y', 1, 3, 96, 96)])
      .fixedBatch;
  assert.equal(read('b'), 1);
  assert.equal(read(-1), 1);
  const open = readGeneratorInterface(
    'a',
    [tensor('mel', '', 1, 80, 16), tensor('x', -1, 6, 96, 96)],
    [tensor('y', '', 3, 96, 96)],
  );
  assert.equal(open.fixedBatch, null);
});

test('a whole-face model with a weight', () => {
  const read = readGeneratorInterface(
    'a',
    [tensor('source', 1, 1, 80, 16), tensor('target', 1, 3, 256, 256), tensor('weight', 1)],
    [tensor('output', 1, 3, 256, 256)],
  );
  assert.equal(read.faceKind, 'whole');
  assert.deepEqual(read.weightInput, { name: 'weight', dims: [1] });
});

const refused: readonly [string, readonly TensorSpec[], readonly TensorSpec[], RegExp][] = [
  [
    'a picture classifier',
    [tensor('input', 1, 3, 224, 224)],
    [tensor('o', 1, 1000)],
    /sound input.*input 1×3×224×224/,
  ],
  ['sound alone', [sound], [tensor('o', 1, 512)], /face input N×6×H×W.*found none/],
  ['a face of open size', [sound, tensor('x', 'b', 6, 'h', 'w')], [tensor('o', 'b', 3, 96, 96)], /N×6×N×N/],
  [
    'another answer',
    [sound, tensor('x', 1, 6, 96, 96)],
    [tensor('o', 1, 512)],
    /output N×3×96×96, found o 1×512/,
  ],
  [
    'half floats',
    [sound, { ...tensor('x', 1, 6, 96, 96), elementType: 'float16' }],
    [tensor('o', 1, 3, 96, 96)],
    /32-bit floats, found x 1×6×96×96 float16/,
  ],
  [
    'two batch sizes',
    [tensor('m', 2, 1, 80, 16), tensor('x', 1, 6, 96, 96)],
    [tensor('o', 1, 3, 96, 96)],
    /one batch size/,
  ],
  [
    'an input nobody knows',
    [sound, tensor('x', 1, 6, 96, 96), tensor('identity', 1, 512)],
    [tensor('o', 1, 3, 96, 96)],
    /no further inputs, found identity 1×512/,
  ],
];

for (const [what, inputs, outputs, sentence] of refused) {
  test(`refuses ${what} and says what it found`, () => {
    assert.throws(
      () => readGeneratorInterface('w.onnx', inputs, outputs),
      (error) => {
        assert.ok(error instanceof DubwrightError);
        assert.equal(error.code, 'MODEL_WRONG_SHAPE');
        assert.equal(error.details['path'], 'w.onnx');
        assert.match(String(error.details['cause']), sentence);
        return true;
      },
    );
  });
}
