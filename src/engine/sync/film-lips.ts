import { frameStartSeconds, type FrameClock } from '../../core/time/frame-clock.ts';
import { lipFeatureCount, lipFeaturesOf } from '../faces/lip-features.ts';
import type { FaceStore, FaceTrack } from '../faces/types.ts';
import { LipStatisticsMeter, normaliseLips, type LipStatistics } from './lip-statistics.ts';
import type { LipTable } from './types.ts';

/** Mouths seen less than this are covered or turned away. */
const leastVisibility = 0.5;
/** Heads turned farther show half a mouth; a little beyond what the networks have seen in training. */
const largestYawDegrees = 40;
const framesPerCheck = 512;

/** Middle of a frame's showing, seconds from the film's start. */
export function frameMiddleSeconds(clock: FrameClock, frame: number): number {
  return (frameStartSeconds(clock, frame) + frameStartSeconds(clock, frame + 1)) / 2;
}

/** Mean and spread of everybody's lips over the film, by person; reads every mesh once. */
export function measurePeople(
  faces: FaceStore,
  signal: AbortSignal,
  onFrames: (frames: number) => void,
): ReadonlyMap<number, LipStatistics> {
  const meters = new Map<number, LipStatisticsMeter>();
  for (const track of faces.index.tracks) {
    const meter = meters.get(track.personId) ?? new LipStatisticsMeter();
    meters.set(track.personId, meter);
    for (let frame = track.startFrame; frame < track.endFrame; frame++) {
      if ((frame - track.startFrame) % framesPerCheck === 0) signal.throwIfAborted();
      const features = featuresAt(faces, track, frame);
      if (features !== null) meter.add(features);
    }
    onFrames(track.endFrame - track.startFrame);
  }
  return new Map([...meters].map(([personId, meter]) => [personId, meter.statistics()]));
}

/** A track's lips in frames `startFrame` to `endFrame`, cut to those of the track, z-scored. */
export function readTrackLips(
  film: { readonly faces: FaceStore; readonly clock: FrameClock },
  track: FaceTrack,
  statistics: LipStatistics,
  range: { readonly startFrame: number; readonly endFrame: number },
): LipTable {
  const start = Math.max(range.startFrame, track.startFrame);
  const count = Math.max(0, Math.min(range.endFrame, track.endFrame) - start);
  const features = new Float32Array(count * lipFeatureCount).fill(NaN);
  for (let i = 0; i < count; i++) {
    const measured = featuresAt(film.faces, track, start + i);
    if (measured !== null) features.set(measured, i * lipFeatureCount);
  }
  return {
    features: normaliseLips(features, statistics),
    seconds: Float64Array.from({ length: count }, (_, i) => frameMiddleSeconds(film.clock, start + i)),
  };
}

function featuresAt(faces: FaceStore, track: FaceTrack, frame: number): Float32Array | null {
  const seen = faces.read(track.id, frame);
  const isSeen =
    seen !== null &&
    seen.mouthVisibility >= leastVisibility &&
    Math.abs(seen.pose.yawDegrees) <= largestYawDegrees;
  return isSeen ? lipFeaturesOf(seen.mesh) : null;
}
