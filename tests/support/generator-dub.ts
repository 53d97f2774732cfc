import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createGeneratorEngine,
  type GeneratorOptions,
} from '../../src/engine/lipsync/generator/generator-engine.ts';
import type { PcmReader, SegmentOutcome } from '../../src/engine/lipsync/types.ts';
import type { Patch, PlanarFormat, VideoFrame } from '../../src/engine/media/frame.ts';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import type { OnnxGraph } from '../../src/engine/onnx/types.ts';
import { drawFace, madeUpFaces, sceneOf, type FacePlace } from './made-up-scene.ts';
import { planarFormats } from './planar-frames.ts';

export const filmSize = { width: 240, height: 200 };
/** Frames per second of the made-up film. */
export const filmFps = 25;

/** A head that sways a little. */
export function swaying(frame: number): FacePlace {
  return { x: 120 + 3 * Math.sin(frame / 4), y: 70 + 2 * Math.cos(frame / 5), eyes: 62 };
}

/** White noise, the same each time. */
export function noiseVoice(seconds: number): Float32Array {
  let state = 5;
  return Float32Array.from({ length: Math.round(seconds * 16_000) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 0.5 * (state / 2_147_483_648 - 1);
  });
}

/** What a run gave. */
export interface Dub {
  readonly outcome: SegmentOutcome;
  readonly patches: readonly Patch[];
  readonly frames: readonly VideoFrame[];
}

/** What is dubbed with what. */
export interface DubRequest {
  readonly modelPath: string;
  readonly frameCount: number;
  readonly voice: PcmReader;
  readonly format?: PlanarFormat;
  readonly placeOf?: (frame: number) => FacePlace | null;
  readonly options?: Omit<GeneratorOptions, 'modelPath'>;
  readonly startFrame?: number;
}

/** Runs the whole engine over a made-up film. */
export async function dubWithGenerator(request: DubRequest): Promise<Dub> {
  const { modelPath, frameCount, voice, placeOf = swaying, startFrame = 0 } = request;
  const format = request.format ?? planarFormats.yuv420p;
  const faces = madeUpFaces(filmSize, frameCount, placeOf);
  const scene = sceneOf(faces, format, filmFps);
  const engine = await createGeneratorEngine({ modelPath, ...request.options });
  const quiet = { onProgress: () => undefined, signal: new AbortController().signal };
  const renderer = await engine.prepare(scene, { personId: 1, ...quiet });
  const frames: VideoFrame[] = [];
  for (let index = startFrame; index < frameCount; index++)
    frames.push(drawFace(placeOf(index) ?? swaying(index), { format, ...filmSize, index }));
  const patches: Patch[] = [];
  try {
    const outcome = await renderer.render({
      segment: { startFrame, endFrame: frameCount, personId: 1, voice },
      frames: (async function* () {
        yield* await Promise.resolve(frames);
      })(),
      emit: (patch) => Promise.resolve(void patches.push(patch)),
      ...quiet,
    });
    return { outcome, patches, frames };
  } finally {
    await renderer.close();
  }
}

/** Writes a graph into a folder; its path. */
export async function saved(folder: string, name: string, graph: OnnxGraph): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, encodeOnnxModel(graph));
  return path;
}
