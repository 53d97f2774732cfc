import { leastConfidence, leastMovement, leastSeconds } from './evidence.ts';
import { offsetMsAt, type OffsetSums } from './offset-table.ts';
import type { SyncScore } from './types.ts';

/** Unit vectors that have nothing to do with one another lie this far apart. */
export const unrelatedDistance = Math.SQRT2;

/**
 * Reads offset, confidence and distance from mean distances: the lowest point, refined by the parabola through it and
 * its neighbours.
 * @param frameRate frames per second, for `offsetFrames`
 */
export function scoreOf(
  { comparedSeconds, curve, movement }: OffsetSums,
  { biasMs, frameRate }: { readonly biasMs: number; readonly frameRate: number },
): SyncScore {
  if (!(comparedSeconds > 0)) {
    const nothing = { offsetMs: 0, offsetFrames: 0, confidence: 0, distance: unrelatedDistance };
    return { ...nothing, evidence: 'low', comparedSeconds: 0 };
  }
  let best = 0;
  for (let i = 1; i < curve.length; i++) if (curve[i] < curve[best]) best = i;
  const offsetMs = offsetMsAt(best + bottomBeside(curve, best)) - biasMs;
  const sorted = curve.toSorted();
  const confidence = sorted[curve.length >> 1] - curve[best];
  const isEnough =
    comparedSeconds >= leastSeconds &&
    movement >= leastMovement &&
    confidence >= leastConfidence(comparedSeconds);
  return {
    offsetMs: Math.round(offsetMs * 10) / 10,
    offsetFrames: Math.round((offsetMs * frameRate) / 100) / 10,
    confidence,
    distance: curve[best],
    evidence: isEnough ? 'ok' : 'low',
    comparedSeconds,
  };
}

/** How far beside the lowest point the parabola through it and its neighbours has its bottom, −0.5 to 0.5. */
function bottomBeside(curve: Float32Array, best: number): number {
  if (best === 0 || best === curve.length - 1) return 0;
  const [before, bottom, after] = [curve[best - 1], curve[best], curve[best + 1]];
  const bend = before - 2 * bottom + after;
  return bend > 0 ? Math.min(Math.max((before - after) / (2 * bend), -0.5), 0.5) : 0;
}
