import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mouthTrack } from '../../../scripts/demo/mouth-track.ts';
import type { TimedPhoneme, Utterance } from '../../../scripts/demo/utterance.ts';

const frameRate = 25;

/** A speech of given phonemes, one after the other from 0.5 s on, loud throughout. */
function utteranceOf(parts: readonly { readonly phoneme: string; readonly seconds: number }[]): Utterance {
  let at = 0.5;
  const phonemes: TimedPhoneme[] = parts.map(({ phoneme, seconds }) => {
    const start = at;
    at += seconds;
    return { phoneme, startSeconds: start, endSeconds: at };
  });
  const samples = new Int16Array(Math.ceil((at + 1) * 8000)).fill(8000);
  return { language: 'en', sampleRateHz: 8000, samples, phonemes, sentences: [] };
}

function framesOf(utterance: Utterance): number {
  return Math.ceil((utterance.samples.length / utterance.sampleRateHz) * frameRate);
}

const anyPhoneme = fc.constantFrom('p', 'b', 'm', 'f', 'a', 'iː', 'uː', 'aɪ', 's', 'l', 'ə', 'yʊ', '', '?');
const anySpeech = fc.array(
  fc.record({ phoneme: anyPhoneme, seconds: fc.double({ min: 0.03, max: 0.3, noNaN: true }) }),
  { minLength: 1, maxLength: 30 },
);

test('every p, b and m closes the lips in a frame of its own time', () => {
  fc.assert(
    fc.property(anySpeech, (parts) => {
      const utterance = utteranceOf(parts);
      const track = mouthTrack(utterance, framesOf(utterance), frameRate);
      for (const p of utterance.phonemes.filter(({ phoneme }) => 'pbm'.includes(phoneme) && phoneme !== '')) {
        const first = Math.floor((p.startSeconds - 0.09) * frameRate);
        const last = Math.ceil((p.endSeconds + 0.04) * frameRate);
        const near = track.shapes.slice(first, last);
        assert.ok(
          near.some((shape) => shape.openingCm === 0),
          `${p.phoneme} at ${p.startSeconds} s stays open`,
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('shapes stay within what a mouth can do', () => {
  fc.assert(
    fc.property(anySpeech, (parts) => {
      const utterance = utteranceOf(parts);
      for (const shape of mouthTrack(utterance, framesOf(utterance), frameRate).shapes) {
        assert.ok(shape.openingCm >= 0 && shape.openingCm <= 1.8, `opening ${shape.openingCm}`);
        assert.ok(Math.abs(shape.spread) <= 1 && shape.protrusion >= 0 && shape.protrusion <= 1);
        assert.ok(shape.jawCm >= 0 && shape.jawCm <= 1.6, `jaw ${shape.jawCm}`);
        assert.ok(shape.press >= 0 && shape.press <= 1 && shape.tuck >= 0 && shape.tuck <= 1);
      }
    }),
    { numRuns: 60 },
  );
});

test('lips rest closed before and after speech and part for an open vowel', () => {
  const utterance = utteranceOf([{ phoneme: 'aː', seconds: 0.3 }]);
  const { shapes } = mouthTrack(utterance, framesOf(utterance), frameRate);
  assert.equal(shapes[0].openingCm, 0);
  assert.equal(shapes[shapes.length - 1].openingCm, 0);
  const widest = shapes.reduce(
    (best, shape, frame) => (shape.openingCm > shapes[best].openingCm ? frame : best),
    0,
  );
  assert.ok(shapes[widest].openingCm > 0.8);
  assert.ok(Math.abs((widest + 0.5) / frameRate - 0.65) < 0.06, `widest in frame ${widest}`);
});

test('"oo" rounds and pushes the lips, "ee" spreads them', () => {
  const middle = (phoneme: string): ReturnType<typeof mouthTrack>['shapes'][number] => {
    const utterance = utteranceOf([{ phoneme, seconds: 0.3 }]);
    return mouthTrack(utterance, framesOf(utterance), frameRate).shapes[Math.floor(0.65 * frameRate)];
  };
  assert.ok(middle('uː').spread < -0.5 && middle('uː').protrusion > 0.5);
  assert.ok(middle('iː').spread > 0.5 && middle('iː').protrusion < 0.1);
});
