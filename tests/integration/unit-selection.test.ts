import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile, pcmFromArray } from '../../src/engine/audio/pcm-file.ts';
import { findPauses } from '../../src/engine/audio/voice-activity.ts';
import { layPatch } from '../../src/engine/export/lay-patch.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import type { LipScene, LipSegment, PcmReader, SegmentOutcome } from '../../src/engine/lipsync/types.ts';
import { findLipModel } from '../../src/engine/lipsync/lips-from-sound/bundled-lip-model.ts';
import {
  createUnitSelectionEngine,
  type UnitSelectionOptions,
} from '../../src/engine/lipsync/unit-selection/engine.ts';
import { buildPersonTable, shapeSize } from '../../src/engine/lipsync/unit-selection/person-table.ts';
import { correlation } from '../../src/engine/lipsync/correlation.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openFrameWriter } from '../../src/engine/media/frame-writer.ts';
import type { Patch, VideoFrame } from '../../src/engine/media/frame.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import type { SourceVideo } from '../../src/engine/media/types.ts';

const demo = join(import.meta.dirname, '../../resources/demo');
const quiet = { onProgress: (): void => undefined, signal: new AbortController().signal };

let folder = '';
let source: SourceVideo;
let faces: FaceStore;
let film: PcmReader;
let voice: PcmReader;

async function soundOf(name: string): Promise<PcmReader> {
  const outPath = join(folder, `${name}.f32`);
  await decodePcmFile({ path: join(demo, name), streamIndex: null, outPath });
  return openPcmFile(outPath);
}

async function meshesOf(path: string, name: string): Promise<FaceStore> {
  await analyseFaces({ source: await openSource(path), folder: join(folder, name), ...quiet });
  return openFaceStore(join(folder, name));
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dubwright-units-'));
  source = await openSource(join(demo, 'speech.mp4'));
  faces = await meshesOf(join(demo, 'speech.mp4'), 'faces');
  film = await soundOf('speech.mp4');
  voice = await soundOf('voice.wav');
});

after(async () => {
  faces.close();
  film.close();
  voice.close();
  await rm(folder, { recursive: true, force: true });
});

function sceneOf(changes: Partial<LipScene> = {}): LipScene {
  return { source, faces, originalSound: film, cacheFolder: join(folder, 'cache'), ...changes };
}

interface Rendered {
  readonly outcome: SegmentOutcome;
  readonly patches: ReadonlyMap<number, Patch>;
}

async function render(
  scene: LipScene,
  changes: Partial<LipSegment> = {},
  options: UnitSelectionOptions = {},
): Promise<Rendered> {
  const segment = { startFrame: 0, endFrame: source.table.frameCount, personId: 1, voice, ...changes };
  const renderer = await createUnitSelectionEngine(options).prepare(scene, { personId: 1, ...quiet });
  const patches = new Map<number, Patch>();
  const frames = await openFrameReader({
    source,
    startFrame: segment.startFrame,
    endFrame: segment.endFrame,
  });
  const emit = (patch: Patch): Promise<void> => {
    patches.set(patch.frameIndex, patch);
    return Promise.resolve();
  };
  const outcome = await renderer.render({ segment, frames, emit, ...quiet });
  await renderer.close();
  return { outcome, patches };
}

/** Writes the film with the patches laid in and finds its faces again. */
async function measure(patches: ReadonlyMap<number, Patch>): Promise<Float32Array> {
  const { ticks, frameCount, timeBase } = source.table;
  const { video } = source;
  const outPath = join(folder, 'result.mkv');
  const writer = await openFrameWriter({
    ...{ outPath, overwrite: true, codec: 'ffv1', format: video.planarFormat, timeBase, tickStep: 1 },
    ...{ width: video.width, height: video.height, colour: video.colour, frameRate: video.frameRate },
    ...{ sampleAspectRatio: video.sampleAspectRatio, startTimecode: null, metadata: {}, extra: null },
  });
  for await (const frame of await openFrameReader({ source, startFrame: 0, endFrame: frameCount })) {
    const patch = patches.get(frame.index);
    if (patch) layPatch(frame, patch);
    await writer.write(frame, ticks[frame.index], ticks[frame.index + 1]);
  }
  await writer.finish();
  const store = await meshesOf(outPath, 'result-faces');
  const table = buildPersonTable(store, 1, quiet.signal);
  store.close();
  assert.ok(table, 'the face is found again');
  return Float32Array.from({ length: frameCount }, (_, i) => table.shapes[i * shapeSize]);
}

function truth(name: 'voice' | 'speech'): Float32Array {
  const { openingCm } = JSON.parse(readFileSync(join(demo, `truth-${name}.json`), 'utf8')) as {
    readonly openingCm: readonly number[];
  };
  return Float32Array.from(openingCm);
}

function meanOver(values: Float32Array, chosen: (index: number) => boolean): number {
  const kept = [...values].filter((_value, i) => chosen(i));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** Frames well inside the voice's pauses. */
function silentFrames(): (frame: number) => boolean {
  const silent = findPauses(voice).filter(
    (run) => run.kind === 'pause' && run.endSample - run.startSample > 6400,
  );
  return (frame) =>
    silent.some((run) => frame * 640 > run.startSample + 1600 && (frame + 1) * 640 < run.endSample - 1600);
}

const model = findLipModel();

describe('unit selection on the rendered speaker, Dutch film and English voice', () => {
  const ways = [
    { predictor: 'learned', least: 0.75, skip: model === null ? 'no models/lips-from-sound.onnx' : false },
    { predictor: 'spectral', least: 0.6, skip: false },
  ] as const;
  for (const { predictor, least, skip } of ways)
    it(
      `follows the voice's true mouth, no longer the film's, and rests in silence (${predictor})`,
      {
        skip,
      },
      async () => {
        const { outcome, patches } = await render(sceneOf(), {}, { predictor });
        assert.equal(outcome.patchedFrames, 300);
        assert.deepEqual(outcome.notes, [], 'the film is in sync and nothing is amiss');
        const opening = await measure(patches);
        const followed = correlation(opening, truth('voice'));
        assert.ok(followed >= least, `r with the voice's mouth ${followed.toFixed(3)}`);
        assert.ok(correlation(opening, truth('speech')) < followed - 0.2);

        const table = buildPersonTable(faces, 1, quiet.signal);
        assert.ok(table);
        const speech = truth('speech');
        const closed = Array.from(speech.keys())
          .filter((frame) => speech[frame] < 0.02)
          .map((frame) => table.shapes[frame * shapeSize])
          .sort((a, b) => a - b);
        const bound = closed[Math.floor(0.75 * closed.length)];
        const atRest = meanOver(opening, silentFrames());
        // Lips that are truly closed measure 0.004 to 0.020 as the head turns.
        assert.ok(
          atRest <= bound,
          `at rest ${atRest.toFixed(4)}, the film's own closed lips up to ${bound.toFixed(4)}`,
        );
      },
    );

  it('says so where the film has no sound of its own to learn from', async () => {
    const silentFilm = sceneOf({ originalSound: null, cacheFolder: join(folder, 'silent') });
    const { outcome, patches } = await render(silentFilm, { endFrame: 50 });
    assert.equal(patches.size, 50);
    assert.match(outcome.notes.join(), /no sound of its own/);
  });

  it('does not believe a film whose sound is not its own', async () => {
    let state = 1;
    const noise = pcmFromArray(
      Float32Array.from(
        { length: 12 * 16_000 },
        () => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5,
      ),
    );
    const { outcome } = await render(sceneOf({ originalSound: noise, cacheFolder: join(folder, 'noise') }), {
      endFrame: 25,
    });
    assert.match(outcome.notes.join(), /does not follow the lips/);
  });

  it('compares spectra and says so where the network is missing or is none', async () => {
    const missing = await render(sceneOf(), { endFrame: 5 }, { lipModel: null });
    assert.match(missing.outcome.notes.join(), /lips-from-sound.onnx is missing/);
    const path = join(folder, 'not-a-network.onnx');
    writeFileSync(path, 'not a network');
    const broken = await render(
      sceneOf(),
      { endFrame: 5 },
      { lipModel: { path, sha256: 'broken', lagBiasMs: 0 } },
    );
    assert.match(broken.outcome.notes.join(), /cannot be used \(MODEL_UNREADABLE\)/);
    const spectral = await render(sceneOf(), { endFrame: 5 }, { predictor: 'spectral' });
    assert.deepEqual(broken.patches.get(3), spectral.patches.get(3));
  });

  it('names the network in its fingerprint', () => {
    const lipModel = { path: 'a', sha256: '1', lagBiasMs: 0 };
    const print = (options: UnitSelectionOptions): string => createUnitSelectionEngine(options).fingerprint;
    const prints = [
      print({ lipModel }),
      print({ lipModel: { ...lipModel, sha256: '2' } }),
      print({ lipModel: { ...lipModel, lagBiasMs: 5 } }),
      print({ lipModel: null }),
    ];
    assert.equal(new Set(prints).size, 4);
    assert.equal(print({ lipModel, predictor: 'spectral' }), print({ lipModel: null }));
    assert.equal(print({ lipModel: { ...lipModel, path: 'b' } }), prints[0]);
  });

  it('leaves a face alone that never moves its mouth', async () => {
    const first = faces.readPerson(1, 10);
    assert.ok(first);
    const still: FaceStore = {
      index: { ...faces.index, tracks: faces.index.tracks.slice(0, 1) },
      read: (trackId, frameIndex) => (trackId === first.trackId ? { ...first, frameIndex } : null),
      readPerson: (_person, frameIndex) => ({ ...first, frameIndex }),
      close: () => undefined,
    };
    const { outcome, patches } = await render(sceneOf({ faces: still, cacheFolder: join(folder, 'still') }), {
      endFrame: 25,
    });
    assert.equal(patches.size, 0);
    assert.match(outcome.notes.join(), /never moves its mouth/);
  });

  it('leaves frames alone in which the mouth is covered or turned away', async () => {
    const hides = (frame: number): boolean => frame >= 10 && frame < 20;
    const covered: FaceStore = {
      ...{ index: faces.index, close: () => undefined },
      read: (track, frame) => faces.read(track, frame),
      readPerson: (person, frame) => {
        const seen = faces.readPerson(person, frame);
        return seen && hides(frame) ? { ...seen, mouthVisibility: 0 } : seen;
      },
    };
    const { outcome, patches } = await render(sceneOf({ faces: covered }), { endFrame: 30 });
    assert.deepEqual(
      Array.from({ length: 30 }, (_, frame) => frame).filter((frame) => !patches.has(frame)),
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
    );
    assert.equal(outcome.framesWithoutFace, 10);
  });

  it("passes over from the film's own mouth where a segment stands alone", async () => {
    const range = { startFrame: 66, endFrame: 96, voice: pcmFromArray(voice.read(66 * 640, 30 * 640)) };
    const [faded, plain] = [
      await render(sceneOf(), { ...range, fadeIn: true, fadeOut: true }),
      await render(sceneOf(), range),
    ];
    const own = new Map<number, VideoFrame>();
    for await (const frame of await openFrameReader({ source, startFrame: 66, endFrame: 96 }))
      own.set(frame.index, frame);
    const change = ({ patches }: Rendered, index: number): number => {
      const patch = patches.get(index);
      const frame = own.get(index);
      assert.ok(patch && frame);
      const { box } = patch;
      let sum = 0;
      for (let i = 0; i < patch.planes[0].data.length; i++) {
        const at = (box.y + Math.floor(i / box.width)) * frame.width + box.x + (i % box.width);
        sum += Math.abs(patch.planes[0].data[i] - frame.planes[0].data[at]);
      }
      return sum;
    };
    assert.ok(change(faded, 66) < change(plain, 66), 'first frame');
    assert.ok(change(faded, 95) < change(plain, 95), 'last frame');
    assert.equal(change(faded, 81), change(plain, 81), 'middle');
  });
});
