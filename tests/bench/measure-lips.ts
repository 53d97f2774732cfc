import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile, slicePcm } from '../../src/engine/audio/pcm-file.ts';
import { layPatch } from '../../src/engine/export/lay-patch.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore, readFaceIndex } from '../../src/engine/faces/face-store.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import { createUnitSelectionEngine } from '../../src/engine/lipsync/unit-selection/engine.ts';
import {
  buildPersonTable,
  shapeSize,
  type PersonTable,
} from '../../src/engine/lipsync/unit-selection/person-table.ts';
import { prepareSpeaker } from '../../src/engine/lipsync/unit-selection/prepare-speaker.ts';
import { correlation } from '../../src/engine/lipsync/correlation.ts';
import type { LipScene } from '../../src/engine/lipsync/types.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openFrameWriter } from '../../src/engine/media/frame-writer.ts';
import type { Patch, VideoFrame } from '../../src/engine/media/frame.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { MouthTexture } from './mouth-texture.ts';

export interface LipScore {
  readonly name: string;
  readonly seconds: number;
  readonly lagMs: number;
  /** r of opening, wanted against true. */
  readonly predicted: number;
  /** r of opening, library frame chosen against true. */
  readonly chosen: number;
  /** r of opening and of width, measured in the finished picture against the true ones. */
  readonly achieved: number;
  readonly achievedWidth: number;
  /** Laplacian variance in the mouth region, result over source. */
  readonly sharpness: number;
  /** Mean frame-to-frame difference in the mouth region, result over source. */
  readonly flicker: number;
}

const libraryShare = 0.6;
const never = new AbortController().signal;
const quiet = (): void => undefined;

async function facesOf(path: string, folder: string): Promise<FaceStore> {
  const source = await openSource(path);
  if (readFaceIndex(folder) === null) {
    await analyseFaces({ source, folder, onProgress: quiet, signal: never });
  }
  return openFaceStore(folder);
}

async function sceneOf(path: string, folder: string): Promise<LipScene> {
  const source = await openSource(path);
  const pcmPath = join(folder, 'sound.f32');
  if (source.info.audio.length > 0 && !existsSync(pcmPath)) {
    await decodePcmFile({ path, streamIndex: null, outPath: pcmPath, signal: never });
  }
  return {
    source,
    faces: await facesOf(path, join(folder, 'faces')),
    originalSound: existsSync(pcmPath) ? openPcmFile(pcmPath) : null,
    cacheFolder: join(folder, 'cache'),
  };
}

function column(table: PersonTable, range: readonly [number, number], k: number): Float32Array {
  return Float32Array.from(
    { length: range[1] - range[0] },
    (_, i) => table.shapes[(range[0] + i) * shapeSize + k],
  );
}

/** Renders the last 40 % of a clip from its first 60 % and measures the outcome. */
export async function measureClip(path: string, benchFolder: string): Promise<LipScore> {
  const name = basename(path);
  const folder = join(benchFolder, name);
  mkdirSync(folder, { recursive: true });
  const scene = await sceneOf(path, folder);
  if (!scene.originalSound) throw new Error('no sound');
  const personId = scene.faces.index.people.at(0)?.personId;
  if (personId === undefined) throw new Error('no face');
  const { frameCount, ticks, timeBase } = scene.source.table;
  const startFrame = Math.floor(libraryShare * frameCount);
  const range = [startFrame, frameCount] as const;
  const secondsAt = (frame: number): number => (ticks[frame] * timeBase.num) / timeBase.den;
  const library = { maxMouths: 6000, maxBytes: 1.5e9, range: [0, startFrame] as const };
  const speaker = await prepareSpeaker(scene, library, {
    personId,
    lipModel: null,
    onProgress: quiet,
    signal: never,
  });
  const { sourceLagMs } = speaker.predictor;
  speaker.library.close();

  const voiceStart = Math.round((secondsAt(startFrame) + sourceLagMs / 1000) * 16000);
  const voiceCount = Math.round((secondsAt(frameCount) - secondsAt(startFrame)) * 16000);
  const renderer = await createUnitSelectionEngine({ library, predictor: 'spectral' }).prepare(scene, {
    personId,
    onProgress: quiet,
    signal: never,
  });
  const segment = {
    startFrame,
    endFrame: frameCount,
    personId,
    voice: slicePcm(scene.originalSound, voiceStart, voiceCount),
  };

  const plan = await renderer.explain(segment);
  const before = new MouthTexture(scene.faces, personId);
  const after = new MouthTexture(scene.faces, personId);
  const outPath = join(folder, 'result.mkv');
  rmSync(outPath, { force: true });
  const { video } = scene.source;
  const writer = await openFrameWriter({
    outPath,
    overwrite: true,
    codec: 'ffv1',
    format: video.planarFormat,
    width: video.width,
    height: video.height,
    colour: video.colour,
    sampleAspectRatio: video.sampleAspectRatio,
    timeBase,
    tickStep: 1,
    frameRate: video.frameRate,
    startTimecode: null,
    metadata: {},
    extra: null,
  });
  const reader = await openFrameReader({ source: scene.source, startFrame, endFrame: frameCount });
  const patches = new Map<number, Patch>();
  async function* frames(): AsyncGenerator<VideoFrame> {
    for await (const frame of reader) {
      before.add(frame);
      const copy = {
        ...frame,
        planes: frame.planes.map((plane) => ({ ...plane, data: plane.data.slice() })),
      };
      yield frame;
      const patch = patches.get(copy.index);
      patches.clear();
      if (patch) layPatch(copy, patch);
      after.add(copy);
      await writer.write(
        copy,
        ticks[copy.index] - ticks[startFrame],
        ticks[copy.index + 1] - ticks[startFrame],
      );
    }
  }
  await renderer.render({
    segment,
    frames: frames(),
    emit: (patch) => {
      patches.set(patch.frameIndex, patch);
      return Promise.resolve();
    },
    onProgress: quiet,
    signal: never,
  });
  await writer.finish();
  await renderer.close();

  rmSync(join(folder, 'result-faces'), { recursive: true, force: true });
  const resultFaces = await facesOf(outPath, join(folder, 'result-faces'));
  const truth = buildPersonTable(scene.faces, personId, never);
  const result = buildPersonTable(resultFaces, resultFaces.index.people.at(0)?.personId ?? 1, never);
  if (!truth || !result) throw new Error('the face was lost in the result');
  const resultRange = [0, frameCount - startFrame] as const;
  return {
    name,
    seconds: secondsAt(frameCount),
    lagMs: sourceLagMs,
    predicted: correlation(plan.wanted, column(truth, range, 0)),
    chosen: correlation(plan.chosen, column(truth, range, 0)),
    achieved: correlation(column(result, resultRange, 0), column(truth, range, 0)),
    achievedWidth: correlation(column(result, resultRange, 1), column(truth, range, 1)),
    sharpness: after.sharpness / before.sharpness,
    flicker: after.flicker / before.flicker,
  };
}
