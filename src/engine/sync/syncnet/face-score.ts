import type { Rational } from '../../../core/time/rational.ts';
import { smallestFacePixels, type FaceStretch } from './face-stretches.ts';
import {
  syncNetRateHz,
  type SyncNetDoubt,
  type SyncNetFaceScore,
  type SyncNetNumbers,
  type SyncNetSecond,
} from './types.ts';

/** Where the middle of a five-frame window lies, in grid frames after its first. */
const windowMiddle = 2.5;

/** A stretch's numbers as they are reported. `numbers` is null where there were none. */
export function faceScoreOf(
  stretch: FaceStretch,
  frameRate: Rational,
  result: { readonly numbers: SyncNetNumbers | null; readonly windowCount: number },
): SyncNetFaceScore {
  const { numbers, windowCount } = result;
  const doubt = doubtOf(stretch, numbers, windowCount);
  return {
    trackId: stretch.trackId,
    personId: stretch.personId,
    startSeconds: stretch.startGrid / syncNetRateHz,
    endSeconds: stretch.endGrid / syncNetRateHz,
    evidence: doubt === null ? 'ok' : 'low',
    doubt,
    numbers:
      numbers === null
        ? null
        : {
            lseD: numbers.lseD,
            lseC: numbers.lseC,
            avOffsetFrames: numbers.avOffsetFrames,
            offsetMs: numbers.offsetMs,
            offsetFrames: Math.round((numbers.offsetMs * frameRate.num) / (frameRate.den * 100)) / 10,
            windows: windowCount,
          },
    perSecond: numbers === null ? [] : perSecondOf(stretch, numbers),
  };
}

function doubtOf(
  { meanSize }: FaceStretch,
  numbers: SyncNetNumbers | null,
  windowCount: number,
): SyncNetDoubt | null {
  if (windowCount <= 0) return 'no-sound';
  if (numbers === null) return 'no-number';
  return meanSize > smallestFacePixels ? null : 'small-face';
}

function perSecondOf({ startGrid }: FaceStretch, numbers: SyncNetNumbers): SyncNetSecond[] {
  const sums = new Map<number, { confidence: number; distance: number; windows: number }>();
  numbers.frameConfidence.forEach((confidence, v) => {
    const second = Math.floor((startGrid + v + windowMiddle) / syncNetRateHz);
    const sum = sums.get(second) ?? { confidence: 0, distance: 0, windows: 0 };
    sum.confidence += confidence;
    sum.distance += numbers.frameDistance[v];
    sum.windows++;
    sums.set(second, sum);
  });
  return [...sums].map(([second, { confidence, distance, windows }]) => ({
    second,
    confidence: confidence / windows,
    distance: distance / windows,
  }));
}
