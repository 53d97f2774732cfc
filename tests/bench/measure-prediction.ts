import { slicePcm } from '../../src/engine/audio/pcm-file.ts';
import { measureVoiceLevel } from '../../src/engine/audio/voice-mel.ts';
import { correlation } from '../../src/engine/lipsync/correlation.ts';
import { closedOpening } from '../../src/engine/lipsync/lips-from-sound/closure.ts';
import type { LipScene, PcmReader } from '../../src/engine/lipsync/types.ts';
import {
  findFilmLag,
  generalLips,
  learnedPredictor,
  learnLips,
  type Listener,
} from '../../src/engine/lipsync/unit-selection/learned-predictor.ts';
import { chooseLibraryFrames } from '../../src/engine/lipsync/unit-selection/library-frames.ts';
import { shapeIndex, type HeardLips } from '../../src/engine/lipsync/unit-selection/lip-predictor.ts';
import { shapeSize, type PersonTable } from '../../src/engine/lipsync/unit-selection/person-table.ts';
import { frameMiddles } from '../../src/engine/lipsync/unit-selection/prepare-speaker.ts';

/** r of opening and of width. */
export interface Agreement {
  readonly opening: number;
  readonly width: number;
}

/** How well the network hears one clip's lips. */
export interface PredictionScore {
  /** Film sound minus picture as the general network finds it; 0 where it does not tell. */
  readonly lagMs: number;
  /** The general network over the whole clip. */
  readonly general: Agreement;
  /** Over the clip's second half: the general network, and the one that its first half has taught. */
  readonly generalSecondHalf: Agreement;
  readonly adaptedSecondHalf: Agreement;
  /** Area under the ROC of the closed output; NaN where the clip has only one kind of frame. */
  readonly closedAuc: number;
}

const never = new AbortController().signal;

/** The film's own sound as a voice that is in sync with the picture. */
export function soundInSync(sound: PcmReader, lagMs: number): PcmReader {
  return slicePcm(sound, Math.round((lagMs / 1000) * sound.sampleRateHz), sound.sampleCount);
}

/** Area under the ROC: the chance that a positive scores higher than a negative; ties count half. */
export function areaUnderRoc(scores: Float32Array, isPositive: readonly boolean[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  let rankSum = 0;
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if (isPositive[order[i]]) rankSum += rank;
    start = end;
  }
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Measures the network on a clip, general and adapted, without rendering anything. */
export async function measurePrediction(
  listener: Listener,
  scene: LipScene,
  table: PersonTable,
): Promise<PredictionScore> {
  const { originalSound } = scene;
  if (!originalSound) throw new Error('no sound');
  const frames = chooseLibraryFrames(table, 1);
  const middles = frameMiddles(scene.source.table);
  const sound = { pcm: originalSound, level: measureVoiceLevel(originalSound, never) };
  const teaching = { frames, seconds: middles };
  const lagMs = (await findFilmLag(listener, table, teaching, sound, never)) ?? 0;
  const half = Math.floor(frames.length / 2);
  const [first, second] = [frames.slice(0, half), frames.slice(half)];
  const lessons = await learnLips(
    listener,
    table,
    { frames: first, seconds: middles },
    { ...sound, lagMs },
    never,
  );

  const voice = soundInSync(originalSound, lagMs);
  const general = learnedPredictor(listener, generalLips(listener));
  const adapted = learnedPredictor(listener, lessons ?? generalLips(listener));
  const hear = (predictor: typeof general, wanted: readonly number[]): Promise<HeardLips> =>
    predictor.hear(
      voice,
      Float64Array.from(wanted, (frame) => middles[frame]),
      never,
    );
  const agreement = async (predictor: typeof general, wanted: readonly number[]): Promise<Agreement> => {
    const { shapes } = await hear(predictor, wanted);
    const r = (name: 'opening' | 'width'): number => {
      const k = shapeIndex(name);
      return correlation(
        Float32Array.from(wanted, (_frame, i) => shapes[i * shapeSize + k]),
        Float32Array.from(wanted, (frame) => table.shapes[frame * shapeSize + k]),
      );
    };
    return { opening: r('opening'), width: r('width') };
  };
  const openings = Float32Array.from(frames, (frame) => table.shapes[frame * shapeSize]);
  const closedBelow = closedOpening(openings);
  const { closure } = await hear(general, frames);
  return {
    lagMs,
    general: await agreement(general, frames),
    generalSecondHalf: await agreement(general, second),
    adaptedSecondHalf: await agreement(adapted, second),
    closedAuc: areaUnderRoc(
      closure,
      Array.from(openings, (opening) => opening <= closedBelow),
    ),
  };
}
