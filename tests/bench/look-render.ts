import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { slicePcm } from '../../src/engine/audio/pcm-file.ts';
import { layPatch } from '../../src/engine/export/lay-patch.ts';
import type { LipScene, LipSegment } from '../../src/engine/lipsync/types.ts';
import type { UnitSelectionEngine } from '../../src/engine/lipsync/unit-selection/engine.ts';
import { faceUnit } from '../../src/engine/lipsync/unit-selection/mouth-geometry.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openFrameWriter } from '../../src/engine/media/frame-writer.ts';
import type { Patch, VideoFrame } from '../../src/engine/media/frame.ts';
import { tileOf, type Tile } from './contact-sheet.ts';
import { MouthTexture } from './mouth-texture.ts';

/** One rendered stretch and what was seen on the way. */
export interface LookRender {
  /** The stretch as a lossless film, frame 0 = the stretch's first. */
  readonly path: string;
  readonly source: MouthTexture;
  readonly result: MouthTexture;
  readonly sourceTiles: readonly Tile[];
  readonly resultTiles: readonly Tile[];
  /** Opening the voice asked for, in standard deviations, frame by frame. */
  readonly wanted: Float32Array;
  readonly renderMs: number;
}

/** What to render. */
export interface LookRequest {
  readonly scene: LipScene;
  readonly engine: UnitSelectionEngine;
  readonly segment: LipSegment;
  readonly outPath: string;
  readonly onFrame: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** The segment of a film that starts at `startSeconds`, spoken by a voice from `voiceFromSeconds` of it. */
export function segmentOf(
  scene: LipScene,
  place: { readonly startSeconds: number; readonly seconds: number; readonly voiceFromSeconds: number },
  voice: LipSegment['voice'],
): LipSegment {
  const { ticks, timeBase, frameCount } = scene.source.table;
  const secondsAt = (frame: number): number => ((ticks[frame] - ticks[0]) * timeBase.num) / timeBase.den;
  const frameAt = (seconds: number): number => {
    let frame = 0;
    while (frame < frameCount && secondsAt(frame) < seconds - 1e-6) frame++;
    return frame;
  };
  const startFrame = frameAt(place.startSeconds);
  const endFrame = frameAt(place.startSeconds + place.seconds);
  const personId = scene.faces.index.people.at(0)?.personId;
  if (personId === undefined) throw new Error('no face in this film');
  const count = Math.round((secondsAt(endFrame) - secondsAt(startFrame)) * voice.sampleRateHz);
  const from = Math.round(place.voiceFromSeconds * voice.sampleRateHz);
  return { startFrame, endFrame, personId, voice: slicePcm(voice, from, count) };
}

const tileSize = 144;
/** Side of a tile in eye-corner distances. */
const tileSide = 1.15;

/** Renders a segment, keeps the film and small pictures of the mouth before and after. */
export async function renderLook(request: LookRequest): Promise<LookRender> {
  const { scene, engine, segment, outPath, signal } = request;
  const { startFrame, endFrame, personId } = segment;
  const { video, table } = scene.source;
  const start = table.ticks[startFrame];
  const quiet = (): void => undefined;
  const renderer = await engine.prepare(scene, { personId, onProgress: quiet, signal });
  const { wanted } = await renderer.explain(segment);
  rmSync(outPath, { force: true });
  const writer = await openFrameWriter({
    ...{ outPath, overwrite: true, codec: 'ffv1', format: video.planarFormat },
    ...{ width: video.width, height: video.height, colour: video.colour },
    ...{ sampleAspectRatio: video.sampleAspectRatio, timeBase: table.timeBase, tickStep: 1 },
    ...{ frameRate: video.frameRate, startTimecode: null, metadata: {}, extra: null, signal },
  });
  const source = new MouthTexture(scene.faces, personId);
  const result = new MouthTexture(scene.faces, personId);
  const sourceTiles: Tile[] = [];
  const resultTiles: Tile[] = [];
  let place = { x: 0, y: 0, side: 64, size: tileSize };
  let patch: Patch | null = null;
  async function* frames(): AsyncGenerator<VideoFrame> {
    for await (const frame of await openFrameReader({ source: scene.source, startFrame, endFrame, signal })) {
      const mesh = scene.faces.readPerson(personId, frame.index)?.mesh;
      if (mesh) place = { ...place, x: mesh[3 * 14], y: mesh[3 * 14 + 1], side: tileSide * faceUnit(mesh) };
      source.add(frame);
      sourceTiles.push(tileOf(frame, place));
      yield frame;
      // The renderer asks for the next frame when it is done with this one.
      if (patch?.frameIndex === frame.index) layPatch(frame, patch);
      patch = null;
      result.add(frame);
      resultTiles.push(tileOf(frame, place));
      await writer.write(frame, table.ticks[frame.index] - start, table.ticks[frame.index + 1] - start);
      request.onFrame(frame.index + 1 - startFrame, endFrame - startFrame);
    }
  }
  const emit = (made: Patch): Promise<void> => {
    patch = made;
    return Promise.resolve();
  };
  const { stageMs } = await renderer.render({ segment, frames: frames(), emit, onProgress: quiet, signal });
  await writer.finish();
  await renderer.close();
  return {
    ...{ path: outPath, source, result, sourceTiles, resultTiles, wanted },
    renderMs: stageMs['render'] ?? Number.NaN,
  };
}

/** Where a variant of a case keeps its film and its faces. */
export function variantPaths(folder: string, variant: string): { film: string; faces: string } {
  return { film: join(folder, `${variant}.mkv`), faces: join(folder, `${variant}-faces`) };
}
