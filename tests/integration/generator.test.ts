import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GeneratorOptions } from '../../src/engine/lipsync/generator/generator-engine.ts';
import { FaceTrail } from '../../src/engine/lipsync/generator/face-framing.ts';
import { lowerFaceOf } from '../../src/engine/lipsync/generator/lower-face-mask.ts';
import type { Patch, VideoFrame } from '../../src/engine/media/frame.ts';
import { chromaMask } from '../../src/engine/pixels/feather-mask.ts';
import { boxInPlane, copyOfPlane, planeShiftOf } from '../../src/engine/pixels/plane-geometry.ts';
import { arrayPcm } from '../support/array-pcm.ts';
import { madeUpFaces, type FacePlace } from '../support/made-up-scene.ts';
import { planarFormats } from '../support/planar-frames.ts';
import {
  dubWithGenerator,
  filmSize,
  noiseVoice,
  saved,
  swaying,
  type Dub,
} from '../support/generator-dub.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { copyingGeneratorGraph, smallGeneratorGraph, wholeFaceGraph } from '../support/wav2lip-graph.ts';

/** Differences between a patch and its source where the mask is zero, and where it is not. */
function compare(
  patch: Patch,
  frame: VideoFrame,
  placeOf = swaying as (frame: number) => FacePlace | null,
): { readonly outside: number; readonly inside: number; readonly mean: number } {
  const view = new FaceTrail(madeUpFaces(filmSize, 1000, placeOf), 1, 'detector-box').at(frame.index);
  assert.ok(view);
  const face = lowerFaceOf(frame, view);
  assert.ok(face);
  let [outside, inside, sum, count] = [0, 0, 0, 0];
  patch.planes.forEach((plane, index) => {
    const shift = planeShiftOf(frame.format, index);
    const weights = chromaMask(face.mask, shift);
    const before = copyOfPlane(frame.planes[index], boxInPlane(patch.box, shift));
    plane.data.forEach((value, i) => {
      const difference = Math.abs(value - before.data[i]);
      if (weights[i] === 0 || index === 3) outside = Math.max(outside, difference);
      else {
        inside = Math.max(inside, difference);
        sum += difference;
        count++;
      }
    });
  });
  return { outside, inside, mean: sum / count };
}

test('a model that gives the face back leaves the film as it was, in every sample format', async () => {
  await withTempFolder(async (folder) => {
    const modelPath = await saved(
      folder,
      'copy.onnx',
      copyingGeneratorGraph({ size: 96, batch: null, naming: 'community' }),
    );
    for (const format of Object.values(planarFormats)) {
      const { patches, frames, outcome } = await dubWithGenerator({
        modelPath,
        frameCount: 6,
        format,
        voice: arrayPcm(noiseVoice(0.3)),
      });
      assert.equal(patches.length, 6, format.name);
      assert.equal(outcome.patchedFrames, 6);
      const unit = 2 ** (format.bitDepth - 8);
      patches.forEach((patch, i) => {
        assert.equal(patch.frameIndex, i);
        const { outside, inside, mean } = compare(patch, frames[i]);
        assert.equal(outside, 0, `${format.name}: changed outside the mask`);
        assert.ok(inside <= 9 * unit, `${format.name}: ${inside} at worst`);
        assert.ok(mean <= 0.9 * unit, `${format.name}: ${mean} on average`);
      });
    }
  });
});

const variants = [
  [null, 'community'],
  [1, 'facefusion'],
  [null, 'facefusion'],
  [3, 'community'],
] as const;

test('every size, batch and naming in the wild runs, and patches every frame', async () => {
  await withTempFolder(async (folder) => {
    for (const [number, side] of [96, 128, 192, 256, 288, 384].entries()) {
      for (const [batch, naming] of variants.slice(2 * (number % 2), 2 * (number % 2) + 2)) {
        const name = `${number}-${batch ?? 'open'}-${naming}.onnx`;
        const modelPath = await saved(folder, name, smallGeneratorGraph({ size: side, batch, naming }));
        const { patches, frames, outcome } = await dubWithGenerator({
          modelPath,
          frameCount: 5,
          voice: arrayPcm(noiseVoice(0.2)),
        });
        assert.equal(patches.length, 5, name);
        assert.deepEqual([outcome.patchedFrames, outcome.framesWithoutFace], [5, 0]);
        const { outside, mean } = compare(patches[4], frames[4]);
        assert.equal(outside, 0, name);
        assert.ok(mean > 1, 'random weights draw something else');
      }
    }
  });
});

test('batches of one, four and a fixed three give the same film', async () => {
  await withTempFolder(async (folder) => {
    const run = async (batch: number | null, batchSize: number): Promise<Dub> =>
      dubWithGenerator({
        modelPath: await saved(
          folder,
          `${batch}-${batchSize}.onnx`,
          smallGeneratorGraph({ size: 96, batch, naming: 'community' }),
        ),
        frameCount: 10,
        voice: arrayPcm(noiseVoice(0.4)),
        options: { batchSize },
      });
    const one = await run(null, 1);
    for (const other of [await run(null, 4), await run(3, 8)]) {
      assert.equal(other.patches.length, 10);
      other.patches.forEach((patch, i) => {
        patch.planes.forEach((plane, p) => {
          const wanted = one.patches[i].planes[p].data;
          plane.data.forEach((value, at) => assert.ok(Math.abs(value - wanted[at]) <= 1));
        });
      });
    }
  });
});

test('a whole-face model with a weight runs and gives the face back', async () => {
  await withTempFolder(async (folder) => {
    const modelPath = await saved(folder, 'edtalk.onnx', wholeFaceGraph());
    const { patches, frames } = await dubWithGenerator({
      modelPath,
      frameCount: 3,
      voice: arrayPcm(noiseVoice(0.1)),
    });
    assert.equal(patches.length, 3);
    const view = new FaceTrail(madeUpFaces(filmSize, 10, swaying), 1, 'ffhq-square').at(1);
    assert.ok(view);
    const mask = lowerFaceOf(frames[1], view)?.mask;
    assert.deepEqual(mask?.box, patches[1].box);
    const before = copyOfPlane(frames[1].planes[0], patches[1].box).data;
    let largest = 0;
    patches[1].planes[0].data.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - before[i]));
    });
    assert.ok(largest <= 9, `${largest}`);
  });
});

test('each frame’s lips answer to that frame’s sound, and rest in silence', async () => {
  await withTempFolder(async (folder) => {
    const graph = copyingGeneratorGraph({ size: 96, batch: null, naming: 'community' }, 0.5);
    const modelPath = await saved(folder, 'loud.onnx', graph);
    const sound = new Float32Array(16_000 * 2.4);
    sound.set(noiseVoice(0.8), 16_000 * 0.8);
    const frameCount = 60;
    const glow = async (options: Omit<GeneratorOptions, 'modelPath'>, startFrame = 0): Promise<number[]> => {
      const { patches, frames } = await dubWithGenerator({
        modelPath,
        frameCount: frameCount + startFrame,
        voice: arrayPcm(sound),
        options,
        startFrame,
      });
      return patches.map((patch, i) => {
        const before = copyOfPlane(frames[i].planes[0], patch.box).data;
        let sum = 0;
        patch.planes[0].data.forEach((value, at) => (sum += value - before[at]));
        return sum / before.length;
      });
    };
    const onsetOf = (glows: readonly number[]): number => {
      const half = Math.max(...glows) / 2;
      return glows.findIndex((value) => value > half);
    };
    const plain = await glow({});
    assert.equal(plain.length, frameCount);
    // A window of 200 ms is half filled when it starts 100 ms before the sound: frame (0.8 - 0.1) · 25.
    assert.ok(Math.abs(onsetOf(plain) - 17.5) <= 1.5, `${onsetOf(plain)}`);
    for (const [i, value] of plain.entries()) {
      if (i < 13 || i > 42) assert.ok(Math.abs(value) < 0.5, `frame ${i}: ${value}`);
      if (i > 21 && i < 34) assert.ok(value > 3, `frame ${i}: ${value}`);
    }
    const later = await glow({ soundOffsetMs: 200 });
    assert.equal(onsetOf(plain) - onsetOf(later), 5);
    assert.equal(onsetOf(await glow({}, 30)), onsetOf(plain), 'a segment counts from its own first frame');
  });
});

test('no face, no patch: such frames are counted and stay as they are', async () => {
  await withTempFolder(async (folder) => {
    const modelPath = await saved(
      folder,
      'm.onnx',
      smallGeneratorGraph({ size: 96, batch: null, naming: 'community' }),
    );
    const { patches, outcome } = await dubWithGenerator({
      modelPath,
      frameCount: 12,
      voice: arrayPcm(noiseVoice(0.5)),
      placeOf: (frame) => (frame % 3 === 0 ? null : swaying(frame)),
    });
    assert.deepEqual(
      patches.map(({ frameIndex }) => frameIndex),
      [1, 2, 4, 5, 7, 8, 10, 11],
    );
    assert.deepEqual([outcome.patchedFrames, outcome.framesWithoutFace], [8, 4]);
    assert.match(outcome.notes.join(), /4 of 12 frames/);
  });
});

test('an answer of no numbers leaves the film as it was', async () => {
  await withTempFolder(async (folder) => {
    const graph = copyingGeneratorGraph({ size: 96, batch: null, naming: 'community' }, Number.NaN);
    const modelPath = await saved(folder, 'nan.onnx', graph);
    const { patches, frames } = await dubWithGenerator({
      modelPath,
      frameCount: 2,
      voice: arrayPcm(noiseVoice(0.1)),
    });
    for (const [i, patch] of patches.entries()) assert.ok(compare(patch, frames[i]).inside <= 9);
  });
});

test('digital silence, an empty voice and a voice far too short still patch every frame', async () => {
  await withTempFolder(async (folder) => {
    const modelPath = await saved(
      folder,
      'm.onnx',
      smallGeneratorGraph({ size: 96, batch: null, naming: 'facefusion' }),
    );
    for (const voice of [new Float32Array(16_000), new Float32Array(0), noiseVoice(0.05)]) {
      const { patches } = await dubWithGenerator({ modelPath, frameCount: 9, voice: arrayPcm(voice) });
      assert.equal(patches.length, 9);
    }
  });
});
