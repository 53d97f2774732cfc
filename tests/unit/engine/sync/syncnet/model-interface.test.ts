import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DubwrightError } from '../../../../../src/contract/errors.ts';
import type { TensorSpec } from '../../../../../src/engine/inference/types.ts';
import {
  readSyncNetInterface,
  type SyncNetPart,
} from '../../../../../src/engine/sync/syncnet/model-interface.ts';

const spec = (name: string, dims: TensorSpec['dims'], elementType = 'float32'): TensorSpec => ({
  name,
  dims,
  elementType,
});
const embedding = spec('e', ['batch', 1024]);

function read(part: SyncNetPart, input: TensorSpec, output = embedding): unknown {
  return readSyncNetInterface(part, 'net.onnx', { inputs: [input], outputs: [output] });
}

test('any names, open and fixed batches, sizes that the file leaves open', () => {
  assert.deepEqual(read('face', spec('lips', ['n', 3, 5, 224, 224])), {
    input: 'lips',
    output: 'e',
    fixedBatch: null,
  });
  assert.deepEqual(read('sound', spec('x', [1, 1, 13, 20]), spec('y', [1, 512])), {
    input: 'x',
    output: 'y',
    fixedBatch: 1,
  });
  assert.deepEqual(read('sound', spec('x', [-1, 1, 13, 'time'])), {
    input: 'x',
    output: 'e',
    fixedBatch: null,
  });
});

test('everything else is refused with what was found', () => {
  const refused = (run: () => unknown, cause: RegExp): void => {
    assert.throws(run, (error) => {
      assert.ok(error instanceof DubwrightError);
      assert.equal(error.code, 'MODEL_WRONG_SHAPE');
      assert.equal(error.details['path'], 'net.onnx');
      assert.match(String(error.details['cause']), cause);
      return true;
    });
  };
  refused(() => read('face', spec('mel', ['n', 1, 80, 16])), /3×5×224×224.*found mel N×1×80×16/);
  refused(() => read('face', spec('x', [1, 3, 5, 112, 112])), /found x 1×3×5×112×112/);
  refused(() => read('face', spec('x', [1, 3, 5, 224, 224], 'float16')), /float16/);
  refused(() => read('sound', spec('x', [1, 13, 20])), /1×13×20/);
  refused(() => read('sound', spec('x', [1, 1, 13, 20]), spec('y', [1, 512, 1, 1])), /output N×1024/);
  const two = [spec('a', [1, 1, 13, 20]), spec('b', [1])];
  refused(
    () => readSyncNetInterface('sound', 'net.onnx', { inputs: two, outputs: [embedding] }),
    /a 1×1×13×20, b 1/,
  );
});

test('files given the wrong way round are told so', () => {
  assert.throws(() => read('face', spec('x', [1, 1, 13, 20])), /this is the sound network/);
  assert.throws(() => read('sound', spec('x', [1, 3, 5, 224, 224])), /this is the face network/);
});
