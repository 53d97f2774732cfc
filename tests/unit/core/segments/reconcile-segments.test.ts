import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { reconcileSegments } from '../../../../src/core/segments/reconcile-segments.ts';
import type { Segment, SegmentDraft } from '../../../../src/core/segments/segment.ts';

const draft = (startFrame: number, endFrame: number, text = ''): SegmentDraft => ({
  startFrame,
  endFrame,
  text,
  origin: 'cue',
});
const idsAfter = (earlier: readonly Segment[], drafts: readonly SegmentDraft[]): string[] => {
  let next = 100;
  return reconcileSegments(earlier, drafts, () => `n${next++}`).map((segment) => segment.id);
};
const three: Segment[] = [
  { ...draft(0, 50, 'een'), id: 'a' },
  { ...draft(60, 100, 'twee'), id: 'b' },
  { ...draft(120, 200, 'drie'), id: 'c' },
];

test('importing the same again changes no id, whatever the texts', () => {
  const drafts = fc
    .uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 20 })
    .map((starts) =>
      starts
        .toSorted((a, b) => a - b)
        .map((start) => draft(start * 10, start * 10 + 10, start % 3 === 0 ? '' : 'same')),
    );
  fc.assert(
    fc.property(drafts, (list) => {
      let next = 1;
      const earlier = reconcileSegments([], list, () => `s${next++}`);
      assert.equal(new Set(earlier.map((segment) => segment.id)).size, list.length, 'every id is given once');
      assert.deepEqual(
        reconcileSegments(earlier, list, () => 'new'),
        earlier,
      );
    }),
  );
});

test('a moved cue keeps its id by its words, and the others keep theirs', () => {
  assert.deepEqual(idsAfter(three, [draft(0, 50, 'een'), draft(75, 115, 'twee'), draft(120, 200, 'drie')]), [
    ...['a', 'b', 'c'],
  ]);
  assert.deepEqual(idsAfter(three, [draft(300, 340, 'twee'), draft(0, 50, 'een')]), ['b', 'a']);
});

test('a reworded cue keeps its id by its frames', () => {
  assert.deepEqual(idsAfter(three, [draft(0, 50, 'één'), draft(60, 100, 'twee!'), draft(120, 200, 'drie')]), [
    ...['a', 'b', 'c'],
  ]);
});

test('a cue that is both moved a little and reworded is still known; one that moved far is new', () => {
  assert.deepEqual(idsAfter(three, [draft(62, 104, 'second')]), ['b']);
  assert.deepEqual(idsAfter(three, [draft(95, 130, 'second')]), ['n100']);
});

test('an inserted cue is new, and cues that say the same go to the nearest in time', () => {
  const [first, second, third] = three;
  assert.deepEqual(idsAfter(three, [first, draft(52, 58, 'eh'), second, third]), ['a', 'n100', 'b', 'c']);
  const yes: Segment[] = [
    { ...draft(0, 10, 'ja'), id: 'a' },
    { ...draft(100, 110, 'ja'), id: 'b' },
  ];
  assert.deepEqual(idsAfter(yes, [draft(90, 99, 'ja'), draft(20, 29, 'ja')]), ['b', 'a']);
});
