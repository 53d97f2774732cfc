import { frameCountOf, intersectRanges } from '../time/frame-range.ts';
import type { FrameRange } from '../time/frame-range.ts';
import { nearestBoundary, sampleToSeconds } from '../time/frame-clock.ts';
import type { FrameClock, SoundPlacement } from '../time/frame-clock.ts';
import type { SegmentDraft } from './segment.ts';

/** A stretch in which the voice is silent; `endSample` is exclusive. */
export interface VoicePause {
  readonly startSample: number;
  readonly endSample: number;
}

/** A voice that is to be cut into segments. */
export interface PauseSegmentRequest {
  /** In order, not overlapping. Short ones are used only where nothing better splits a long stretch. */
  readonly pauses: readonly VoicePause[];
  readonly sampleCount: number;
  readonly placement: SoundPlacement;
  readonly clock: FrameClock;
  /**
   * Cuts of an earlier run, in samples. Where one still lies in a pause it stays, so that a sentence spoken anew does
   * not move its neighbours' borders.
   */
  readonly earlierCuts: readonly number[];
}

/** Pauses from this length on may end a segment wherever it helps. */
const goodPauseSeconds = 0.3;
/** Shorter ones, from this length on, only split what would otherwise be longer than `longestSeconds`. */
const shortPauseSeconds = 0.12;
const wantedSeconds = 8;
const longestSeconds = 14;
const comfortableSeconds = 2;
const leastSeconds = 0.5;

interface Candidate {
  readonly sample: number;
  readonly pauseSeconds: number;
  readonly wasCut: boolean;
}

function candidatesOf(request: PauseSegmentRequest): Candidate[] {
  const rate = request.placement.sampleRateHz;
  const least = leastSeconds * rate;
  return request.pauses
    .filter((pause) => pause.startSample > 0 && pause.endSample < request.sampleCount)
    .map((pause): Candidate => {
      const middle = Math.round((pause.startSample + pause.endSample) / 2);
      const kept = request.earlierCuts
        .filter((cut) => cut > pause.startSample && cut < pause.endSample)
        .toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b)[0];
      const pauseSeconds = (pause.endSample - pause.startSample) / rate;
      return { sample: kept ?? middle, pauseSeconds, wasCut: kept !== undefined };
    })
    .filter(({ pauseSeconds, sample }) => {
      const isInside = sample >= least && sample <= request.sampleCount - least;
      return isInside && pauseSeconds >= shortPauseSeconds;
    });
}

/** Splits at the longest pause until every piece is short enough: a change in one piece leaves the others alone. */
function splitPiece(start: number, end: number, candidates: readonly Candidate[], rate: number): number[] {
  const seconds = (end - start) / rate;
  if (seconds <= wantedSeconds) return [];
  const inside = (margin: number, pause: number): Candidate[] =>
    candidates.filter(
      ({ sample, pauseSeconds }) =>
        pauseSeconds >= pause && sample - start >= margin * rate && end - sample >= margin * rate,
    );
  const tiers = [
    inside(comfortableSeconds, goodPauseSeconds),
    inside(leastSeconds, goodPauseSeconds),
    seconds > longestSeconds ? inside(comfortableSeconds, shortPauseSeconds) : [],
  ];
  const choices = tiers.find((tier) => tier.length > 0) ?? [];
  const middle = (start + end) / 2;
  const best = choices.toSorted(
    (a, b) =>
      b.pauseSeconds - a.pauseSeconds ||
      Math.abs(a.sample - middle) - Math.abs(b.sample - middle) ||
      a.sample - b.sample,
  )[0];
  if (best === undefined) return [];
  return [
    ...splitPiece(start, best.sample, candidates, rate),
    best.sample,
    ...splitPiece(best.sample, end, candidates, rate),
  ];
}

/** Earlier cuts that still lie in a pause, far enough from each other. */
function keptCuts(candidates: readonly Candidate[], rate: number): number[] {
  const kept: number[] = [];
  for (const { sample, wasCut } of candidates) {
    if (wasCut && sample - (kept.at(-1) ?? -Infinity) >= leastSeconds * rate) kept.push(sample);
  }
  return kept;
}

/** Where the voice is cut, in samples, rising, without its two ends. */
export function cutsFromPauses(request: PauseSegmentRequest): number[] {
  const rate = request.placement.sampleRateHz;
  const candidates = candidatesOf(request);
  const kept = keptCuts(candidates, rate);
  const borders = [0, ...kept, request.sampleCount];
  return borders
    .slice(0, -1)
    .flatMap((start, index) => {
      const end = borders[index + 1] ?? request.sampleCount;
      return [start, ...splitPiece(start, end, candidates, rate)];
    })
    .slice(1);
}

/** The film's frames during which the voice sounds; empty when it lies wholly outside the film. */
export function voiceFrameRange(
  clock: FrameClock,
  sampleCount: number,
  placement: SoundPlacement,
): FrameRange {
  const film = { startFrame: 0, endFrame: clock.frameCount };
  return intersectRanges(film, {
    startFrame: nearestBoundary(clock, sampleToSeconds(0, placement)),
    endFrame: nearestBoundary(clock, sampleToSeconds(sampleCount, placement)),
  });
}

/**
 * Tiles the frames during which the voice sounds: segments of about two to eight seconds, cut in the middle of pauses.
 * Speech without pauses stays in one piece, because a cut inside a word would show.
 */
export function segmentsFromPauses(request: PauseSegmentRequest): SegmentDraft[] {
  const { clock, placement, sampleCount } = request;
  const whole = voiceFrameRange(clock, sampleCount, placement);
  const cuts = cutsFromPauses(request)
    .map((sample) => nearestBoundary(clock, sampleToSeconds(sample, placement)))
    .filter((frame) => frame > whole.startFrame && frame < whole.endFrame);
  const borders = [whole.startFrame, ...new Set(cuts), whole.endFrame];
  return borders
    .slice(0, -1)
    .map((startFrame, index): SegmentDraft => ({
      startFrame,
      endFrame: borders[index + 1] ?? whole.endFrame,
      origin: 'voice',
      text: '',
    }))
    .filter((draft) => frameCountOf(draft) > 0);
}
