import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addSkinDetail } from '../../../../../src/engine/lipsync/generator/skin-grain.ts';
import { SkinMatch } from '../../../../../src/engine/lipsync/generator/skin-match.ts';

const count = 400;
const edge = new Float32Array(count).fill(1);

function ramp(from: number, to: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

function apply(grid: Float32Array, { gain, offset }: { gain: number; offset: number }): Float32Array {
  return grid.map((value) => value * gain + offset);
}

test('a cast and a weaker contrast are taken out, equal pictures are left alone', () => {
  const original = ramp(60, 160);
  const generated = original.map((value) => value * 0.85 + 9);
  const [match] = new SkinMatch().follow({
    trackId: 1,
    generated: [generated],
    original: [original],
    edge,
    bitDepth: 8,
  });
  apply(generated, match).forEach((value, i) => assert.ok(Math.abs(value - original[i]) < 1.5));
  const [same] = new SkinMatch().follow({
    trackId: 1,
    generated: [original],
    original: [original],
    edge,
    bitDepth: 8,
  });
  assert.ok(Math.abs(same.gain - 1) < 1e-9 && Math.abs(same.offset) < 1e-6);
});

test('even skin keeps its contrast, a ruined picture keeps its faults', () => {
  const flat = ramp(100, 100.5);
  const noisy = flat.map((value, i) => value + 10 + (i % 2) * 0.8);
  const follow = (generated: Float32Array, original: Float32Array) =>
    new SkinMatch().follow({
      trackId: 1,
      generated: [generated],
      original: [original],
      edge,
      bitDepth: 8,
    })[0];
  const even = follow(noisy, flat);
  assert.ok(Math.abs(even.gain - 1) < 0.05);
  assert.ok(Math.abs(apply(noisy, even)[0] - 100) < 1);
  const ruined = follow(ramp(0, 10), ramp(100, 200));
  assert.ok(ruined.gain <= 1.3);
  assert.ok(apply(ramp(0, 10), ruined)[0] < 60);
});

test('the match moves slowly within a track and starts anew with the next', () => {
  const skin = new SkinMatch();
  const meanAfter = (trackId: number, shift: number): number => {
    const original = ramp(90, 130);
    const generated = original.map((value) => value - shift);
    const [match] = skin.follow({ trackId, generated: [generated], original: [original], edge, bitDepth: 8 });
    return 110 * match.gain + match.offset - 110;
  };
  assert.ok(Math.abs(meanAfter(1, 0)) < 1e-4);
  const first = meanAfter(1, 10);
  assert.ok(first > 2 && first < 4, `${first}`);
  assert.ok(meanAfter(1, 10) > first);
  assert.ok(Math.abs(meanAfter(2, 10) - 10) < 1e-3);
});

const side = 48;

/** Shaded as skin is, so that no rounding to whole numbers falls the same everywhere. */
function shade(i: number): number {
  return 119.5 + 0.13 * (i % side) + 0.07 * Math.floor(i / side);
}

/** Skin with grain of standard deviation about 3, a hard edge on it, and a mouth in the lower half. */
function grainyFace(sigma: number) {
  let state = 3;
  const data = Uint8Array.from({ length: side * side }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 6; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 4_294_967_296 - 0.5;
    }
    return Math.round(shade(i) + sum * Math.SQRT2 * sigma + (i % side === 7 ? 60 : 0));
  });
  const box = { x: 0, y: 0, width: side, height: side };
  const mouth = Float32Array.from({ length: side * side }, (_, i) => (i >= (side * side) / 2 ? 1 : 0));
  return {
    luma: { data, width: side, height: side },
    coarse: Float32Array.from({ length: side * side }, (_, i) => shade(i)),
    face: { mask: { box, values: new Float32Array(side * side).fill(1) }, mouth },
  };
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

test('skin keeps its own detail without edges; the mouth gets grain as strong as the film’s', () => {
  for (const sigma of [1.5, 3, 6]) {
    const face = grainyFace(sigma);
    const drawn = new Float32Array(side * side).fill(100);
    addSkinDetail(drawn, { ...face, frameIndex: 4 });
    const { data } = face.luma;
    for (let i = 0; i < side * 20; i++) {
      const detail = data[i] - shade(i);
      if (i % side === 7) assert.ok(drawn[i] - 100 < 60 / 3, 'an edge is not carried over');
      else if (Math.abs(detail) < sigma) assert.ok(Math.abs(drawn[i] - 100 - detail) < 0.1 * sigma);
    }
    const mouth = deviation(drawn.subarray((side * side) / 2));
    assert.ok(mouth > 0.6 * sigma && mouth < 1.4 * sigma, `${mouth} for ${sigma}`);
  }
});

test('grain moves from frame to frame and is the same whenever a frame is drawn', () => {
  const draw = (frameIndex: number): Float32Array => {
    const drawn = new Float32Array(side * side).fill(100);
    addSkinDetail(drawn, { ...grainyFace(3), frameIndex });
    return drawn.subarray((side * side) / 2);
  };
  assert.deepEqual(draw(4), draw(4));
  const [a, b] = [draw(4), draw(5)];
  const still = a.reduce((sum, value, i) => sum + (value - 100) * (b[i] - 100), 0);
  const power = a.reduce((sum, value) => sum + (value - 100) ** 2, 0);
  assert.ok(Math.abs(still) < 0.2 * power);
});
