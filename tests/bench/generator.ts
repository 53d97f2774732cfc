import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModel } from '../../src/engine/inference/open-model.ts';
import type { FloatTensor, Model } from '../../src/engine/inference/types.ts';
import { createGeneratorEngine } from '../../src/engine/lipsync/generator/generator-engine.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import type { LipScene, SegmentOutcome } from '../../src/engine/lipsync/types.ts';
import type { VideoFrame } from '../../src/engine/media/frame.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { arrayPcm } from '../support/array-pcm.ts';
import { drawFace, madeUpFaces, sceneOf, type FacePlace } from '../support/made-up-scene.ts';
import { planarFormats } from '../support/planar-frames.ts';
import { sharedFolder } from '../support/shared-media.ts';
import { fullSizeGeneratorGraph, writeGraphOnce } from '../support/wav2lip-graph.ts';

/**
 * How much of a generator's own speed is left in the engine: frames per second of the bare model against frames per
 * second of decode, crop, model and paste together, at the same batch, in turns so that both see the same machine.
 *
 *     node tests/bench/generator.ts [--frames 96] [--batch 4]
 */
async function main(): Promise<void> {
  const frameCount = numberAfter('--frames', 96);
  const modelPath = await writeGraphOnce(join(tmpdir(), 'dubwright-bench', 'wav2lip-96-v1.onnx'), () => {
    const { graph, parameterCount } = fullSizeGeneratorGraph();
    console.log(`model made: ${(parameterCount / 1e6).toFixed(1)} million parameters`);
    return graph;
  });
  const work = await mkdtemp(join(tmpdir(), 'dubwright-bench-'));
  try {
    const film = await openFilm(work, 2 * frameCount);
    const engine = await createGeneratorEngine({ modelPath, batchSize: numberAfter('--batch', 4) });
    const bare = await openModel({ path: modelPath });
    const renderer = await engine.prepare(film.scene, { personId: 1, ...quiet });
    const voice = arrayPcm(noise(frameCount / 25));
    const perRound = Math.ceil(frameCount / rounds / engine.batchSize) * engine.batchSize;
    const warmUp = 4 * engine.batchSize;
    // One decoder for the whole film, as in a dub: starting one costs as much as many frames.
    const reader = film.frames(warmUp + rounds * perRound)[Symbol.asyncIterator]();
    const renderPart = async (startFrame: number, endFrame: number): Promise<SegmentOutcome> =>
      renderer.render({
        segment: { startFrame, endFrame, personId: 1, voice },
        frames: take(reader, endFrame - startFrame),
        emit: () => Promise.resolve(),
        ...quiet,
      });
    await runBare(bare, engine.batchSize, 2 * engine.batchSize);
    await renderPart(0, warmUp);
    const spent = { bare: { wall: 0, cpu: 0 }, engine: { wall: 0, cpu: 0 } };
    const stages: Record<string, number> = {};
    for (let round = 0; round < rounds; round++) {
      await measure(spent.bare, () => runBare(bare, engine.batchSize, perRound));
      const outcome = await measure(spent.engine, () =>
        renderPart(warmUp + round * perRound, warmUp + (round + 1) * perRound),
      );
      for (const [stage, ms] of Object.entries(outcome.stageMs)) stages[stage] = (stages[stage] ?? 0) + ms;
    }
    const frames = rounds * perRound;
    console.log(`${film.name}, ${frames} frames, batch ${engine.batchSize}, CPU provider`);
    for (const [name, { wall, cpu }] of Object.entries(spent)) {
      const rate = ((frames / wall) * 1000).toFixed(2);
      console.log(`${name.padEnd(8)} ${rate} frames/s, ${(cpu / frames).toFixed(1)} ms of processor a frame`);
    }
    const each = Object.entries(stages).map(([stage, ms]) => `${stage} ${(ms / frames).toFixed(1)}`);
    console.log(`stages   ${each.join(', ')} ms a frame`);
    const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
    console.log(
      `engine / bare: ${percent(spent.bare.wall, spent.engine.wall)} by the clock, ` +
        `${percent(spent.bare.cpu, spent.engine.cpu)} by processor time`,
    );
    await reader.return?.();
    await bare.close();
    await renderer.close();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Model and engine take turns, so that both see the same machine. */
const rounds = 6;
const quiet = { onProgress: (): void => undefined, signal: new AbortController().signal };

function numberAfter(flag: string, otherwise: number): number {
  const at = process.argv.indexOf(flag);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

function noise(seconds: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(seconds * 16_000) }, (_, i) => 0.3 * Math.sin(i * i * 0.01));
}

/** The next frames of an iterator, which stays open. */
async function* take(frames: AsyncIterator<VideoFrame>, count: number): AsyncGenerator<VideoFrame> {
  for (let i = 0; i < count; i++) {
    const next = await frames.next();
    if (next.done === true) return;
    yield next.value;
  }
}

/** Adds the wall and processor milliseconds of some work. */
async function measure<T>(spent: { wall: number; cpu: number }, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  spent.wall += performance.now() - start;
  spent.cpu += (user + system) / 1000;
  return result;
}

async function runBare(model: Model, batch: number, frames: number): Promise<void> {
  const feeds: Record<string, FloatTensor> = {
    mel_spectrogram: { data: new Float32Array(batch * 1280).fill(-1), dims: [batch, 1, 80, 16] },
    video_frames: { data: new Float32Array(batch * 6 * 96 * 96).fill(0.4), dims: [batch, 6, 96, 96] },
  };
  for (let done = 0; done < frames; done += batch) await model.run(feeds);
}

interface BenchFilm {
  readonly name: string;
  readonly scene: LipScene;
  /** The first frames of the film. */
  readonly frames: (count: number) => AsyncIterable<VideoFrame>;
}

/** The real speaker where footage is at hand, decoded and analysed as in a dub; else a drawn face in memory. */
async function openFilm(work: string, frameCount: number): Promise<BenchFilm> {
  const clips = sharedFolder('clips');
  if (clips === null) return drawnFilm(frameCount);
  const source = await openSource(join(clips, 'anchor-71s-512-25fps.mp4'));
  const folder = join(work, 'faces');
  await analyseFaces({ source, folder, ...quiet });
  const scene = { source, faces: openFaceStore(folder), originalSound: null, cacheFolder: work };
  return {
    name: 'anchor-71s-512-25fps.mp4',
    scene,
    async *frames(endFrame) {
      yield* await openFrameReader({ source, startFrame: 0, endFrame });
    },
  };
}

function drawnFilm(frameCount: number): BenchFilm {
  const size = { width: 512, height: 512 };
  const place = (frame: number): FacePlace => ({ x: 256 + 4 * Math.sin(frame / 5), y: 190, eyes: 95 });
  const format = planarFormats.yuv420p;
  const drawn = drawFace(place(0), { format, ...size, index: 0 });
  return {
    name: 'a drawn face, 512 x 512, not decoded',
    scene: sceneOf(madeUpFaces(size, frameCount, place), format, 25),
    async *frames(count) {
      for (let index = 0; index < count; index++) yield await Promise.resolve({ ...drawn, index });
    },
  };
}

await main();
