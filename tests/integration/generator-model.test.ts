import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DubwrightError } from '../../src/contract/errors.ts';
import {
  createGeneratorEngine,
  type GeneratorOptions,
} from '../../src/engine/lipsync/generator/generator-engine.ts';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import { arrayPcm } from '../support/array-pcm.ts';
import { filmFps, filmSize, noiseVoice, saved, swaying } from '../support/generator-dub.ts';
import { drawFace, madeUpFaces, sceneOf } from '../support/made-up-scene.ts';
import { planarFormats } from '../support/planar-frames.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { smallGeneratorGraph } from '../support/wav2lip-graph.ts';

test('wrong models are told apart', async () => {
  await withTempFolder(async (folder) => {
    const expectCode = async (modelPath: string, code: string, cause = /./): Promise<void> => {
      await assert.rejects(createGeneratorEngine({ modelPath }), (error) => {
        assert.ok(error instanceof DubwrightError, String(error));
        assert.equal(error.code, code);
        assert.equal(error.details['path'], modelPath);
        if (code !== 'MODEL_NOT_FOUND') assert.match(String(error.details['cause']), cause);
        return true;
      });
    };
    await expectCode(join(folder, 'nowhere.onnx'), 'MODEL_NOT_FOUND');
    const text = join(folder, 'text.onnx');
    await writeFile(text, 'this is no model');
    await expectCode(text, 'MODEL_UNREADABLE');
    const whole = encodeOnnxModel(smallGeneratorGraph({ size: 96, batch: null, naming: 'community' }));
    const cut = join(folder, 'cut.onnx');
    await writeFile(cut, whole.subarray(0, whole.length >> 1));
    await expectCode(cut, 'MODEL_UNREADABLE');
    const graph = smallGeneratorGraph({ size: 96, batch: null, naming: 'community' });
    const other = await saved(folder, 'other.onnx', {
      ...graph,
      inputs: [graph.inputs[1], { name: 'mel_spectrogram', dims: ['batch', 1, 40, 32] }],
    });
    await expectCode(other, 'MODEL_WRONG_SHAPE', /sound input N×1×80×16, found .*N×1×40×32/);
  });
});

test('the fingerprint follows the model and what changes its pixels, not the batch', async () => {
  await withTempFolder(async (folder) => {
    const variant = { size: 96, batch: null, naming: 'community' } as const;
    const a = await saved(folder, 'a.onnx', smallGeneratorGraph(variant, 1));
    const b = await saved(folder, 'b.onnx', smallGeneratorGraph(variant, 2));
    const print = async (options: GeneratorOptions): Promise<string> => {
      const engine = await createGeneratorEngine(options);
      await engine.close();
      return engine.fingerprint;
    };
    const first = await print({ modelPath: a });
    assert.equal(await print({ modelPath: a, batchSize: 9, weight: 0.9 }), first);
    assert.notEqual(await print({ modelPath: b }), first);
    assert.notEqual(await print({ modelPath: a, soundOffsetMs: 40 }), first);
  });
});

test('cancelling ends a render between batches', async () => {
  await withTempFolder(async (folder) => {
    const modelPath = await saved(
      folder,
      'm.onnx',
      smallGeneratorGraph({ size: 96, batch: null, naming: 'community' }),
    );
    const scene = sceneOf(madeUpFaces(filmSize, 100, swaying), planarFormats.yuv420p, filmFps);
    const engine = await createGeneratorEngine({ modelPath, batchSize: 2 });
    const cancel = new AbortController();
    const onProgress = (): void => undefined;
    const renderer = await engine.prepare(scene, { personId: 1, onProgress, signal: cancel.signal });
    let emitted = 0;
    const frame = drawFace(swaying(0), { format: planarFormats.yuv420p, ...filmSize, index: 0 });
    const rendering = renderer.render({
      segment: { startFrame: 0, endFrame: 100, personId: 1, voice: arrayPcm(noiseVoice(1)) },
      frames: (async function* () {
        for (let index = 0; index < 100; index++) yield await Promise.resolve({ ...frame, index });
      })(),
      emit: () => {
        if (++emitted === 6) cancel.abort();
        return Promise.resolve();
      },
      onProgress,
      signal: cancel.signal,
    });
    await assert.rejects(rendering, (error) => error instanceof DubwrightError && error.code === 'CANCELLED');
    assert.ok(emitted <= 8, `${emitted}`);
    await renderer.close();
  });
});
