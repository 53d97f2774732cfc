import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lipMoments } from '../../../../src/engine/sync/lip-moments.ts';
import { lipStatisticsOf, normaliseLips } from '../../../../src/engine/sync/lip-statistics.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const features = 12;

/** A table whose feature k of a frame at time t is `value(t, k)`; NaN in unseen frames. */
function tableOf(
  seconds: readonly number[],
  value: (time: number, k: number) => number,
  unseen: readonly number[] = [],
): { readonly features: Float32Array; readonly seconds: readonly number[] } {
  const rows = seconds.flatMap((time, frame) =>
    Array.from({ length: features }, (_, k) => (unseen.includes(frame) ? NaN : value(time, k))),
  );
  return { features: Float32Array.from(rows), seconds };
}

const middles = (count: number, rate: number): number[] =>
  Array.from({ length: count }, (_, i) => (i + 0.5) / rate);

describe('lips at moments', () => {
  it('keeps parabolas as they are, at any rate: neither smoothing nor reading between frames bends them', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(15, 24, 25, 29.97, 50, 60),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (rate, b, c) => {
          const at = (t: number, k: number): number => k + b * t + c * t * t;
          const { seen, values } = lipMoments(tableOf(middles(2 * rate, rate), at), 15, 60);
          assert.ok(seen.every((one) => one === 1));
          for (let i = 0; i < 60; i++)
            for (let k = 0; k < features; k++)
              assert.ok(Math.abs(values[k * 60 + i] - at((15 + i + 0.5) / 50, k)) < 1e-4);
        },
      ),
    ));

  it('takes jitter out of fast films and leaves slow ones as they are', () => {
    const random = seededRandom(3);
    const noise = Array.from({ length: 200 }, () => random() - 0.5);
    const spread = (rate: number): number => {
      const times = middles(100, rate);
      const { values } = lipMoments(
        tableOf(times, (t) => noise[Math.round(t * rate - 0.5)]),
        10,
        60,
      );
      return Math.sqrt(values.slice(0, 60).reduce((sum, x) => sum + x * x, 0) / 60);
    };
    assert.ok(spread(60) < 0.75 * spread(25), `${spread(60)} ${spread(25)}`);
    const { values } = lipMoments(
      tableOf(middles(50, 25), (t) => noise[Math.round(t * 25 - 0.5)]),
      0,
      100,
    );
    // Moments 2 j and 2 j + 1 lie a quarter of a frame before and behind frame j's middle.
    assert.ok(Math.abs((values[40] + values[41]) / 2 - noise[20]) < 0.15);
  });

  it('sees nothing before the first frame, behind the last and in long gaps', () => {
    const unseen = [20, 21, 22, 23, 24, 25, 40];
    const { seen, values } = lipMoments(
      tableOf(middles(50, 25), () => 1, unseen),
      -10,
      130,
    );
    const moment = (j: number): number => seen[j + 10];
    assert.deepEqual([moment(-3), moment(-1), moment(0), moment(50)], [0, 1, 1, 0]);
    // One lost frame is bridged, six are not.
    assert.deepEqual([moment(38), moment(42), moment(50), moment(54)], [1, 0, 0, 1]);
    assert.deepEqual([moment(80), moment(81)], [1, 1]);
    assert.deepEqual([moment(99), moment(101), moment(105)], [1, 0, 0]);
    seen.forEach((one, i) => assert.ok(Math.abs(values[i] - one) < 1e-5));
  });

  it('answers an empty table with nothing seen', () => {
    const { seen, values } = lipMoments({ features: new Float32Array(0), seconds: [] }, 0, 5);
    assert.deepEqual([[...seen], values.length], [[0, 0, 0, 0, 0], 60]);
  });
});

describe('normalising lips', () => {
  it('gives every feature mean 0 and deviation 1 over the frames that were seen', () => {
    const random = seededRandom(9);
    const table = tableOf(middles(80, 25), (_t, k) => k + (k + 1) * 0.1 * random(), [3, 4]);
    const statistics = lipStatisticsOf(table.features);
    assert.equal(statistics.frames, 78);
    const z = normaliseLips(table.features, statistics);
    assert.ok(Number.isNaN(z[3 * features]));
    for (let k = 0; k < features; k++) {
      const column = z.filter((value, i) => i % features === k && !Number.isNaN(value));
      const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
      const square = column.reduce((sum, x) => sum + x * x, 0) / column.length;
      assert.ok(Math.abs(mean) < 1e-3 && Math.abs(square - 1) < 1e-3, `${k}: ${mean} ${square}`);
    }
  });

  it('does not blow up the jitter of a mouth that stays shut', () => {
    const random = seededRandom(2);
    const table = tableOf(middles(100, 25), () => 0.002 * (random() - 0.5));
    const z = normaliseLips(table.features, lipStatisticsOf(table.features));
    assert.ok(z.every((value) => Math.abs(value) < 0.15));
  });
});
