import { anatomy } from './sculpt.ts';
import type { MouthTrack } from './mouth-track.ts';
import type { FilmRenderer } from './render-speaker.ts';
import { placeHead } from './speaker.ts';
import { deformHead } from './rig.ts';
import type { FacePose } from './speaker.ts';
import { restingMouth } from './mouth-shape.ts';
import type { Speaker } from './speaker.ts';
import type { Utterance } from './utterance.ts';

/** The true mouth of a speech, frame by frame; lengths are cm on a face whose pupils are `pupilDistanceCm` apart. */
export interface Truth {
  readonly language: string;
  readonly frameCount: number;
  readonly frameRate: { readonly num: number; readonly den: number };
  /** Frame i shows the mouth as it is at (i + sampledAt) / frameRate seconds. */
  readonly sampledAt: number;
  readonly pupilDistanceCm: number;
  /** Distance between the inner edges of the lips in the middle. */
  readonly openingCm: readonly number[];
  /** Distance between the corners of the mouth. */
  readonly widthCm: readonly number[];
  /** How far the middle of the lips stands in front of its resting place. */
  readonly protrusionCm: readonly number[];
  /** How far the lower front teeth have dropped. */
  readonly jawCm: readonly number[];
  /** Frames in which p, b or m hold the lips together. */
  readonly bilabialFrames: readonly number[];
  readonly phonemes: Utterance['phonemes'];
  readonly sentences: Utterance['sentences'];
  /** Only for a film: where the lips are in the picture, pixels from the top left. */
  readonly pixels?: readonly LipPixels[];
  /** Only for a film: first frame of each shot. */
  readonly shotStarts?: readonly number[];
}

/** Inner edges of the lips in a picture, each [x, y]. */
export interface LipPixels {
  readonly upper: readonly [number, number];
  readonly lower: readonly [number, number];
  readonly left: readonly [number, number];
  readonly right: readonly [number, number];
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Inner-lip points of a posed head in head space: upper, lower, left and right in the picture, 3 floats each. */
function innerLips(speaker: Speaker, pose: FacePose): Float32Array {
  const { head, weights } = speaker;
  const all = new Float32Array(head.rest.length);
  deformHead(head, weights, pose, all);
  const quarter = head.pointsPerRing / 4;
  const lips = new Float32Array(12);
  [quarter, 3 * quarter, 2 * quarter, 0].forEach((point, index) => {
    const vertex = head.slitRing * head.pointsPerRing + point;
    lips.set(all.subarray(vertex * 3, vertex * 3 + 3), index * 3);
  });
  return lips;
}

function lipPixels(film: FilmRenderer, frame: number, lips: Float32Array): LipPixels {
  const world = Float32Array.from(lips);
  placeHead(world, film.poses[frame].body);
  const at = (index: number): [number, number] => {
    const p = film.rendererOf(frame).project([world[index * 3], world[index * 3 + 1], world[index * 3 + 2]]);
    return [round(p[0], 2), round(p[1], 2)];
  };
  return { upper: at(0), lower: at(1), left: at(2), right: at(3) };
}

/** Measures the posed geometry itself. `film` adds pixels; `poses` and `speaker` say whose mouth it is. */
export function measureTruth(
  spoken: { readonly utterance: Utterance; readonly track: MouthTrack; readonly frameRate: number },
  shown: { readonly speaker: Speaker; readonly poses: readonly FacePose[]; readonly film?: FilmRenderer },
): Truth {
  const { utterance, track, frameRate } = spoken;
  const { speaker, poses } = shown;
  const rest = innerLips(speaker, { ...poses[0], mouth: restingMouth });
  const lips = poses.map((pose) => innerLips(speaker, pose));
  const middle = (p: Float32Array): number => (p[2] + p[5]) / 2;
  const film = shown.film;
  return {
    language: utterance.language,
    frameCount: poses.length,
    frameRate: { num: frameRate, den: 1 },
    sampledAt: 0.5,
    pupilDistanceCm: anatomy.eye.x * 2,
    openingCm: lips.map((p) => round(Math.max(0, p[1] - p[4]), 3)),
    widthCm: lips.map((p) => round(Math.hypot(p[9] - p[6], p[10] - p[7], p[11] - p[8]), 3)),
    protrusionCm: lips.map((p) => round(middle(p) - middle(rest), 3)),
    jawCm: track.shapes.map((shape) => round(shape.jawCm, 3)),
    bilabialFrames: track.bilabial.flatMap((closed, frame) => (closed ? [frame] : [])),
    phonemes: utterance.phonemes.map((p) => ({
      phoneme: p.phoneme,
      startSeconds: round(p.startSeconds, 3),
      endSeconds: round(p.endSeconds, 3),
    })),
    sentences: utterance.sentences.map((s) => ({
      text: s.text,
      startSeconds: round(s.startSeconds, 3),
      endSeconds: round(s.endSeconds, 3),
    })),
    ...(film ? { pixels: lips.map((p, frame) => lipPixels(film, frame, p)) } : {}),
  };
}

/** Truth as text: one line per field, so that changes can be read. */
export function formatTruth(truth: Truth): string {
  const lines = Object.entries(truth).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}
