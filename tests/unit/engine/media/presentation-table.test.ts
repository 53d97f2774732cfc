import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  buildTable,
  frameAtSeconds,
  secondsOfFrame,
} from '../../../../src/engine/media/presentation-table.ts';
import type { PresentationTable } from '../../../../src/engine/media/types.ts';

const milliseconds = { num: 1, den: 1000 };

function tableOf(
  stamps: readonly number[],
  startTicks = 0,
  lastDuration: number | null = null,
): PresentationTable {
  return buildTable({ stamps, timeBase: milliseconds, startTicks, lastDuration });
}

/** Stamps of a constant rate in a coarse time base, rounded as muxers do. */
function roundedStamps(framesPerSecond: number, count: number, offset = 0): number[] {
  return Array.from({ length: count }, (_, i) => Math.round((i * 1000) / framesPerSecond + offset));
}

describe('the frame grid', () => {
  test('counts from the container start and ends where the last frame ends', () => {
    const table = tableOf([1400, 1440, 1480], 1400, 50);
    assert.deepEqual([...table.ticks], [0, 40, 80, 130]);
    assert.equal(table.frameCount, 3);
    assert.equal(table.countOnly, undefined);
  });

  test('shows the last frame as long as the others when nobody says how long', () => {
    assert.deepEqual([...tableOf([0, 33, 67, 100]).ticks].at(-1), 133);
    assert.deepEqual([...tableOf([5]).ticks], [5, 6]);
  });

  test('a constant rate that was rounded to ticks is no variable rate', () => {
    for (const rate of [22.13, 24000 / 1001, 25, 30000 / 1001, 48, 50, 60000 / 1001, 60, 240]) {
      for (const offset of [0, 0.3, 0.5, 0.9]) {
        assert.equal(tableOf(roundedStamps(rate, 2000, offset)).isVariableRate, false, `${rate} + ${offset}`);
      }
    }
  });

  test('a dropped frame, a pause or a drifting rate is a variable rate', () => {
    const dropped = roundedStamps(25, 200).toSpliced(100, 1);
    const pause = roundedStamps(25, 200).map((stamp, i) => stamp + (i > 100 ? 700 : 0));
    const drift = Array.from({ length: 200 }, (_, i) => Math.round(i * 40 + 0.02 * i * i));
    for (const stamps of [dropped, pause, drift]) assert.equal(tableOf(stamps).isVariableRate, true);
  });

  test('makes up what is missing between good stamps', () => {
    const table = tableOf([0, Number.NaN, 80, 80, 120, Number.NaN]);
    assert.deepEqual([...table.ticks], [0, 40, 80, 100, 120, 160, 200]);
    assert.equal(table.countOnly, true);
  });

  test('makes up stamps for a film that has none', () => {
    const table = tableOf([Number.NaN, Number.NaN, Number.NaN]);
    assert.deepEqual([...table.ticks], [0, 1, 2, 3]);
  });

  test('rises strictly whatever the stamps', () => {
    const stamp = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(stamp, { minLength: 1, maxLength: 40 }), (stamps) => {
        const { ticks, frameCount } = tableOf(stamps);
        assert.equal(ticks.length, stamps.length + 1);
        assert.equal(frameCount, stamps.length);
        for (let i = 0; i < stamps.length; i++) assert.ok(ticks[i + 1] > ticks[i], ticks.join(' '));
        assert.ok(ticks.every((tick) => Number.isInteger(tick)));
      }),
    );
  });
});

describe('frames and seconds', () => {
  test('every frame is found at its own moment and until the next', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 50 }),
        fc.constantFrom({ num: 1, den: 90_000 }, { num: 1001, den: 30_000 }, { num: 1, den: 12_800 }),
        (distances, timeBase) => {
          let at = 0;
          const stamps = distances.map((distance) => (at += distance));
          const table = buildTable({ stamps, timeBase, startTicks: 0, lastDuration: null });
          for (let i = 0; i < table.frameCount; i++) {
            assert.equal(frameAtSeconds(table, secondsOfFrame(table, i)), i);
            const justBeforeNext = secondsOfFrame(table, i + 1) - (0.5 * timeBase.num) / timeBase.den;
            assert.equal(frameAtSeconds(table, justBeforeNext), i);
          }
        },
      ),
    );
  });

  test('before the film comes its first frame, after it its last', () => {
    const table = tableOf([500, 540, 580]);
    assert.equal(frameAtSeconds(table, 0), 0);
    assert.equal(frameAtSeconds(table, 99), 2);
    assert.equal(secondsOfFrame(table, 3), 0.62);
    assert.throws(() => secondsOfFrame(table, 4), RangeError);
  });
});
