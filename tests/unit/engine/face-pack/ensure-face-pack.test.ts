import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import { ensureFacePack } from '../../../../src/engine/face-pack/ensure-face-pack.ts';
import { readOnnxHeader } from '../../../../src/engine/onnx/onnx-header.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dubwright-pack-'));
});
after(() => rm(folder, { recursive: true, force: true }));

test('two callers at once get one whole pack, and a third one builds nothing', async () => {
  const target = join(folder, 'built');
  const [first, second] = await Promise.all([ensureFacePack(target), ensureFacePack(target)]);
  assert.deepEqual(first, second);
  const files = ['blazeface.onnx', 'face-descriptor.onnx', 'facemesh.onnx', 'manifest.json'];
  assert.deepEqual((await readdir(target)).sort(), files);
  const header = readOnnxHeader(await readFile(first.facemesh));
  assert.equal(header?.metadata['licence'], 'Apache-2.0');
  const { mtimeMs } = await stat(first.manifest);
  assert.deepEqual(await ensureFacePack(target), first);
  assert.equal((await stat(first.manifest)).mtimeMs, mtimeMs);
});

test('a cut model and a pack of other sources are built again', async () => {
  const target = join(folder, 'again');
  const pack = await ensureFacePack(target);
  await truncate(pack.blazeface, 100);
  assert.deepEqual(await ensureFacePack(target), pack);
  assert.ok((await stat(pack.blazeface)).size > 100_000);

  const manifest = await readFile(pack.manifest, 'utf8');
  await writeFile(
    pack.manifest,
    manifest.replace(/("file": "facemesh.bin",\s+"bytes": \d+,\s+"sha256": ")./, '$1x'),
  );
  assert.notEqual(await readFile(pack.manifest, 'utf8'), manifest);
  assert.deepEqual(await ensureFacePack(target), pack);
  assert.equal(await readFile(pack.manifest, 'utf8'), manifest);
});

test('a folder that cannot be made is reported with its name', async () => {
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  await assert.rejects(
    ensureFacePack(join(file, 'built')),
    (error: unknown) =>
      error instanceof DubwrightError &&
      error.code === 'MODEL_PACK_MISSING' &&
      error.details['folder'] === join(file, 'built'),
  );
});
