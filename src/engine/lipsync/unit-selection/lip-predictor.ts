import { lipFeatureNames } from '../../faces/lip-features.ts';
import type { PcmReader } from '../types.ts';
import { shapeSize } from './person-table.ts';

/** What lips do to a voice, as a predictor hears it, at the moments asked for. */
export interface HeardLips {
  /** moments × `shapeSize`: in standard deviations of the speaker's own lips around their mean. */
  readonly shapes: Float32Array;
  /** Probability per moment that the lips meet; all 0 from a predictor that cannot tell. */
  readonly closure: Float32Array;
}

/** What lips do for a given voice. */
export interface LipPredictor {
  /** Correlation with lips that did not teach it, per number of the shape, 0 to 1: how far each may be trusted. */
  readonly trust: Float32Array;
  /** Film sound minus film picture in milliseconds: positive when the sound comes late. */
  readonly sourceLagMs: number;
  /**
   * Listens to a voice.
   * @param seconds rising moments on the voice's own clock: middles of film frames.
   */
  hear(voice: PcmReader, seconds: Float64Array, signal: AbortSignal): Promise<HeardLips>;
}

/** Place of a lip feature in a shape. */
export function shapeIndex(name: (typeof lipFeatureNames)[number]): number {
  return lipFeatureNames.indexOf(name);
}

/** A shape from some named numbers; 0 elsewhere. */
export function shapeOf(
  values: Readonly<Partial<Record<(typeof lipFeatureNames)[number], number>>>,
): Float32Array {
  const shape = new Float32Array(shapeSize);
  lipFeatureNames.forEach((name, k) => {
    shape[k] = values[name] ?? 0;
  });
  return shape;
}
