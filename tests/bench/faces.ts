/**
 * What the face analysis costs, by part: `node tests/bench/faces.ts [film]`. Milliseconds are processor time of this
 * process per frame (decoding happens in ffmpeg's own), so that other work on the machine does not blur them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { FaceDetector } from '../../src/engine/faces/blazeface.ts';
import { FaceDescriber } from '../../src/engine/faces/face-descriptor.ts';
import { FaceMesher, squareAround } from '../../src/engine/faces/face-mesher.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import { headPoseOf } from '../../src/engine/faces/head-pose.ts';
import { SquareSampler } from '../../src/engine/faces/sample-square.ts';
import { summarisePicture } from '../../src/engine/faces/shot-detector.ts';
import { ensureFacePack } from '../../src/engine/face-pack/ensure-face-pack.ts';
import { openModel } from '../../src/engine/inference/open-model.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import type { VideoFrame } from '../../src/engine/media/frame.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { sharedFolder } from '../support/shared-media.ts';
import { speakerFilm } from '../support/speaker-film.ts';

const clips = sharedFolder('clips');
const film = process.argv.at(2) ?? (clips === null ? speakerFilm() : join(clips, 'anchor-71s-512-25fps.mp4'));
if (film === null) throw new Error('no film to measure with');

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Processor time and wall time of one run of `part`, the median of `count`. */
async function measure(name: string, count: number, part: () => unknown): Promise<void> {
  for (let i = 0; i < 10; i += 1) await part();
  const processor: number[] = [];
  const wall: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const before = processorMs();
    const start = performance.now();
    await part();
    processor.push(processorMs() - before);
    wall.push(performance.now() - start);
  }
  const median = (values: number[]): string => {
    values.sort((a, b) => a - b);
    return values[count >> 1].toFixed(2).padStart(7);
  };
  console.log(`${name.padEnd(34)}${median(processor)} ms processor ${median(wall)} ms wall`);
}

const source = await openSource(film);
const folder = await mkdtemp(join(tmpdir(), 'dubwright-bench-'));
try {
  const { frameCount } = source.table;
  const before = processorMs();
  const start = performance.now();
  const signal = new AbortController().signal;
  const index = await analyseFaces({
    source,
    folder: join(folder, 'faces'),
    onProgress: () => undefined,
    signal,
  });
  const seconds = (performance.now() - start) / 1000;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(`${film}: ${index.width}x${index.height}, ${frameCount} frames, ${index.people.length} people`);
  console.log(
    `whole analysis: ${(frameCount / seconds).toFixed(1)} frames/s, ` +
      `${((processorMs() - before) / frameCount).toFixed(2)} ms processor per frame, peak ${peakMb.toFixed(0)} MB`,
  );

  const store = openFaceStore(join(folder, 'faces'));
  const track = index.tracks.at(0);
  const seen = track === undefined ? null : store.read(track.id, track.startFrame);
  store.close();
  if (track === undefined || seen === null) throw new Error('no face to measure with');
  let frame: VideoFrame | null = null;
  const reader = await openFrameReader({
    source,
    startFrame: track.startFrame,
    endFrame: track.startFrame + 1,
  });
  for await (const read of reader) frame = read;
  if (frame === null) throw new Error('no frame');
  const shown = frame;

  const square = squareAround(seen.mesh);
  const sampler = new SquareSampler({ side: 192, low: 0, high: 1, outside: 'edge' });
  const out = new Float32Array(3 * 192 * 192);
  console.log(`face square: ${square.size.toFixed(0)} px`);
  await measure('shot detector: block means', 200, () => summarisePicture(shown));
  await measure('crop to 192 x 192 RGB', 200, () => sampler.sample(shown, square, out));
  await measure('head pose', 200, () => headPoseOf(seen.mesh));
  const pack = await ensureFacePack();
  const whole = {
    centreX: shown.width / 2,
    centreY: shown.height / 2,
    size: Math.max(shown.width, shown.height),
    angle: 0,
  };
  for (const threads of [1, 2]) {
    const mesher = new FaceMesher(await openModel({ path: pack.facemesh, threads }));
    const detector = new FaceDetector(await openModel({ path: pack.blazeface, threads }));
    const describer = new FaceDescriber(await openModel({ path: pack.faceDescriptor, threads }));
    await measure(`crop + mesh, ${threads} thread(s)`, 100, () => mesher.read(shown, square));
    await measure(`crop + detection, ${threads} thread(s)`, 60, () => detector.detect(shown, whole, 0.5));
    await measure(`crop + descriptor, ${threads} thread(s)`, 40, () => describer.describe(shown, square));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
