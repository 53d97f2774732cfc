import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ensureFacePack } from '../../src/engine/face-pack/ensure-face-pack.ts';
import { FaceMesher } from '../../src/engine/faces/face-mesher.ts';
import { lipFeaturesOf } from '../../src/engine/faces/lip-features.ts';
import { openModel } from '../../src/engine/inference/open-model.ts';
import type { Patch, VideoFrame } from '../../src/engine/media/frame.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { planeShiftOf } from '../../src/engine/pixels/plane-geometry.ts';
import { MouthMeter } from '../../src/engine/takes/mouth-meter.ts';

const demo = new URL('../../resources/demo/', import.meta.url);
/** Lips closed, and wide open soon after: the head is where it was. */
const [closedFrame, openFrame] = [38, 42];
/** Around the rendered speaker's mouth. */
const box = { x: 196, y: 256, width: 112, height: 80 };

/** The box of a frame as the patch of another. */
function cut(frame: VideoFrame, frameIndex: number): Patch {
  const planes = frame.planes.map((plane, index) => {
    const shift = planeShiftOf(frame.format, index);
    const [width, height] = [box.width >> shift.x, box.height >> shift.y];
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const start = ((box.y >> shift.y) + y) * plane.width + (box.x >> shift.x);
      data.set(plane.data.subarray(start, start + width), y * width);
    }
    return { data, width, height };
  });
  return { frameIndex, box, planes };
}

test('lips that nobody told are measured in the finished frame, not in the film', async () => {
  const source = await openSource(new URL('speech.mp4', demo).pathname);
  const frames = new Map<number, VideoFrame>();
  for await (const frame of await openFrameReader({
    source,
    startFrame: closedFrame,
    endFrame: openFrame + 1,
  }))
    frames.set(frame.index, frame);
  const [closed, open] = [closedFrame, openFrame].map((index) => frames.get(index));
  assert.ok(closed !== undefined && open !== undefined);

  const truth = JSON.parse(readFileSync(new URL('truth-speech.json', demo), 'utf8')) as {
    readonly openingCm: readonly number[];
    readonly pupilDistanceCm: number;
  };
  assert.ok(truth.openingCm[closedFrame] < 0.05 && truth.openingCm[openFrame] > 0.6);

  const path = (await ensureFacePack()).facemesh;
  const mesher = new FaceMesher(await openModel({ path, threads: 1 }));
  const around = { centreX: 252, centreY: 240, size: 330, angle: 0 };
  const rough = await mesher.read(closed, around);
  const { mesh } = await mesher.read(closed, rough.nextSquare);
  const { mesh: openMesh } = await mesher.read(open, rough.nextSquare);
  const [ownOpening, otherOpening] = [mesh, openMesh].map((one) => lipFeaturesOf(one)[0]);
  const gap = otherOpening - ownOpening;
  assert.ok(gap > 0.02, `${ownOpening} and ${otherOpening} are apart`);

  const meter = new MouthMeter(await openModel({ path, threads: 1 }));
  try {
    const same = await meter.measure(closed, cut(closed, closedFrame), mesh);
    assert.ok(Math.abs(same[0] - ownOpening) < 0.2 * gap, `${same[0]} is the film's own ${ownOpening}`);
    const drawn = await meter.measure(closed, cut(open, closedFrame), mesh);
    assert.ok(Math.abs(drawn[0] - otherOpening) < 0.3 * gap, `${drawn[0]} is the patch's ${otherOpening}`);
  } finally {
    await meter.close();
  }
});
