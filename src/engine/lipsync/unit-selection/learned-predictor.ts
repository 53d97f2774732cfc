import { measureVoiceLevel, steadyLevel, type VoiceLevel } from '../../audio/voice-mel.ts';
import { adaptHead, generalHead, type LipHead } from '../lips-from-sound/adapt-head.ts';
import { closedOpening, closureOf, fitClosure, type ClosureScale } from '../lips-from-sound/closure.ts';
import { furthestLag, LagMeter } from '../lips-from-sound/find-lag.ts';
import { headInputCount, hearAround } from '../lips-from-sound/hear-around.ts';
import type { LevelledSound, LipNetwork } from '../lips-from-sound/lip-network.ts';
import { shapeOf, type LipPredictor } from './lip-predictor.ts';
import { shapeSize, type PersonTable } from './person-table.ts';
import { applyRidge } from './ridge.ts';
import { shapeStatistics, type TeachingFrames } from './spectral-predictor.ts';

/** What the network says of a film in perfect sync, and the network itself. */
export interface Listener {
  readonly network: LipNetwork;
  /** Milliseconds; see `LipModelFile`. */
  readonly lagBiasMs: number;
}

/** How one speaker's lips follow sound, as plain numbers. */
export interface LearnedLips {
  readonly head: LipHead;
  readonly closure: ClosureScale;
  /** Per number of the shape: what the head says is stretched by this, so that lips go as far as this speaker's do. */
  readonly stretch: Float32Array;
  /** Level and colour of the film's sound; null when nothing could be learnt from it. */
  readonly level: VoiceLevel | null;
  /** Film sound minus film picture. */
  readonly lagMs: number;
}

/** Correlation with unseen speakers' lips, as `npm run bench:lips` measures it. */
const typicalTrust = shapeOf({
  opening: 0.6,
  area: 0.6,
  height: 0.55,
  width: 0.48,
  innerWidth: 0.4,
  protrusion: 0.35,
  jaw: 0.45,
  component1: 0.6,
  component2: 0.45,
  component3: 0.3,
  component4: 0.25,
  component5: 0.2,
});
/**
 * Predictions are drawn towards the mean by what they do not know; lips that move so little look mumbled. They are
 * stretched to this share of the speaker's own spread. (Matching all quantiles follows less closely: mean r of opening
 * over five close-ups 0.55 instead of 0.57.)
 */
const naturalDeviation = 0.9;
/** What the network's answers must be stretched by for an average speaker. */
const generalStretch = 1.2;
const largestStretch = 2.5;
/** Below this correlation of heard and seen openings a film's sound is not its speaker's. */
const leastCorrelation = 0.2;
/** Frames beyond this add time, not truth. */
const maximumRows = 6000;
/** Fewer tell nothing. */
const leastFrames = 40;

/** The network for a speaker from whom nothing can be learnt. */
export function generalLips({ network }: Listener): LearnedLips {
  return {
    head: generalHead(headInputCount(network), typicalTrust),
    closure: { slope: 1, offset: 0 },
    stretch: new Float32Array(shapeSize).fill(generalStretch),
    level: null,
    lagMs: 0,
  };
}

/**
 * Learns how a speaker's lips follow the film's own sound, its lag (`findFilmLag`) allowed for: a head on the network
 * (`adaptHead`), how surely closed lips are heard, and how far the lips go. Null where the sound does not follow the
 * lips.
 */
export async function learnLips(
  listener: Listener,
  table: PersonTable,
  teaching: TeachingFrames,
  sound: LevelledSound & { readonly lagMs: number },
  signal: AbortSignal,
): Promise<LearnedLips | null> {
  const frames = thinned(teaching.frames);
  if (frames.length < leastFrames) return null;
  const seen = standardisedShapes(table, frames);
  const seconds = Float64Array.from(frames, (frame) => teaching.seconds[frame]);
  const { lagMs } = sound;
  const heardAtSeconds = seconds.map((moment) => moment + (lagMs + listener.lagBiasMs) / 1000);
  const { heard, closed } = await hearRows(listener.network, sound, heardAtSeconds, signal);
  const inputSize = heard.length / frames.length;
  const head = adaptHead({ count: frames.length, seconds, inputSize, heard, seen });
  if (head.trust[0] < leastCorrelation) return null;

  const openings = Float32Array.from(frames, (frame) => table.shapes[frame * shapeSize]);
  const closedBelow = closedOpening(openings);
  const said = new Float32Array(seen.length);
  for (let i = 0; i < frames.length; i++)
    applyRidge(head.model, heard.subarray(i * inputSize, (i + 1) * inputSize), rowOf(said, i));
  return {
    head,
    closure: fitClosure(
      closed,
      Uint8Array.from(openings, (opening) => (opening <= closedBelow ? 1 : 0)),
    ),
    stretch: Float32Array.from({ length: shapeSize }, (_, k) =>
      Math.min(naturalDeviation / deviationOf(columnOf(said, k)), largestStretch),
    ),
    level: sound.level,
    lagMs,
  };
}

/** A predictor that hears by the network and speaks in this speaker's lips. */
export function learnedPredictor({ network, lagBiasMs }: Listener, lips: LearnedLips): LipPredictor {
  return {
    trust: lips.head.trust,
    sourceLagMs: lips.lagMs,
    hear: async (voice, seconds, signal) => {
      const level = steadyLevel(measureVoiceLevel(voice, signal), lips.level);
      const shapes = new Float32Array(seconds.length * shapeSize);
      const closure = new Float32Array(seconds.length);
      const shifted = seconds.map((moment) => moment + lagBiasMs / 1000);
      const input = new Float32Array(lips.head.model.inputSize);
      for await (const heard of hearAround(network, { pcm: voice, level }, { seconds: shifted }, signal)) {
        for (let i = heard.start; i < heard.end; i++) {
          const row = rowOf(shapes, i);
          heard.inputAt(shifted[i], input);
          applyRidge(lips.head.model, input, row);
          for (let k = 0; k < shapeSize; k++) row[k] *= lips.stretch[k];
          closure[i] = closureOf(heard.closedAt(shifted[i]), lips.closure);
        }
      }
      return { shapes, closure };
    },
  };
}

function standardisedShapes(table: PersonTable, frames: readonly number[]): Float32Array {
  const { mean, deviation } = shapeStatistics(table, frames);
  const shapes = new Float32Array(frames.length * shapeSize);
  frames.forEach((frame, i) => {
    for (let k = 0; k < shapeSize; k++)
      shapes[i * shapeSize + k] = (table.shapes[frame * shapeSize + k] - mean[k]) / deviation[k];
  });
  return shapes;
}

function thinned(frames: readonly number[]): readonly number[] {
  const stride = Math.max(1, Math.ceil(frames.length / maximumRows));
  return frames.filter((_frame, i) => i % stride === 0);
}

/**
 * The film's lag in milliseconds, sound minus picture, at which the general network's lips agree best with those seen;
 * null where the film does not tell.
 */
export async function findFilmLag(
  { network, lagBiasMs }: Listener,
  table: PersonTable,
  teaching: TeachingFrames,
  sound: LevelledSound,
  signal: AbortSignal,
): Promise<number | null> {
  const frames = thinned(teaching.frames);
  if (frames.length < leastFrames) return null;
  const seen = standardisedShapes(table, frames);
  const seconds = Float64Array.from(frames, (frame) => teaching.seconds[frame]);
  const meter = new LagMeter();
  const soundSeconds = sound.pcm.sampleCount / sound.pcm.sampleRateHz;
  const around = { seconds, marginSeconds: furthestLag };
  for await (const heard of hearAround(network, sound, around, signal))
    for (let i = heard.start; i < heard.end; i++) {
      // Beyond both ends of the sound there is a silence that says nothing about the lips.
      if (seconds[i] < furthestLag || seconds[i] + furthestLag > soundSeconds) continue;
      meter.add(rowOf(seen, i), (lagSeconds) => heard.shapeAt(seconds[i] + lagSeconds));
    }
  const rawLagMs = meter.find();
  return rawLagMs === null ? null : rawLagMs - lagBiasMs;
}

function rowOf(table: Float32Array, row: number): Float32Array {
  return table.subarray(row * shapeSize, (row + 1) * shapeSize);
}

function columnOf(table: Float32Array, k: number): Float32Array {
  return Float32Array.from({ length: table.length / shapeSize }, (_, i) => table[i * shapeSize + k]);
}

function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

async function hearRows(
  network: LipNetwork,
  sound: LevelledSound,
  seconds: Float64Array,
  signal: AbortSignal,
): Promise<{ readonly heard: Float32Array; readonly closed: Float32Array }> {
  const inputSize = headInputCount(network);
  const heard = new Float32Array(seconds.length * inputSize);
  const closed = new Float32Array(seconds.length);
  for await (const stretch of hearAround(network, sound, { seconds }, signal))
    for (let i = stretch.start; i < stretch.end; i++) {
      stretch.inputAt(seconds[i], heard.subarray(i * inputSize, (i + 1) * inputSize));
      closed[i] = stretch.closedAt(seconds[i]);
    }
  return { heard, closed };
}
