import type { FrameRange } from '../../core/time/frame-range.ts';
import { frameStartSeconds, type FrameClock } from '../../core/time/frame-clock.ts';
import { binMoments, OffsetTable } from './offset-table.ts';
import { momentRateHz, searchMoments } from './types.ts';

/** Who fits the sound when, as plain numbers that can cross a process border. */
export interface SpeakerActivity {
  readonly binSeconds: number;
  readonly people: readonly {
    readonly personId: number;
    /** First bin of the two lists, counted from the film's start. */
    readonly startBin: number;
    /** Per bin: how much nearer the lips are to the sound of their moment than to the sounds around it. */
    readonly fits: readonly number[];
    /** Per bin: seconds of visible mouth with voice. */
    readonly seconds: readonly number[];
  }[];
}

/** Who speaks in a stretch of film. */
export interface SpeakerChoice {
  /** Null where nobody's mouth is seen while somebody speaks. */
  readonly personId: number | null;
  /** False where two people fit alike, or the best one fits no better than a stranger. */
  readonly isClear: boolean;
  /** Everybody seen, the best fit first. */
  readonly people: readonly SpeakerFit[];
}

/** How well one person's lips fit the sound of a stretch. */
export interface SpeakerFit {
  readonly personId: number;
  /** Shrunk towards 0 where little was seen. */
  readonly fit: number;
  readonly comparedSeconds: number;
}

/** As much unseen speech as is held against everybody. */
const priorSeconds = 0.5;
/** Closer than this two people fit alike. */
const leastLead = 0.05;
/** Strangers' lips reach this by chance. */
const leastFit = 0.05;
/** The valley around the film's lag is this wide to both sides, moments. */
const valleyMoments = 1;

/** Sums up who fits when, from the tables of all tracks. */
export function speakerActivity(
  tracks: readonly { readonly personId: number; readonly table: OffsetTable }[],
): SpeakerActivity {
  const byPerson = Map.groupBy(tracks, ({ personId }) => personId);
  const place = commonPlace([...byPerson.values()].map((own) => own.map(({ table }) => table)));
  const people = [...byPerson].map(([personId, own]) => {
    const tables = own.map(({ table }) => table);
    const startBin = Math.min(...tables.map((table) => table.startMoment)) / binMoments;
    const endBin = Math.max(...tables.map((table) => table.endMoment)) / binMoments;
    const bins = Array.from({ length: Math.max(0, endBin - startBin) }, (_, i) =>
      OffsetTable.sumsOfAll(tables, (startBin + i) * binMoments, (startBin + i + 1) * binMoments),
    );
    return {
      personId,
      startBin,
      fits: bins.map(({ comparedSeconds, curve }) => (comparedSeconds > 0 ? fitAt(curve, place) : 0)),
      seconds: bins.map(({ comparedSeconds }) => comparedSeconds),
    };
  });
  return { binSeconds: binMoments / momentRateHz, people: people.sort((a, b) => a.personId - b.personId) };
}

/**
 * Who speaks in a range of frames, told from how well each person's lips fit the film's own sound there; the default
 * face of a segment.
 */
export function speakerPerRange(
  activity: SpeakerActivity,
  clock: FrameClock,
  range: FrameRange,
): SpeakerChoice {
  const start = frameStartSeconds(clock, range.startFrame);
  return speakerBetween(activity, start, frameStartSeconds(clock, range.endFrame));
}

/** As `speakerPerRange`, for seconds from the film's start. */
export function speakerBetween(
  { binSeconds, people }: SpeakerActivity,
  startSeconds: number,
  endSeconds: number,
): SpeakerChoice {
  const fits = people
    .map(({ fits, personId, seconds, startBin }): SpeakerFit => {
      let sum = 0;
      let total = 0;
      for (let i = 0; i < fits.length; i++) {
        const binStart = (startBin + i) * binSeconds;
        const inside = Math.min(endSeconds, binStart + binSeconds) - Math.max(startSeconds, binStart);
        if (inside <= 0) continue;
        const weight = (seconds[i] * inside) / binSeconds;
        sum += weight * fits[i];
        total += weight;
      }
      return { personId, fit: sum / (total + priorSeconds), comparedSeconds: total };
    })
    .filter(({ comparedSeconds }) => comparedSeconds > 0)
    .sort((a, b) => b.fit - a.fit || a.personId - b.personId);
  const best = fits.at(0);
  if (best === undefined) return { personId: null, isClear: false, people: [] };
  const lead = best.fit - (fits.at(1)?.fit ?? -Infinity);
  return { personId: best.personId, isClear: best.fit >= leastFit && lead >= leastLead, people: fits };
}

/** Where in their curves all lips of a film fit best: the person whose curve has the deepest valley decides. */
function commonPlace(people: readonly (readonly OffsetTable[])[]): number {
  let place = searchMoments;
  let deepest = 0;
  for (const tables of people) {
    const { comparedSeconds, curve } = OffsetTable.sumsOfAll(tables);
    if (!(comparedSeconds > 0)) continue;
    const bottom = curve.indexOf(Math.min(...curve));
    const depth = (mean(curve) - curve[bottom]) * Math.sqrt(comparedSeconds);
    if (depth > deepest) [deepest, place] = [depth, bottom];
  }
  return place;
}

function fitAt(curve: Float32Array, place: number): number {
  const near = curve.subarray(Math.max(0, place - valleyMoments), place + valleyMoments + 1);
  return mean(curve) - mean(near);
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
