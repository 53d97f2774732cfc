import type { MouthShape } from './mouth-shape.ts';
import { smoothstep } from './random.ts';
import type { TimedPhoneme, Utterance } from './utterance.ts';
import { restViseme, visemesOf } from './visemes.ts';
import type { Viseme } from './visemes.ts';

/** Opening of a fully open "aa", cm. */
const widestOpeningCm = 1.5;

interface Gesture {
  readonly viseme: Viseme;
  readonly start: number;
  readonly end: number;
}

interface Contact {
  readonly kind: 'lips' | 'teeth';
  readonly from: number;
  readonly to: number;
}

/** A mouth for every frame, and which frames must be closed. */
export interface MouthTrack {
  readonly shapes: readonly MouthShape[];
  /** True where p, b or m hold the lips together. */
  readonly bilabial: readonly boolean[];
}

/** The instant a frame stands for: the middle of the time it is shown. */
export function frameTime(frame: number, frameRate: number): number {
  return (frame + 0.5) / frameRate;
}

function gestures(phonemes: readonly TimedPhoneme[], lengthSeconds: number): Gesture[] {
  const list: Gesture[] = [];
  let last = 0;
  for (const p of phonemes) {
    if (p.startSeconds - last > 0.08) list.push({ viseme: restViseme, start: last, end: p.startSeconds });
    const parts = visemesOf(p.phoneme);
    const middle = p.startSeconds + (p.endSeconds - p.startSeconds) * 0.5;
    parts.forEach((viseme, index) => {
      const start = index === 0 ? p.startSeconds : middle;
      const end = index === parts.length - 1 ? p.endSeconds : middle;
      list.push({ viseme, start, end });
    });
    last = p.endSeconds;
  }
  if (lengthSeconds > last) list.push({ viseme: restViseme, start: last, end: lengthSeconds });
  return list;
}

/** When lips or teeth meet. A closure shorter than a frame is moved onto the nearest frame, so that none is missed. */
function contacts(list: readonly Gesture[], frameRate: number): Contact[] {
  return list.flatMap(({ viseme, start, end }) => {
    if (viseme.contact === null) return [];
    const from = viseme.stop ? start - 0.05 : start + 0.008;
    const to = viseme.stop ? start + 0.012 : end - 0.008;
    const middle = (from + to) / 2;
    const nearest = frameTime(Math.round(middle * frameRate - 0.5), frameRate);
    return [
      { kind: viseme.contact, from: Math.min(from, nearest - 0.004), to: Math.max(to, nearest + 0.004) },
    ];
  });
}

/** Dominance of a gesture at a time: full over its middle, then an exponential fall (Cohen and Massaro 1993). */
function dominance(gesture: Gesture, time: number, reachSeconds: number): number {
  const middle = (gesture.start + gesture.end) / 2;
  const half = (gesture.end - gesture.start) / 2;
  const outside = Math.max(0, Math.abs(time - middle) - half * 0.6);
  return gesture.viseme.dominance * Math.exp(-Math.pow(outside / reachSeconds, 1.4));
}

/** Weighted mean over all gestures of one target. */
function blend(list: readonly Gesture[], time: number, reach: number, target: (v: Viseme) => number): number {
  let sum = 0;
  let weight = 1e-4;
  for (const gesture of list) {
    if (gesture.end < time - 0.6 || gesture.start > time + 0.6) continue;
    const share = dominance(gesture, time, reach);
    sum += share * target(gesture.viseme);
    weight += share;
  }
  return sum / weight;
}

function contactAt(
  list: readonly Contact[],
  kind: Contact['kind'],
  time: number,
  slopeSeconds: number,
): number {
  let most = 0;
  for (const contact of list) {
    if (contact.kind !== kind) continue;
    const outside = Math.max(contact.from - time, time - contact.to, 0);
    most = Math.max(most, smoothstep(slopeSeconds, 0, outside));
  }
  return most;
}

/** Loudness relative to the speech's loud passages, 0 to 1, over 60 ms. */
function loudness(utterance: Utterance): (time: number) => number {
  const { samples, sampleRateHz } = utterance;
  const hop = Math.round(sampleRateHz / 100);
  const energies: number[] = [];
  for (let at = 0; at < samples.length; at += hop) {
    let sum = 0;
    const end = Math.min(samples.length, at + hop);
    for (let i = at; i < end; i++) sum += samples[i] * samples[i];
    energies.push(Math.sqrt(sum / hop));
  }
  const loud = [...energies].sort((a, b) => a - b)[Math.floor(energies.length * 0.92)] || 1;
  return (time) => {
    const centre = Math.round(time * 100);
    let sum = 0;
    for (let k = -3; k <= 3; k++) sum += energies[Math.min(energies.length - 1, Math.max(0, centre + k))];
    return Math.min(1, sum / 7 / loud);
  };
}

/** The mouth that goes with a speech, frame by frame. */
export function mouthTrack(utterance: Utterance, frames: number, frameRate: number): MouthTrack {
  const list = gestures(utterance.phonemes, frames / frameRate);
  const meetings = contacts(list, frameRate);
  const loudAt = loudness(utterance);
  const shapes: MouthShape[] = [];
  const bilabial: boolean[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const time = frameTime(frame, frameRate);
    const lips = contactAt(meetings, 'lips', time, 0.05);
    const teeth = contactAt(meetings, 'teeth', time, 0.06);
    const wanted = blend(list, time, 0.055, (v) => v.opening);
    const strong = 0.72 + 0.4 * loudAt(time);
    // Below a tenth the lips rest on each other: soft tissue does not hover a hair's breadth apart.
    const parted = Math.max(0, wanted - 0.06) / 0.94;
    const opening = parted * strong * (1 - lips) * (1 - 0.72 * teeth);
    const closed = meetings.some((m) => m.kind === 'lips' && time >= m.from && time <= m.to);
    const jaw = blend(list, time, 0.085, (v) => v.opening * 0.72 + (v.contact === 'lips' ? 0.12 : 0));
    shapes.push({
      openingCm: closed ? 0 : opening * widestOpeningCm,
      spread: blend(list, time, 0.08, (v) => v.spread),
      protrusion: blend(list, time, 0.08, (v) => v.protrusion),
      jawCm: Math.max(0, jaw) * strong * widestOpeningCm,
      press: lips,
      tuck: teeth,
      tongue: blend(list, time, 0.05, (v) => v.tongue),
    });
    bilabial.push(closed);
  }
  return { shapes, bilabial };
}
