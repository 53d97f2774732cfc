import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markShots } from '../../../../src/engine/faces/shot-detector.ts';
import type { VideoFrame } from '../../../../src/engine/media/frame.ts';
import { frameOf, planarFormats } from '../../../support/planar-frames.ts';

type Scene = (x: number, y: number, frame: number) => readonly [y: number, u: number, v: number];

const [width, height] = [128, 72];

function sceneFrame(scene: Scene, index: number, bitDepth = 8): VideoFrame {
  const format = bitDepth === 8 ? planarFormats.yuv420p : planarFormats.yuv420p10le;
  const value = (plane: number, x: number, y: number): number => {
    const pixel = plane === 0 ? 1 : 2;
    return scene((x + 0.5) * pixel, (y + 0.5) * pixel, index)[plane] * 2 ** (bitDepth - 8);
  };
  return frameOf({ format, width, height, index, value });
}

/** A person-like blob that sways before a background of soft shapes; `seed` makes another place. */
function place(seed: number, sway = 1): Scene {
  return (x, y, frame) => {
    const centre = width * (0.35 + 0.06 * seed) + sway * 3 * Math.sin(frame / 5);
    const inside = ((x - centre) / 22) ** 2 + ((y - 40) / 30) ** 2 < 1;
    const wall = 90 + 60 * Math.sin(x / (9 + 4 * seed) + seed) + 40 * Math.cos(y / (7 + seed) + 2 * seed);
    return inside ? [150, 110, 150] : [wall, 120 + 8 * seed, 130 - 10 * seed];
  };
}

/** First frames of the shots found in a film of `count` frames. */
async function shotStarts(film: Scene, count: number, bitDepth = 8): Promise<number[]> {
  const starts: number[] = [];
  let expected = 0;
  const frames = (async function* () {
    for (let i = 0; i < count; i += 1) yield await Promise.resolve(sceneFrame(film, i, bitDepth));
  })();
  for await (const { frame, startsShot } of markShots(frames)) {
    assert.equal(frame.index, expected, 'frames come through once and in order');
    expected += 1;
    if (startsShot) starts.push(frame.index);
  }
  assert.equal(expected, count);
  return starts;
}

/** One scene after another. */
const cutAt =
  (...cuts: number[]): Scene =>
  (x, y, frame) =>
    place(cuts.filter((cut) => frame >= cut).length)(x, y, frame);

test('cuts are found at their very frame, at eight and at ten bits', async () => {
  assert.deepEqual(await shotStarts(cutAt(12, 30), 45), [0, 12, 30]);
  assert.deepEqual(await shotStarts(cutAt(12, 30), 45, 10), [0, 12, 30]);
});

test('a cut near either end of the film is found too', async () => {
  assert.deepEqual(await shotStarts(cutAt(1), 10), [0, 1]);
  assert.deepEqual(await shotStarts(cutAt(9), 10), [0, 9]);
});

test('very short shots are told apart', async () => {
  assert.deepEqual(await shotStarts(cutAt(10, 13), 30), [0, 10, 13]);
});

test('a still film, a single frame and no frame at all', async () => {
  const still: Scene = (x, y) => place(0)(x, y, 0);
  assert.deepEqual(await shotStarts(still, 20), [0]);
  assert.deepEqual(await shotStarts(still, 1), [0]);
  assert.deepEqual(await shotStarts(still, 0), []);
});

test('a flash of one or two frames is no cut', async () => {
  const flash: Scene = (x, y, frame) => {
    const [luma, u, v] = place(0)(x, y, frame);
    return frame === 10 || frame === 20 || frame === 21 ? [luma * 0.3 + 180, 128, 128] : [luma, u, v];
  };
  assert.deepEqual(await shotStarts(flash, 40), [0]);
});

test('a lamp that goes on is no cut', async () => {
  const lamp: Scene = (x, y, frame) => {
    const [luma, u, v] = place(1)(x, y, frame);
    return [frame < 15 ? luma * 0.5 : luma, u, v];
  };
  assert.deepEqual(await shotStarts(lamp, 30), [0]);
});

test('a fast pan is no cut, and a cut inside it is still found', async () => {
  const pan: Scene = (x, y, frame) => place(0, 0)(x + frame * 5, y, 0);
  assert.deepEqual(await shotStarts(pan, 40), [0]);
  const panThenCut: Scene = (x, y, frame) => (frame < 20 ? pan(x, y, frame) : place(3)(x, y, frame));
  assert.deepEqual(await shotStarts(panThenCut, 40), [0, 20]);
});

test('a picture that starts to rush, rushes and stops again is one shot', async () => {
  const rush: Scene = (x, y, frame) => place(0, 0)(x + 9 * Math.min(Math.max(0, frame - 15), 8), y, 0);
  assert.deepEqual(await shotStarts(rush, 40), [0]);
});

test('a dissolve of any length changes the shot once, within itself', async () => {
  for (const length of [8, 14, 25, 50]) {
    const dissolve: Scene = (x, y, frame) => {
      const part = Math.min(1, Math.max(0, (frame - 10) / length));
      const [from, to] = [place(0)(x, y, frame), place(3)(x, y, frame)];
      const mixed = (i: 0 | 1 | 2): number => from[i] * (1 - part) + to[i] * part;
      return [mixed(0), mixed(1), mixed(2)];
    };
    const starts = await shotStarts(dissolve, length + 30);
    assert.equal(starts.length, 2, `${length}: ${starts.join()}`);
    assert.ok(starts[1] > 10 && starts[1] <= 12 + length, `${length}: ${starts.join()}`);
  }
});

test('a fade to darkness and back stays one shot until the scene changes', async () => {
  const fade: Scene = (x, y, frame) => {
    const [luma, u, v] = place(2)(x, y, frame);
    const light = 0.35 + 0.65 * Math.abs(Math.cos(frame / 12));
    return [16 + (luma - 16) * light, u, v];
  };
  assert.deepEqual(await shotStarts(fade, 60), [0]);
});
