import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identifyPeople, type TrackPortrait } from '../../../../src/engine/faces/identify-people.ts';

/** A descriptor near the axis of a person; `wobble` turns it a little into another direction. */
function look(person: number, wobble = 0): Float32Array {
  const vector = new Float32Array(16);
  vector[person] = Math.cos(wobble);
  vector[15] = Math.sin(wobble);
  return vector;
}

function track(
  trackId: number,
  range: readonly [number, number],
  descriptor: Float32Array | null,
): TrackPortrait {
  const [startFrame, endFrame] = range;
  return { trackId, startFrame, endFrame, observedFrames: endFrame - startFrame, descriptor };
}

const idsOf = (portraits: readonly TrackPortrait[]): number[] => {
  const people = identifyPeople(portraits);
  return portraits.map((portrait) => people.get(portrait.trackId) ?? 0);
};

test('one person across shots is one, numbered by screen time', () => {
  const portraits = [
    track(7, [0, 10], look(0)),
    track(3, [10, 60], look(1)),
    track(9, [60, 80], look(0, 0.3)),
    track(4, [80, 90], look(1, -0.3)),
  ];
  assert.deepEqual(idsOf(portraits), [2, 1, 2, 1]);
});

test('two faces at the same time are never one person, not even by way of a third track', () => {
  assert.deepEqual(idsOf([track(1, [0, 50], look(0)), track(2, [0, 40], look(0))]), [1, 2]);
  const chained = [track(1, [0, 50], look(0)), track(2, [10, 40], look(0)), track(3, [60, 65], look(0))];
  const [first, second] = idsOf(chained);
  assert.notEqual(first, second);
});

test('a track without a portrait is a person of its own; no tracks, no people', () => {
  assert.deepEqual(idsOf([track(1, [0, 50], look(0)), track(2, [60, 70], null)]), [1, 2]);
  assert.equal(identifyPeople([]).size, 0);
});

test('numbers have no gaps, fall with screen time and do not depend on the order of tracks', () => {
  const portrait = fc.record({
    start: fc.integer({ min: 0, max: 300 }),
    length: fc.integer({ min: 5, max: 60 }),
    person: fc.integer({ min: 0, max: 5 }),
    wobble: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(portrait, { maxLength: 12 }), (recipes) => {
      const portraits = recipes.map(({ start, length, person, wobble }, i) =>
        track(i, [start, start + length], look(person, wobble)),
      );
      const people = identifyPeople(portraits);
      const time = new Map<number, number>();
      for (const one of portraits) {
        const person = people.get(one.trackId) ?? 0;
        time.set(person, (time.get(person) ?? 0) + one.observedFrames);
        for (const other of portraits)
          if (other !== one && one.startFrame < other.endFrame && other.startFrame < one.endFrame)
            assert.notEqual(person, people.get(other.trackId));
      }
      const times = [...time].sort(([a], [b]) => a - b);
      times.forEach(([person, frames], i) => {
        assert.equal(person, i + 1);
        assert.ok(i === 0 || frames <= times[i - 1][1]);
      });
    }),
  );
});
