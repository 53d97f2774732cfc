import { steadyLevel, type VoiceLevel } from '../../audio/voice-mel.ts';
import { correlation } from '../correlation.ts';
import { shapeIndex, shapeOf, type LipPredictor } from './lip-predictor.ts';
import { shapeSize, type PersonTable } from './person-table.ts';
import { applyRidge, RidgeMoments, type RidgeModel } from './ridge.ts';
import {
  contextAt,
  contextSize,
  loudnessAt,
  profileOf,
  readBandFrames,
  type BandFrames,
} from './sound-context.ts';

const openingIndex = shapeIndex('opening');
const widthIndex = shapeIndex('width');

const folds = 4;
const penalties = [0.1, 0.6, 3];
/** How far predictors look each way, in moments of 30 ms. A short film teaches less, so it must ask less. */
const reaches = [1, 2, 5];
/** Sharp in time: a long look is content with any lag within it. */
const lagReach = 1;
const lagPenalty = 0.3;
/** Below this correlation a lag cannot be told. */
const leastLagCorrelation = 0.3;
/** Training rows beyond this add time, not truth. */
const maximumRows = 4000;

/** A fitted predictor as plain numbers, so that it can be kept. */
export interface SpectralModel {
  readonly ridge: RidgeModel;
  readonly trust: Float32Array;
  readonly lagMs: number;
}

/** Frames whose lips and sound teach, with the moment at which each is shown. */
export interface TeachingFrames {
  readonly frames: readonly number[];
  /** Middle of each frame's showing, seconds from the film's start, by film frame. */
  readonly seconds: Float64Array;
}

/**
 * Mean and standard deviation of each shape number over some frames.
 */
export function shapeStatistics(
  table: PersonTable,
  frames: readonly number[],
): { readonly mean: Float32Array; readonly deviation: Float32Array } {
  const mean = new Float32Array(shapeSize);
  const deviation = new Float32Array(shapeSize);
  for (let k = 0; k < shapeSize; k++) {
    let sum = 0;
    let squares = 0;
    for (const frame of frames) {
      const value = table.shapes[frame * shapeSize + k];
      sum += value;
      squares += value * value;
    }
    mean[k] = sum / Math.max(frames.length, 1);
    deviation[k] = Math.sqrt(Math.max(squares / Math.max(frames.length, 1) - mean[k] * mean[k], 1e-8));
  }
  return { mean, deviation };
}

/**
 * Learns sound → lips by ridge regression on the speaker's own film, the film's lag between sound and picture found
 * and corrected first: the lag at which held-out lips are predicted best is taken (a quarter of the film in turn).
 * Returns null where film and sound do not belong together (r of opening below 0.2) or are too short (2 s).
 */
export function learnSpectralModel(
  table: PersonTable,
  teaching: TeachingFrames,
  sound: BandFrames,
  profile: VoiceLevel,
): SpectralModel | null {
  const stride = Math.max(1, Math.ceil(teaching.frames.length / maximumRows));
  const frames = teaching.frames.filter((_frame, i) => i % stride === 0);
  if (frames.length < 40 || teaching.seconds[frames[frames.length - 1]] - teaching.seconds[frames[0]] < 2)
    return null;
  const { mean, deviation } = shapeStatistics(table, frames);
  const targets = new Float32Array(frames.length * shapeSize);
  frames.forEach((frame, i) => {
    for (let k = 0; k < shapeSize; k++) {
      targets[i * shapeSize + k] = (table.shapes[frame * shapeSize + k] - mean[k]) / deviation[k];
    }
  });
  const seconds = Float64Array.from(frames, (frame) => teaching.seconds[frame]);
  const data = { seconds, targets, sound, profile };

  const lagMs = findLag(data);
  let best: Trial | null = null;
  for (const reach of reaches) {
    for (const penalty of penalties) {
      const trial = crossValidate(data, { lagMs, reach, penalty });
      if (!best || trial.score > best.score) best = trial;
    }
  }
  if (!best || best.trust[0] < 0.2) return null;
  const ridge = gather(data, best.settings, 0, frames.length).solve(best.settings.penalty);
  return { ridge, trust: best.trust, lagMs };
}

interface TeachingData {
  readonly seconds: Float64Array;
  readonly targets: Float32Array;
  readonly sound: BandFrames;
  readonly profile: VoiceLevel;
}

interface Settings {
  readonly lagMs: number;
  readonly reach: number;
  readonly penalty: number;
}

interface Trial {
  readonly settings: Settings;
  readonly score: number;
  /** Held-out correlation per number of the shape. */
  readonly trust: Float32Array;
}

/**
 * Lag in ms at which held-out openings are predicted best, within ±240 ms; 0 where the film does not tell. A predictor
 * that sees 90 ms finds the true lag of the rendered demo speaker within 5 ms.
 */
function findLag(data: TeachingData): number {
  const scoreAt = (lagMs: number): number =>
    crossValidate(data, { lagMs, reach: lagReach, penalty: lagPenalty }).trust[0];
  const step = 20;
  const lags = Array.from({ length: 27 }, (_, i) => (i - 13) * step);
  const scores = lags.map(scoreAt);
  let best = 1;
  for (let i = 1; i + 1 < lags.length; i++) if (scores[i] > scores[best]) best = i;
  if (scores[best] < leastLagCorrelation) return 0;
  // The top of the parabola through the best lag and its neighbours.
  const [before, top, after] = [scores[best - 1], scores[best], scores[best + 1]];
  const bend = before - 2 * top + after;
  const offset = bend < 0 ? (before - after) / (2 * bend) : 0;
  return Math.round(lags[best] + step * Math.min(Math.max(offset, -1), 1));
}

function gather(data: TeachingData, { lagMs, reach }: Settings, from: number, to: number): RidgeMoments {
  const context = new Float32Array(contextSize(reach));
  const moments = new RidgeMoments(context.length, shapeSize);
  for (let i = from; i < to; i++) {
    contextAt(data.sound, data.profile, data.seconds[i] + lagMs / 1000, context);
    moments.add(context, data.targets.subarray(i * shapeSize, (i + 1) * shapeSize));
  }
  return moments;
}

function crossValidate(data: TeachingData, settings: Settings): Trial {
  const count = data.seconds.length;
  const bounds = Array.from({ length: folds + 1 }, (_, i) => Math.floor((i * count) / folds));
  const parts = Array.from({ length: folds }, (_, i) => gather(data, settings, bounds[i], bounds[i + 1]));
  const predicted = new Float32Array(count * shapeSize);
  const context = new Float32Array(contextSize(settings.reach));
  for (let fold = 0; fold < folds; fold++) {
    const training = new RidgeMoments(context.length, shapeSize);
    parts.forEach((part, i) => {
      if (i !== fold) training.merge(part);
    });
    const model = training.solve(settings.penalty);
    for (let i = bounds[fold]; i < bounds[fold + 1]; i++) {
      contextAt(data.sound, data.profile, data.seconds[i] + settings.lagMs / 1000, context);
      applyRidge(model, context, predicted.subarray(i * shapeSize, (i + 1) * shapeSize));
    }
  }
  const trust = new Float32Array(shapeSize);
  for (let k = 0; k < shapeSize; k++) {
    trust[k] = Math.max(0, correlation(predicted, data.targets, k, shapeSize));
  }
  return { settings, score: trust[openingIndex] + 0.5 * trust[widthIndex], trust };
}

/** Predictions are shrunk towards the mean by what they do not know; lips that move too little look mumbled. */
const naturalDeviation = 0.85;

/**
 * The predictor that a fitted model makes.
 * @param film level and colour of the sound that taught it.
 */
export function spectralPredictor(model: SpectralModel, film: VoiceLevel): LipPredictor {
  const gains = model.trust.map((trust) => Math.min(naturalDeviation / Math.max(trust, 0.35), 2.4));
  return {
    trust: model.trust,
    sourceLagMs: model.lagMs,
    hear: (voice, seconds, signal) => {
      const sound = readBandFrames(voice, signal);
      const profile = steadyLevel(profileOf(sound), film);
      const context = new Float32Array(model.ridge.inputSize);
      const shapes = new Float32Array(seconds.length * shapeSize);
      seconds.forEach((moment, i) => {
        const row = shapes.subarray(i * shapeSize, (i + 1) * shapeSize);
        contextAt(sound, profile, moment, context);
        applyRidge(model.ridge, context, row);
        for (let k = 0; k < shapeSize; k++) row[k] *= gains[k];
      });
      return Promise.resolve({ shapes, closure: new Float32Array(seconds.length) });
    },
  };
}

/**
 * Used where neither the film's own sound nor a network can teach: louder voice, wider mouth.
 * @param film level and colour of the film's sound; null where it has none.
 */
export function loudnessPredictor(film: VoiceLevel | null): LipPredictor {
  return {
    trust: shapeOf({ opening: 0.27, area: 0.27, height: 0.2, width: 0.05, jaw: 0.2, component1: 0.25 }),
    sourceLagMs: 0,
    hear: (voice, seconds, signal) => {
      const sound = readBandFrames(voice, signal);
      const profile = steadyLevel(profileOf(sound), film);
      const shapes = new Float32Array(seconds.length * shapeSize);
      seconds.forEach((moment, i) => {
        const loud = loudnessAt(sound, profile, moment);
        const opening = 2.4 * Math.min(Math.max(1.1 * (loud - 0.6), -0.4), 0.6);
        const jaw = 0.7 * opening;
        shapes.set(shapeOf({ opening, area: opening, height: jaw, jaw, component1: jaw }), i * shapeSize);
      });
      return Promise.resolve({ shapes, closure: new Float32Array(seconds.length) });
    },
  };
}
