import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  cutsFromPauses,
  segmentsFromPauses,
  voiceFrameRange,
} from '../../../../src/core/segments/segments-from-pauses.ts';
import type { VoicePause } from '../../../../src/core/segments/segments-from-pauses.ts';
import { frameCountOf } from '../../../../src/core/time/frame-range.ts';
import { filmClocks, steadyClock } from '../../../support/film-clock.ts';

const sampleRateHz = 16_000;

/** Speech and pauses in turn, in milliseconds. */
const voices = fc
  .array(
    fc.record({
      speechMs: fc.integer({ min: 50, max: 9_000 }),
      pauseMs: fc.integer({ min: 120, max: 1_500 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map(voiceOf);

function voiceOf(parts: readonly { readonly speechMs: number; readonly pauseMs: number }[]): {
  pauses: VoicePause[];
  sampleCount: number;
} {
  const pauses: VoicePause[] = [];
  let at = 0;
  for (const { pauseMs, speechMs } of parts) {
    const startSample = at + speechMs * 16;
    at = startSample + pauseMs * 16;
    pauses.push({ startSample, endSample: at });
  }
  return { pauses, sampleCount: at };
}

test('segments tile exactly the frames during which the voice sounds', () => {
  fc.assert(
    fc.property(voices, filmClocks, fc.integer({ min: -5_000, max: 5_000 }), (voice, clock, startMs) => {
      const placement = { sampleRateHz, startMs };
      const whole = voiceFrameRange(clock, voice.sampleCount, placement);
      const drafts = segmentsFromPauses({ ...voice, clock, placement, earlierCuts: [] });
      let at = whole.startFrame;
      for (const draft of drafts) {
        assert.equal(draft.startFrame, at);
        assert.ok(draft.endFrame > draft.startFrame);
        at = draft.endFrame;
      }
      assert.equal(at, whole.endFrame);
      assert.ok(whole.endFrame <= clock.frameCount);
      if (frameCountOf(whole) === 0) assert.deepEqual(drafts, []);
    }),
  );
});

test('cuts lie in the middle of pauses, at least half a second apart, and long pieces have no good pause left', () => {
  fc.assert(
    fc.property(voices, (voice) => {
      const request = { ...voice, clock: steadyClock(10, 10), placement: { sampleRateHz, startMs: 0 } };
      const cuts = cutsFromPauses({ ...request, earlierCuts: [] });
      const borders = [0, ...cuts, voice.sampleCount];
      for (const cut of cuts) {
        const pause = voice.pauses.find(({ endSample, startSample }) => cut > startSample && cut < endSample);
        assert.ok(pause, `${cut} is not in a pause`);
        assert.equal(cut, Math.round((pause.startSample + pause.endSample) / 2));
      }
      for (const [index, end] of borders.slice(1).entries()) {
        const start = borders[index];
        if (cuts.length > 0) assert.ok(end - start >= sampleRateHz / 2);
        if (end - start <= 8 * sampleRateHz) continue;
        const unused = voice.pauses.filter(({ endSample, startSample }) => {
          const middle = (startSample + endSample) / 2;
          const isInside = middle - start >= 8_001 && end - middle >= 8_001 && endSample < voice.sampleCount;
          return isInside && endSample - startSample >= 0.3 * sampleRateHz;
        });
        assert.deepEqual(unused, [], `a piece of ${(end - start) / sampleRateHz} s could have been cut`);
      }
    }),
  );
});

test('a short voice is one segment, however many pauses it has', () => {
  const voice = voiceOf(Array.from({ length: 5 }, () => ({ speechMs: 900, pauseMs: 500 })));
  const request = { clock: steadyClock(500, 25), placement: { sampleRateHz, startMs: 0 }, earlierCuts: [] };
  assert.deepEqual(segmentsFromPauses({ ...voice, ...request }), [
    { startFrame: 0, endFrame: 175, origin: 'voice', text: '' },
  ]);
});

test('speech without a good pause is cut at a short one only when it gets very long', () => {
  const request = { clock: steadyClock(10, 10), placement: { sampleRateHz, startMs: 0 }, earlierCuts: [] };
  const twelve = voiceOf([
    { speechMs: 6_000, pauseMs: 200 },
    { speechMs: 5_000, pauseMs: 400 },
  ]);
  assert.deepEqual(cutsFromPauses({ ...twelve, ...request }), []);
  const eighteen = voiceOf([
    { speechMs: 9_000, pauseMs: 200 },
    { speechMs: 9_000, pauseMs: 400 },
  ]);
  assert.deepEqual(cutsFromPauses({ ...eighteen, ...request }), [9_100 * 16]);
});

test('an earlier cut that still lies in a pause stays where it was', () => {
  const parts = Array.from({ length: 6 }, () => ({ speechMs: 2_600, pauseMs: 600 }));
  const request = { clock: steadyClock(10, 10), placement: { sampleRateHz, startMs: 0 } };
  const before = cutsFromPauses({ ...voiceOf(parts), ...request, earlierCuts: [] });
  assert.ok(before.length >= 2);
  // The third sentence, spoken anew, begins 100 ms earlier and ends 80 ms later.
  const spoken = parts.map((part, index) => {
    if (index === 1) return { ...part, pauseMs: 500 };
    return index === 2 ? { speechMs: 2_780, pauseMs: 520 } : part;
  });
  const after = voiceOf(spoken);
  assert.deepEqual(cutsFromPauses({ ...after, ...request, earlierCuts: before }), before);
  assert.notDeepEqual(cutsFromPauses({ ...after, ...request, earlierCuts: [] }), before);
});
