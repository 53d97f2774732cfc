import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DubwrightError } from '../../src/contract/errors.ts';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile, pcmFromArray } from '../../src/engine/audio/pcm-file.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import type { VideoFrame } from '../../src/engine/media/frame.ts';
import type { SourceVideo } from '../../src/engine/media/types.ts';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import type { OnnxGraph } from '../../src/engine/onnx/types.ts';
import { scoreWithSyncNet, type SyncNetRequest } from '../../src/engine/sync/syncnet/score-with-syncnet.ts';
import type { SyncNetFaceScore } from '../../src/engine/sync/syncnet/types.ts';
import { samplesOfWav } from '../support/array-pcm.ts';
import { sceneOf } from '../support/made-up-scene.ts';
import { ffmpegText } from '../support/make-media.ts';
import { planarFormats } from '../support/planar-frames.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { facesWithin, goldenBox, goldenFilm, goldenFrame } from '../support/syncnet-film.ts';
import { brightnessGraph, faceGraph, loudnessGraph, soundGraph } from '../support/syncnet-graphs.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { writeWav } from '../support/wav-file.ts';

interface Reference {
  readonly windows: number;
  readonly avOffset: number;
  readonly minDist: number;
  readonly confidence: number;
  readonly frameConfidence: readonly number[];
}

const fixtures = new URL('../fixtures/', import.meta.url);
const reference = JSON.parse(readFileSync(new URL('syncnet-film.json', fixtures), 'utf8')) as Reference;
const speech = samplesOfWav(readFileSync(new URL('mel-speech.wav', fixtures)));
const twice = new Float32Array(speech.length * 2);
twice.set(speech);
twice.set(speech, speech.length);

const faces = facesWithin(goldenFilm, [goldenBox]);
const goldenSource = sceneOf(faces, planarFormats.gbrp, goldenFilm.fps).source;

const drawn = new Map<number, VideoFrame>();

async function* goldenFrames(start: number, end: number): AsyncGenerator<VideoFrame> {
  for (let index = start; index < end; index++) {
    const frame = drawn.get(index) ?? goldenFrame(index);
    drawn.set(index, frame);
    yield await Promise.resolve(frame);
  }
}

async function saved(folder: string, name: string, graph: OnnxGraph): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, encodeOnnxModel(graph));
  return path;
}

/** The golden film with the given networks; `changes` are laid over the request. */
async function scoreGolden(
  folder: string,
  graphs: { readonly face: OnnxGraph; readonly sound: OnnxGraph },
  changes: Partial<SyncNetRequest> = {},
): Promise<SyncNetFaceScore[]> {
  const files = {
    facePath: await saved(folder, 'face.onnx', graphs.face),
    soundPath: await saved(folder, 'sound.onnx', graphs.sound),
  };
  const scratchFolder = join(folder, 'scratch');
  const scores = await scoreWithSyncNet({
    source: goldenSource,
    faces,
    sound: { pcm: pcmFromArray(twice), startSeconds: 0 },
    files,
    scratchFolder,
    signal: new AbortController().signal,
    readFrames: goldenFrames,
    ...changes,
  });
  assert.deepEqual(await readdir(scratchFolder).catch(() => []), [], 'nothing is left behind');
  return scores;
}

/** cv2 scales bytes with 11 bits and rounds down on its way, an eighth of a step on average. */
const cropRounding = 5e-4;

function assertGolden([score]: readonly SyncNetFaceScore[]): void {
  const { numbers } = score;
  assert.ok(numbers);
  assert.equal(numbers.windows, reference.windows);
  assert.equal(numbers.avOffsetFrames, reference.avOffset);
  const tolerance = cropRounding * reference.minDist;
  assert.ok(Math.abs(numbers.lseD - reference.minDist) < tolerance, `LSE-D ${numbers.lseD}`);
  assert.ok(Math.abs(numbers.lseC - reference.confidence) < tolerance / 4, `LSE-C ${numbers.lseC}`);
}

test('a whole film equals the independent implementation, whatever the batches', async () => {
  await withTempFolder(async (folder) => {
    let last: readonly [number, number] = [0, 0];
    const open = await scoreGolden(
      folder,
      { face: faceGraph({ batch: null }), sound: soundGraph({ batch: null }) },
      { onProgress: (done, total) => (last = [done, total]) },
    );
    assert.equal(open.length, 1);
    assertGolden(open);
    assert.deepEqual(last, [reference.windows, reference.windows]);
    assert.deepEqual([open[0].evidence, open[0].doubt, open[0].startSeconds], ['ok', null, 0]);
    const means = [...Map.groupBy(reference.frameConfidence.entries(), ([v]) => Math.floor((v + 2.5) / 25))];
    assert.deepEqual(
      open[0].perSecond.map(({ second }) => second),
      means.map(([second]) => second),
    );
    for (const [i, [, entries]] of means.entries()) {
      const mean = entries.reduce((sum, [, value]) => sum + value, 0) / entries.length;
      assert.ok(Math.abs(open[0].perSecond[i].confidence - mean) < cropRounding * reference.minDist);
    }
    const names = { inputName: 'x.1', outputName: '1234' };
    const fixed = { face: faceGraph({ batch: 3, ...names }), sound: soundGraph({ batch: 1, ...names }) };
    assertGolden(await scoreGolden(folder, fixed));
  });
});

test('two faces at once get the numbers that each gets alone', async () => {
  await withTempFolder(async (folder) => {
    const graphs = {
      face: faceGraph({ batch: null, size: 64 }),
      sound: soundGraph({ batch: null, size: 64 }),
    };
    const other = (frame: number): ReturnType<typeof goldenBox> =>
      frame < 20 ? null : { left: 20 + frame / 8, top: 60, right: 125 + frame / 8, bottom: 170 };
    const brief = (frame: number): ReturnType<typeof goldenBox> => (frame < 90 ? other(30) : null);
    const together = facesWithin(goldenFilm, [goldenBox, other, brief]);
    const both = await scoreGolden(folder, graphs, { faces: together });
    assert.deepEqual(
      both.map(({ trackId, evidence, doubt }) => [trackId, evidence, doubt]),
      [
        [1, 'ok', null],
        [3, 'low', 'short'],
        [2, 'ok', null],
      ],
    );
    for (const trackIds of [[1], [2], [3]]) {
      const alone = await scoreGolden(folder, graphs, { faces: together, trackIds });
      assert.deepEqual(
        alone,
        both.filter(({ trackId }) => trackIds.includes(trackId)),
      );
    }
  });
});

/** A film file whose picture flickers as its sound does, the sound `lateFrames` · 40 ms late. */
async function flickeringFilm(folder: string, lateFrames: number): Promise<SourceVideo> {
  const [side, count, random] = [128, 150, seededRandom(5)];
  const level = Array.from({ length: count + 40 }, () => random());
  const picture = Buffer.alloc(side * side * count);
  for (let f = 0; f < count; f++)
    picture.fill(60 + Math.round(120 * level[f + 20]), f * side * side, (f + 1) * side * side);
  const sound = Float32Array.from({ length: count * 640 }, (_, n) => {
    const loudness = Math.exp(-4 + 3 * level[Math.floor(n / 640) + 20 - lateFrames]);
    return loudness * (2 * random() - 1);
  });
  await writeFile(join(folder, 'picture.raw'), picture);
  writeWav(join(folder, 'sound.wav'), sound, 16_000);
  const raw = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-s',
    `${side}x${side}`,
    '-r',
    '25',
    '-i',
    'picture.raw',
  ];
  const path = join(folder, `film-${lateFrames}.mkv`);
  await ffmpegText([...raw, '-i', 'sound.wav', '-c:v', 'ffv1', '-c:a', 'pcm_s16le', path], folder);
  return openSource(path);
}

test('in a real film the offset has the right size and sign', async () => {
  await withTempFolder(async (folder) => {
    // Roughly the brightness that belongs to the log energy: distances are then smallest where the two run alike.
    const facePath = await saved(folder, 'brightness.onnx', brightnessGraph(null));
    const soundPath = await saved(folder, 'loudness.onnx', loudnessGraph(null, 20, -293));
    for (const lateFrames of [-4, 0, 7]) {
      const source = await flickeringFilm(folder, lateFrames);
      const outPath = join(folder, 'sound.pcm');
      await decodePcmFile({ path: source.info.path, streamIndex: null, outPath });
      const pcm = openPcmFile(outPath);
      const size = { width: source.video.width, height: source.video.height };
      const store = facesWithin({ ...size, frameCount: source.table.frameCount }, [
        () => ({ left: 10, top: 5, right: 115, bottom: 120 }),
      ]);
      const score = async (startSeconds: number): Promise<SyncNetFaceScore['numbers']> =>
        (
          await scoreWithSyncNet({
            source,
            faces: store,
            sound: { pcm, startSeconds },
            files: { facePath, soundPath, batchSize: 7 },
            scratchFolder: folder,
            signal: new AbortController().signal,
          })
        )[0].numbers;
      const numbers = await score(0);
      assert.equal(numbers?.offsetMs, lateFrames * 40);
      assert.equal(numbers.offsetFrames, lateFrames);
      assert.equal(numbers.avOffsetFrames, 0 - lateFrames);
      assert.ok(numbers.lseC > 10, `${numbers.lseC}`);
      // The same sound laid 120 ms earlier comes 120 ms earlier.
      assert.equal((await score(-0.12))?.offsetMs, lateFrames * 40 - 120);
      pcm.close();
    }
  });
});

test('a sound that ends early, faces too small, answers that are no numbers: said, not thrown', async () => {
  await withTempFolder(async (folder) => {
    const graphs = { face: brightnessGraph(null), sound: loudnessGraph(null, 1, 0) };
    const doubtOf = async (changes: Partial<SyncNetRequest>, with_ = graphs): Promise<unknown[]> => {
      const [{ evidence, doubt, numbers }] = await scoreGolden(folder, with_, changes);
      return [evidence, doubt, numbers?.windows ?? null];
    };
    const sound = (samples: number): Partial<SyncNetRequest> => ({
      sound: { pcm: pcmFromArray(twice.slice(0, samples)), startSeconds: 0 },
    });
    assert.deepEqual(await doubtOf(sound(0)), ['low', 'no-sound', null]);
    assert.deepEqual(await doubtOf(sound(5 * 640)), ['low', 'no-sound', null]);
    assert.deepEqual(await doubtOf(sound(30 * 640 + 639)), ['ok', null, 25]);
    const small = facesWithin(goldenFilm, [() => ({ left: 50, top: 50, right: 130, bottom: 149 })]);
    assert.deepEqual(await doubtOf({ faces: small }), ['low', 'small-face', 137]);
    const broken = { ...graphs, sound: loudnessGraph(null, Number.NaN, 0) };
    assert.deepEqual(await doubtOf({}, broken), ['low', 'no-number', null]);
  });
});

test('memory does not grow with the film', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  await withTempFolder(async (folder) => {
    const size = 4096;
    const frameCount = 400;
    const box = { left: 0, top: 0, right: 60, bottom: 60 };
    const store = facesWithin({ width: 64, height: 64, frameCount }, [() => box]);
    const picture = goldenFrame(0);
    const megabytes: number[] = [];
    async function* frames(start: number, end: number): AsyncGenerator<VideoFrame> {
      for (let index = start; index < end; index++) {
        yield await Promise.resolve({ ...picture, index });
        if (index % 100 !== 99) continue;
        // What native code held is given back by finalisers, in turns of the event loop.
        for (let round = 0; round < 3; round++) {
          collectGarbage();
          await nextTurn();
        }
        megabytes.push(process.memoryUsage().arrayBuffers / 1e6);
      }
    }
    await scoreGolden(
      folder,
      { face: faceGraph({ batch: 2, size }), sound: soundGraph({ batch: null, size }) },
      {
        faces: store,
        source: sceneOf(store, planarFormats.gbrp, 25).source,
        sound: { pcm: pcmFromArray(new Float32Array(frameCount * 640)), startSeconds: 0 },
        readFrames: frames,
      },
    );
    assert.equal(megabytes.length, 4);
    // All embeddings would be 3.3 MB more every time, one network's half of that.
    const [first, ...later] = megabytes;
    assert.ok(Math.min(...later.slice(-2)) - first < 2, megabytes.map((value) => value.toFixed(1)).join(' '));
  });
});

test('wrong files are refused before the film is looked at', async () => {
  await withTempFolder(async (folder) => {
    const face = faceGraph({ batch: null, size: 8 });
    const sound = soundGraph({ batch: null, size: 8 });
    const refused = async (graphs: { face: OnnxGraph; sound: OnnxGraph }, cause: RegExp): Promise<void> => {
      await assert.rejects(scoreGolden(folder, graphs), (error) => {
        assert.ok(error instanceof DubwrightError);
        assert.equal(error.code, 'MODEL_WRONG_SHAPE');
        assert.match(String(error.details['cause']), cause);
        return true;
      });
    };
    await refused({ face: sound, sound: face }, /this is the sound network/);
    await refused({ face, sound: soundGraph({ batch: null, size: 9 }) }, /9 numbers.*8/);
    const code = async (facePath: string): Promise<string> => {
      const soundPath = await saved(folder, 'sound.onnx', sound);
      const failed = await scoreGolden(folder, { face, sound }, { files: { facePath, soundPath } }).catch(
        (error: unknown) => error,
      );
      return failed instanceof DubwrightError ? failed.code : 'none';
    };
    assert.equal(await code(join(folder, 'missing.onnx')), 'MODEL_NOT_FOUND');
    await writeFile(join(folder, 'text.onnx'), 'not a model');
    assert.equal(await code(join(folder, 'text.onnx')), 'MODEL_UNREADABLE');
  });
});

test('it can be cancelled in the middle and leaves nothing behind', async () => {
  await withTempFolder(async (folder) => {
    const stop = new AbortController();
    const graphs = { face: brightnessGraph(null), sound: loudnessGraph(null, 1, 0) };
    await assert.rejects(
      scoreGolden(folder, graphs, { signal: stop.signal, onProgress: () => stop.abort() }),
      (error) => error instanceof DubwrightError && error.code === 'CANCELLED',
    );
    assert.deepEqual(await readdir(join(folder, 'scratch')), []);
  });
});
