import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { renderJobs } from '../../src/engine/host/handlers/render-jobs.ts';
import type { EngineEvent, TakeJob } from '../../src/engine/host/tasks.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import type { LaidLips, LipEngine, LipScene } from '../../src/engine/lipsync/types.ts';
import type { ScoreRequest, TakeScorer } from '../../src/engine/takes/take-scorer.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import type { Patch, VideoFrame } from '../../src/engine/media/frame.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import type { SourceVideo } from '../../src/engine/media/types.ts';
import { openTakeReader, readTakeInfo } from '../../src/engine/takes/take-reader.ts';
import { arrayPcm } from '../support/array-pcm.ts';
import { makeFilm } from '../support/make-media.ts';

const box = { x: 16, y: 8, width: 16, height: 8 };

const someFigures = {
  ...{ offsetMs: 8, offsetFrames: 0.2, confidence: 0.4, distance: 1, comparedSeconds: 3 },
  evidence: 'ok' as const,
};
const someSync = { expert: 'e', take: someFigures, original: null, film: null, lipMovement: 1 };

/** The box of a frame, copied. */
function boxOf(frame: VideoFrame): Patch {
  const { chromaShiftX, chromaShiftY } = frame.format;
  const planes = frame.planes.map((plane, index) => {
    const [shiftX, shiftY] = index === 0 ? [0, 0] : [chromaShiftX, chromaShiftY];
    const [width, height] = [box.width >> shiftX, box.height >> shiftY];
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const start = ((box.y >> shiftY) + y) * plane.width + (box.x >> shiftX);
      data.set(plane.data.subarray(start, start + width), y * width);
    }
    return { data, width, height };
  });
  return { frameIndex: frame.index, box, planes };
}

/** An engine whose patches are the film's own pixels, and which notes what it was given. */
function copyingEngine(lipsOf?: (frameIndex: number) => LaidLips): {
  engine: LipEngine;
  log: string[];
  hook: { onFrame: (index: number) => void };
} {
  const log: string[] = [];
  const hook: { onFrame: (index: number) => void } = { onFrame: () => undefined };
  const engine: LipEngine = {
    id: 'unit-selection',
    fingerprint: 'copy',
    prepare: (_scene, { personId, onProgress }) => {
      log.push(`prepare ${personId}`);
      onProgress({ stage: 'library', doneFrames: 1, totalFrames: 1 });
      return Promise.resolve({
        render: async ({ segment, frames, emit, onProgress: tell, signal }) => {
          let count = 0;
          for await (const frame of frames) {
            hook.onFrame(frame.index);
            signal.throwIfAborted();
            await emit(boxOf(frame), lipsOf?.(frame.index));
            count++;
            tell({ stage: 'render', doneFrames: count, totalFrames: segment.endFrame - segment.startFrame });
          }
          const [first = 0] = segment.voice.read(0, 1);
          log.push(`render ${segment.startFrame}-${segment.endFrame}: ${count}, voice ${first}`);
          return { patchedFrames: count, framesWithoutFace: 0, notes: [], stageMs: {} };
        },
        close: () => {
          log.push(`close ${personId}`);
          return Promise.resolve();
        },
      });
    },
  };
  return { engine, log, hook };
}

describe('a batch of takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dubwright-render-'));
  let source: SourceVideo;
  before(async () => {
    source = await openSource(
      await makeFilm(folder, { name: 'film.mp4', frameCount: 400, width: 64, height: 48 }),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  const noFaces: FaceStore = {
    index: { frameCount: 400, width: 64, height: 48, shots: [], tracks: [], people: [] },
    read: () => null,
    readPerson: () => null,
    close: () => undefined,
  };
  const sceneOf = (): LipScene => ({ source, faces: noFaces, originalSound: null, cacheFolder: folder });
  const ramp = Float32Array.from({ length: 16 * 16_000 }, (_, i) => i / 2 ** 18);
  const openPcm = (): ReturnType<typeof arrayPcm> => arrayPcm(ramp);
  const job = (name: string, startFrame: number, endFrame: number, personId = 1): TakeJob => ({
    segmentId: name,
    startFrame,
    endFrame,
    personId,
    voicePcmPath: 'voice.pcm',
    fadeIn: false,
    fadeOut: false,
    voiceStartSample: startFrame * 640,
    voiceSampleCount: (endFrame - startFrame) * 640,
    takePath: join(folder, `${name}.take`),
    takeKey: `key of ${name}`,
  });

  it('renders each segment from exactly its own frames and voice, forwards, across gaps and back', async () => {
    const { engine, log } = copyingEngine();
    const events: EngineEvent[] = [];
    const jobs = [
      job('a', 3, 9),
      job('b', 12, 20),
      job('c', 300, 307),
      job('d', 0, 2, 2),
      job('e', 395, 400),
    ];
    const context = {
      emit: (event: EngineEvent) => events.push(event),
      signal: new AbortController().signal,
    };
    const takes = await renderJobs(
      { scene: sceneOf(), engine, jobs, openPcm, scorer: null, meter: null },
      { ...context },
    );
    const renders = jobs.map((one) => {
      const voice = (one.startFrame * 640) / 2 ** 18;
      return `render ${one.startFrame}-${one.endFrame}: ${one.endFrame - one.startFrame}, voice ${voice}`;
    });
    const [a = '', b = '', c = '', d = '', e = ''] = renders;
    assert.deepEqual(log, ['prepare 1', a, b, c, 'prepare 2', d, e, 'close 1', 'close 2']);
    assert.deepEqual(
      takes.map((take) => take.segmentId),
      ['a', 'b', 'c', 'd', 'e'],
    );
    assert.deepEqual(
      events.flatMap((event) => (event.kind === 'take' ? [event.take.segmentId] : [])),
      ['a', 'b', 'c', 'd', 'e'],
    );
    const progress = events.flatMap((event) =>
      event.kind === 'progress' && event.progress.stage === 'render' ? [event.progress] : [],
    );
    assert.deepEqual(
      progress.map(({ doneFrames }) => doneFrames),
      Array.from({ length: 28 }, (_, i) => i + 1),
    );
    assert.ok(progress.every(({ totalFrames }) => totalFrames === 28));
    for (const one of jobs) await assertTakeHolds(one);
  });

  async function assertTakeHolds({ takePath, takeKey, startFrame, endFrame }: TakeJob): Promise<void> {
    const info = await readTakeInfo(takePath);
    assert.deepEqual([info?.key, info?.startFrame, info?.endFrame], [takeKey, startFrame, endFrame]);
    const take = await openTakeReader(takePath);
    const frames = await openFrameReader({ source, startFrame, endFrame });
    for await (const frame of frames) {
      assert.deepEqual(await take.patchAt(frame.index), boxOf(frame), `frame ${frame.index}`);
    }
    await take.close();
  }

  it('keeps finished takes and leaves nothing half done when it is cancelled', async () => {
    const { engine, log, hook } = copyingEngine();
    const stop = new AbortController();
    hook.onFrame = (index) => {
      if (index === 62) stop.abort();
    };
    const jobs = [job('first', 40, 50), job('second', 60, 70), job('third', 80, 90)];
    const context = { emit: () => undefined, signal: stop.signal };
    await assert.rejects(
      renderJobs({ scene: sceneOf(), engine, jobs, openPcm, scorer: null, meter: null }, context),
    );
    await assertTakeHolds(job('first', 40, 50));
    const names = readdirSync(folder);
    assert.ok(!names.some((name) => /second|third|\.part$/.test(name)), names.join(' '));
    assert.equal(log.at(-1), 'close 1');
  });

  it('keeps the lips that an engine tells, and the score that they get, in the take', async () => {
    const { engine } = copyingEngine((index) => ({ features: new Float32Array(12).fill(index / 4) }));
    const asked: ScoreRequest[] = [];
    const scorer: TakeScorer = {
      score: (request) => {
        asked.push(request);
        return Promise.resolve(someSync);
      },
    };
    const one = job('scored', 5, 9);
    const context = { emit: () => undefined, signal: new AbortController().signal };
    const batch = { scene: sceneOf(), engine, jobs: [one], openPcm, scorer, meter: null };
    const [take] = await renderJobs(batch, context);
    assert.deepEqual(take.outcome.sync, someSync);
    assert.ok((take.outcome.stageMs['score'] ?? -1) >= 0);
    const lips = new Map([5, 6, 7, 8].map((frame) => [frame, new Float32Array(12).fill(frame / 4)]));
    assert.deepEqual(asked[0].laid, lips);
    assert.deepEqual([asked[0].range, asked[0].voiceStartSample], [{ startFrame: 5, endFrame: 9 }, 3200]);
    const reader = await openTakeReader(one.takePath);
    assert.deepEqual(await reader.readLips(), lips);
    assert.deepEqual(reader.info.outcome.sync, someSync);
    await reader.close();
  });

  it('does not score an engine that tells nothing of its lips', async () => {
    const { engine } = copyingEngine();
    const scorer: TakeScorer = { score: () => Promise.reject(new Error('scored')) };
    const context = { emit: () => undefined, signal: new AbortController().signal };
    const jobs = [job('silent', 5, 9)];
    const [take] = await renderJobs(
      { scene: sceneOf(), engine, jobs, openPcm, scorer, meter: null },
      context,
    );
    assert.equal(take.outcome.sync, null);
  });
});
