import { shapeSize, type PersonTable } from './person-table.ts';
import { loudnessAt, type BandFrames, type SoundProfile } from './sound-context.ts';
import type { LipPredictor } from './spectral-predictor.ts';

/** What the lips should do, frame by frame, in standard deviations of the speaker's own lips. */
export interface LipTargets {
  /** frames × `shapeSize`. */
  readonly shapes: Float32Array;
  /** 1 where the voice is silent and the mouth rests. */
  readonly resting: Uint8Array;
  /** How much each number of the shape counts when mouths are compared. */
  readonly weights: Float32Array;
}

/** Loudness below which a voice is silent (see `loudnessAt`): 26 dB under loud speech. */
const silentLoudness = 0.33;
/** Silence shorter than this is a stop or a breath, not a rest. */
const restSeconds = 0.18;
/** Predictions are shrunk towards the mean by what they do not know; lips that move too little look mumbled. */
const naturalDeviation = 0.85;

/** Used where the film's own sound cannot teach: louder voice, wider mouth. */
export const loudnessPredictor: LipPredictor = {
  trust: Float32Array.of(0.27, 0.05, 0.02, 0.2),
  sourceLagMs: 0,
  predict: (sound, profile, seconds, out) => {
    const opening = Math.min(Math.max(1.1 * (loudnessAt(sound, profile, seconds) - 0.6), -0.4), 0.6);
    out.set([opening, 0, 0, 0.7 * opening]);
  },
};

/** Mouth at rest: the mean of the most closed sixth of the speaker's mouths, in standard deviations. */
export function restShape(
  table: PersonTable,
  frames: readonly number[],
  scale: { mean: Float32Array; deviation: Float32Array },
): Float32Array {
  const byOpening = [...frames].sort((a, b) => table.shapes[a * shapeSize] - table.shapes[b * shapeSize]);
  const closed = byOpening.slice(0, Math.max(1, Math.floor(byOpening.length / 6)));
  const rest = new Float32Array(shapeSize);
  for (let k = 0; k < shapeSize; k++) {
    for (const frame of closed)
      rest[k] += (table.shapes[frame * shapeSize + k] - scale.mean[k]) / scale.deviation[k] / closed.length;
  }
  return rest;
}

/**
 * Lip targets of one segment.
 * @param seconds middle of each frame's showing, from the segment's first sample.
 */
export function lipTargetsOf(
  predictor: LipPredictor,
  voice: { readonly sound: BandFrames; readonly profile: SoundProfile },
  seconds: Float64Array,
  rest: Float32Array,
): LipTargets {
  const shapes = new Float32Array(seconds.length * shapeSize);
  const resting = findRests(voice, seconds);
  seconds.forEach((moment, i) => {
    const row = shapes.subarray(i * shapeSize, (i + 1) * shapeSize);
    predictor.predict(voice.sound, voice.profile, moment, row);
    for (let k = 0; k < shapeSize; k++) {
      row[k] *= Math.min(naturalDeviation / Math.max(predictor.trust[k], 0.35), 2.4);
      if (resting[i] === 1) row[k] = rest[k];
    }
  });
  easeIntoRests(shapes, resting);
  const weights = Float32Array.from(
    predictor.trust,
    (trust) => Math.max(trust, 0.05) ** 2 / predictor.trust[0] ** 2,
  );
  return { shapes, resting, weights };
}

function findRests(
  voice: { readonly sound: BandFrames; readonly profile: SoundProfile },
  seconds: Float64Array,
): Uint8Array {
  const resting = new Uint8Array(seconds.length);
  for (let start = 0; start < seconds.length;) {
    if (loudnessAt(voice.sound, voice.profile, seconds[start]) >= silentLoudness) {
      start++;
      continue;
    }
    let end = start + 1;
    while (end < seconds.length && loudnessAt(voice.sound, voice.profile, seconds[end]) < silentLoudness)
      end++;
    const touchesEdge = start === 0 || end === seconds.length;
    if (touchesEdge || seconds[end - 1] - seconds[start] >= restSeconds) resting.fill(1, start, end);
    start = end;
  }
  return resting;
}

/** Lips take a frame or two to close: no step where a rest begins or ends. */
function easeIntoRests(shapes: Float32Array, resting: Uint8Array): void {
  const sharp = shapes.slice();
  for (let i = 1; i + 1 < resting.length; i++) {
    if (resting[i - 1] === resting[i] && resting[i] === resting[i + 1]) continue;
    for (let k = 0; k < shapeSize; k++) {
      const at = i * shapeSize + k;
      shapes[at] = (sharp[at - shapeSize] + 2 * sharp[at] + sharp[at + shapeSize]) / 4;
    }
  }
}
