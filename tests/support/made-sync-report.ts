import type { SyncReport, SyncScoreReport } from '../../src/contract/sync-report.ts';

/** A score that says 80 ms late unless told otherwise. */
export function madeScore(changes: Partial<SyncScoreReport> = {}): SyncScoreReport {
  return {
    offsetMs: 80,
    offsetFrames: 2,
    confidence: 0.42,
    distance: 0.91,
    evidence: 'ok',
    comparedSeconds: 3,
    ...changes,
  };
}

type Second = SyncReport['people'][number]['seconds'][number];

function wholeOf(
  seconds: readonly Second[] = Array.from({ length: 4 }, (_, second) => ({ second, ...madeScore() })),
): SyncScoreReport & { readonly distances: number[]; readonly seconds: Second[] } {
  const distances = Array.from({ length: 61 }, (_, i) => 1.35 - 0.42 * Math.exp(-(((i - 34) / 3) ** 2)));
  return { ...madeScore(), distances, seconds: [...seconds] };
}

/** A report of people with one shot each; 100 frames at 25 a second. */
export function madeSyncReport(
  people: readonly { readonly personId: number; readonly seconds?: readonly Second[] }[],
): SyncReport {
  return {
    version: 1,
    path: '/films/film.mp4',
    voicePath: null,
    frameCount: 100,
    frameRate: { num: 25, den: 1 },
    expert: 'made',
    people: people.map(({ personId, seconds }) => ({ personId, observedFrames: 100, ...wholeOf(seconds) })),
    tracks: people.map(({ personId, seconds }, i) => ({
      trackId: i,
      personId,
      shotIndex: i,
      startFrame: 0,
      endFrame: 100,
      ...wholeOf(seconds),
    })),
    speakers: [],
    syncNet: null,
    elapsedMs: 1,
  };
}
