import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  lipMarginMoments,
  OffsetTable,
  soundMarginMoments,
} from '../../../../src/engine/sync/offset-table.ts';
import {
  speakerActivity,
  speakerBetween,
  speakerPerRange,
} from '../../../../src/engine/sync/speaker-activity.ts';
import { momentRateHz } from '../../../../src/engine/sync/types.ts';

/** Moments at which lips lie on sound that is 2 steps late (fits), or opposite to nothing in particular. */
function tableOf(startSecond: number, fits: readonly boolean[]): OffsetTable {
  const count = fits.length * momentRateHz;
  const start = startSecond * momentRateHz;
  const table = new OffsetTable(start, start + count);
  // Sound turns around a circle; lips that fit are where the sound is two moments later, others stand still.
  const angle = (moment: number): number => moment * 0.9;
  const unit = (margin: number, at: (moment: number) => number): Float32Array =>
    Float32Array.from({ length: 2 * (count + 2 * margin) }, (_, n) => {
      const turned = at(start - margin + (n >> 1));
      return n % 2 === 0 ? Math.cos(turned) : Math.sin(turned);
    });
  const isFit = (moment: number): boolean => fits[Math.floor((moment - start) / momentRateHz)] ?? false;
  const lips = count + 2 * lipMarginMoments;
  const counts = Uint8Array.from({ length: lips }, (_, i) => {
    const inside = i - lipMarginMoments;
    return inside >= 0 && inside < count ? 1 : 0;
  });
  table.add({
    start,
    count,
    sound: { size: 2, data: unit(soundMarginMoments, angle) },
    lips: {
      size: 2,
      data: unit(lipMarginMoments, (moment) => (isFit(moment) ? angle(moment + 2) : 1)),
      seen: counts,
      opening: new Float32Array(lips).map((_, i) => i % 3),
    },
    counts,
    voiced: counts,
  });
  return table;
}

const [yes, no] = [true, false];

describe('who speaks', () => {
  const activity = speakerActivity([
    { personId: 2, table: tableOf(0, [no, no, no, yes, yes]) },
    { personId: 1, table: tableOf(0, [yes, yes, yes, no, no]) },
    { personId: 3, table: tableOf(3, [no, no, no, no]) },
  ]);

  it('is told by whose lips fit the sound', () => {
    const first = speakerBetween(activity, 0, 3);
    assert.deepEqual([first.personId, first.isClear], [1, true]);
    const then = speakerBetween(activity, 3, 5);
    assert.deepEqual([then.personId, then.isClear], [2, true]);
    assert.deepEqual(
      then.people.map(({ comparedSeconds }) => Math.round(comparedSeconds)),
      [2, 2, 2],
    );
  });

  it('weighs a stretch with two speakers by how long each speaks', () => {
    assert.equal(speakerBetween(activity, 1, 3.6).personId, 1);
    assert.equal(speakerBetween(activity, 2.6, 5).personId, 2);
  });

  it('is not clear where only strangers are seen, and nobody where nobody is', () => {
    const strangers = speakerBetween(activity, 5, 7);
    assert.deepEqual([strangers.personId, strangers.isClear], [3, false]);
    assert.deepEqual(speakerBetween(activity, 20, 25), { personId: null, isClear: false, people: [] });
  });

  it('takes frames of any clock', () => {
    const clock = {
      timeBase: { num: 1, den: 10 },
      frameCount: 50,
      ticks: Array.from({ length: 51 }, (_, i) => i),
    };
    assert.equal(speakerPerRange(activity, clock, { startFrame: 0, endFrame: 30 }).personId, 1);
    assert.equal(speakerPerRange(activity, clock, { startFrame: 30, endFrame: 50 }).personId, 2);
  });

  it('crosses a process border as JSON', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(activity)), activity);
  });
});
