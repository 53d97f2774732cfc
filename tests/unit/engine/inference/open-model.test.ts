import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DubwrightError, type ErrorCode } from '../../../../src/contract/errors.ts';
import { openModel } from '../../../../src/engine/inference/open-model.ts';
import { providerNames } from '../../../../src/engine/inference/types.ts';
import { encodeOnnxModel } from '../../../../src/engine/onnx/onnx-writer.ts';

const doubler = encodeOnnxModel({
  name: 'doubler',
  inputs: [{ name: 'x', dims: ['batch', 2] }],
  outputs: [{ name: 'y', dims: ['batch', 2] }],
  nodes: [{ op: 'Add', name: 'add', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }],
  initializers: [],
  metadata: {},
});

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dubwright-model-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const isError = (code: ErrorCode) => (error: unknown) =>
  error instanceof DubwrightError && error.code === code;

test('a model opens from a path with letters outside ASCII', async () => {
  const path = join(folder, 'modèle – 模型.onnx');
  await writeFile(path, doubler);
  const model = await openModel({ path });
  const { y } = await model.run({ x: { data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] } });
  assert.deepEqual([...y.data], [2, 4, 6, 8]);
  await model.close();
  await model.close();
  await assert.rejects(model.run({ x: { data: Float32Array.of(1, 2), dims: [1, 2] } }), /closed/);
});

test('answers of two runs do not share memory', async () => {
  const model = await openModel({ bytes: doubler });
  const first = await model.run({ x: { data: Float32Array.of(1, 2), dims: [1, 2] } });
  await model.run({ x: { data: Float32Array.of(5, 6), dims: [1, 2] } });
  assert.deepEqual([...first['y'].data], [2, 4]);
  await model.close();
});

test('missing and wrong files are told apart', async () => {
  await assert.rejects(openModel({ path: join(folder, 'nothing.onnx') }), isError('MODEL_NOT_FOUND'));
  const text = join(folder, 'text.onnx');
  await writeFile(text, 'this is a text file\n'.repeat(100));
  await assert.rejects(openModel({ path: text }), isError('MODEL_UNREADABLE'));
  await assert.rejects(openModel({ path: folder }), isError('MODEL_UNREADABLE'));
  await assert.rejects(openModel({ bytes: doubler.subarray(0, 40) }), isError('MODEL_UNREADABLE'));
  await assert.rejects(openModel({ bytes: new Uint8Array(0) }), isError('MODEL_UNREADABLE'));
});

test('a provider that this platform never has is unavailable, a bad file stays a bad file', async () => {
  const foreign = process.platform === 'darwin' ? 'dml' : 'coreml';
  assert.ok(providerNames.includes(foreign));
  await assert.rejects(openModel({ bytes: doubler, provider: foreign }), isError('PROVIDER_UNAVAILABLE'));
  await assert.rejects(
    openModel({ bytes: new Uint8Array(8), provider: foreign }),
    isError('MODEL_UNREADABLE'),
  );
});

test('feeds that do not fit are refused by name', async () => {
  const model = await openModel({ bytes: doubler });
  const wrongShape = (error: unknown) =>
    error instanceof DubwrightError && error.code === 'MODEL_WRONG_SHAPE' && error.details['input'] === 'x';
  await assert.rejects(model.run({}), wrongShape);
  await assert.rejects(model.run({ x: { data: new Float32Array(3), dims: [1, 3] } }), wrongShape);
  await assert.rejects(model.run({ x: { data: new Float32Array(3), dims: [2, 2] } }), wrongShape);
  await model.close();
});
