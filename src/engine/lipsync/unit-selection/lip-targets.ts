import { findPauses } from '../../audio/voice-activity.ts';
import { lipFeatureNames } from '../../faces/lip-features.ts';
import type { PcmReader } from '../types.ts';
import type { HeardLips } from './lip-predictor.ts';
import { shapeSize, type PersonTable } from './person-table.ts';

/** What the lips should do, frame by frame, in standard deviations of the speaker's own lips. */
export interface LipTargets {
  /** frames × `shapeSize`. */
  readonly shapes: Float32Array;
  /** 1 where the voice is silent and the mouth rests. */
  readonly resting: Uint8Array;
  /** How surely the lips meet in each frame (p, b, m and rests), 0 to 1. */
  readonly closure: Float32Array;
  /** How much each number of the shape counts when mouths are compared; opening counts 1. */
  readonly weights: Float32Array;
}

/** Silence shorter than this is a stop or a breath, not a rest. */
const restMs = 250;
/** Lips come to rest so long after the last sound, and leave it so long before the next. */
const settleSeconds = 0.08;
const startSeconds = 0.12;
/** Below the first probability lips are not held to be closed, from the second on they are closed for sure. */
const closureFrom = 0.5;
const closureTo = 0.8;

/** What the eye looks at: how open and how wide a mouth is, then whether it is rounded; the rest follows. */
const importance: Readonly<Record<(typeof lipFeatureNames)[number], number>> = {
  opening: 1,
  area: 0.2,
  height: 0.15,
  width: 0.8,
  innerWidth: 0.2,
  protrusion: 0.4,
  jaw: 0.25,
  component1: 0.2,
  component2: 0.2,
  component3: 0.1,
  component4: 0.05,
  component5: 0.05,
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
 * @param heard what the voice asks for at the middle of each frame's showing, `seconds` from its first sample.
 * @param trust of the predictor, per number of the shape.
 */
export function lipTargetsOf(
  heard: HeardLips,
  { voice, seconds }: { readonly voice: PcmReader; readonly seconds: Float64Array },
  speaker: { readonly rest: Float32Array; readonly trust: Float32Array },
): LipTargets {
  const { rest, trust } = speaker;
  const shapes = heard.shapes.slice();
  const resting = findRests(voice, seconds);
  const closure = heard.closure.map((probability, i) =>
    resting[i] === 1 ? 1 : Math.min(Math.max((probability - closureFrom) / (closureTo - closureFrom), 0), 1),
  );
  seconds.forEach((_moment, i) => {
    const row = shapes.subarray(i * shapeSize, (i + 1) * shapeSize);
    if (resting[i] === 1) row.set(rest);
    // Lips that meet for a p, b or m keep their width and rounding.
    else row[0] = Math.min(row[0], row[0] + closure[i] * (rest[0] - row[0]));
  });
  easeIntoRests(shapes, resting);
  const known = (k: number): number => Math.max(trust[k], 0.05) ** 2;
  const weights = Float32Array.from(lipFeatureNames, (name, k) => (importance[name] * known(k)) / known(0));
  return { shapes, resting, closure, weights };
}

/** 1 where the voice pauses and the lips have come to rest; before its first and after its last sound they rest too. */
function findRests(voice: PcmReader, seconds: Float64Array): Uint8Array {
  const rests = findPauses(voice, { minPauseMs: restMs })
    .filter(({ kind }) => kind === 'pause')
    .map(({ startSample, endSample }) => ({
      from: startSample === 0 ? -Infinity : startSample / voice.sampleRateHz + settleSeconds,
      to: endSample === voice.sampleCount ? Infinity : endSample / voice.sampleRateHz - startSeconds,
    }));
  let next = 0;
  return Uint8Array.from(seconds, (moment) => {
    while (next < rests.length && rests[next].to <= moment) next++;
    return next < rests.length && rests[next].from <= moment ? 1 : 0;
  });
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
