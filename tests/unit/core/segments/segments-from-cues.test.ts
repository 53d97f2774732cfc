import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { segmentsFromCues } from '../../../../src/core/segments/segments-from-cues.ts';
import { nearestBoundary } from '../../../../src/core/time/frame-clock.ts';
import { filmClocks, steadyClock } from '../../../support/film-clock.ts';

const cues = fc.array(
  fc
    .record({
      startMs: fc.integer({ min: -2_000, max: 25_000 }),
      lengthMs: fc.integer({ min: 0, max: 6_000 }),
    })
    .map(({ startMs, lengthMs }) => ({ startMs, endMs: startMs + lengthMs, text: `t${startMs}` })),
  { maxLength: 15 },
);

test('segments lie inside the film, in order, never over each other, and hold every frame of every cue', () => {
  fc.assert(
    fc.property(
      filmClocks,
      cues,
      fc.constantFrom('keep' as const, 'rest' as const),
      (clock, list, between) => {
        const voiceRange = { startFrame: 0, endFrame: clock.frameCount };
        const drafts = segmentsFromCues({ cues: list, clock, between, voiceRange });
        let lastFrame = 0;
        const held = new Set<number>();
        for (const { endFrame, startFrame } of drafts) {
          assert.ok(startFrame >= lastFrame && endFrame > startFrame && endFrame <= clock.frameCount);
          for (let frame = startFrame; frame < endFrame; frame++) held.add(frame);
          lastFrame = endFrame;
        }
        for (const cue of list) {
          const end = nearestBoundary(clock, cue.endMs / 1000);
          for (let frame = nearestBoundary(clock, cue.startMs / 1000); frame < end; frame++) {
            assert.ok(held.has(frame), `frame ${frame} belongs to a cue and to no segment`);
          }
        }
        if (between === 'rest') assert.equal(held.size, clock.frameCount, 'gaps are filled');
      },
    ),
  );
});

test('the order of the cues in the file does not matter when they start at different times', () => {
  fc.assert(
    fc.property(
      filmClocks,
      fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { maxLength: 8 }),
      (clock, starts) => {
        const list = starts.map((startMs) => ({ startMs, endMs: startMs + 1500, text: String(startMs) }));
        const request = { clock, between: 'keep' as const, voiceRange: { startFrame: 0, endFrame: 0 } };
        assert.deepEqual(
          segmentsFromCues({ ...request, cues: list }),
          segmentsFromCues({ ...request, cues: list.toReversed() }),
        );
      },
    ),
  );
});

test('of overlapping cues the earlier keeps its frames; a covered one gives its text away', () => {
  const clock = steadyClock(100, 10);
  const drafts = segmentsFromCues({
    cues: [
      { startMs: 1000, endMs: 3000, text: 'first' },
      { startMs: 2500, endMs: 5000, text: 'second' },
      { startMs: 2600, endMs: 2900, text: 'aside' },
    ],
    clock,
    between: 'rest',
    voiceRange: { startFrame: 5, endFrame: 60 },
  });
  assert.deepEqual(drafts, [
    { startFrame: 5, endFrame: 10, origin: 'gap', text: '' },
    { startFrame: 10, endFrame: 30, origin: 'cue', text: 'first\naside' },
    { startFrame: 30, endFrame: 50, origin: 'cue', text: 'second' },
    { startFrame: 50, endFrame: 60, origin: 'gap', text: '' },
  ]);
});
