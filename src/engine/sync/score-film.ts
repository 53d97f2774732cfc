import {
  filmEndSeconds,
  frameAtSeconds,
  frameStartSeconds,
  type FrameClock,
} from '../../core/time/frame-clock.ts';
import type { FaceStore, FaceTrack } from '../faces/types.ts';
import type { OnProgress } from '../lipsync/types.ts';
import { measurePeople, readTrackLips } from './film-lips.ts';
import type { LipStatistics } from './lip-statistics.ts';
import { scoreOf } from './offset-score.ts';
import { OffsetTable } from './offset-table.ts';
import {
  addBlock,
  blockMoments,
  hasVoice,
  hearBlock,
  lipsAroundMoments,
  secondScores,
  type Comparison,
  type LipsScore,
} from './score-lips.ts';
import { speakerActivity, type SpeakerActivity } from './speaker-activity.ts';
import { momentRateHz } from './types.ts';

/** A film to be scored. */
export interface ScoredFilm {
  readonly faces: FaceStore;
  readonly clock: FrameClock;
  /** Frames per second, for offsets in frames. */
  readonly frameRate: number;
}

/** What the expert says of a whole film and one sound. */
export interface FilmScore {
  readonly tracks: readonly { readonly track: FaceTrack; readonly score: LipsScore }[];
  /** Most seen first; all shots of a person together. */
  readonly people: readonly { readonly personId: number; readonly score: LipsScore }[];
  /** Who fits the sound when. */
  readonly activity: SpeakerActivity;
}

/** One track under comparison. */
interface TrackWork {
  readonly track: FaceTrack;
  readonly statistics: LipStatistics;
  readonly table: OffsetTable;
}

/**
 * Scores every face of a film against one sound, block by block: the sound is embedded once for all of them, and 1.3 KB
 * a second and face stay in memory.
 * @throws AbortError; DubwrightError MODEL_WRONG_SHAPE
 */
export async function scoreFilm(
  film: ScoredFilm,
  comparison: Comparison,
  onProgress: OnProgress,
): Promise<FilmScore> {
  const { clock, faces, frameRate } = film;
  const { expert, signal } = comparison;
  const shown = faces.index.tracks.reduce((sum, track) => sum + track.endFrame - track.startFrame, 0);
  const totalFrames = shown + clock.frameCount;
  let doneFrames = 0;
  const advance = (frames: number): void => {
    doneFrames += frames;
    onProgress({ stage: 'voice', doneFrames, totalFrames });
  };
  const people = measurePeople(faces, signal, advance);
  const work = faces.index.tracks.flatMap((track) => {
    const statistics = people.get(track.personId);
    return statistics === undefined ? [] : [{ track, statistics, table: emptyTable(clock, track) }];
  });
  const endMoment = Math.ceil(filmEndSeconds(clock) * momentRateHz);
  for (let start = 0; start < endMoment; start += blockMoments) {
    signal.throwIfAborted();
    const count = Math.min(blockMoments, endMoment - start);
    await compareBlock(film, comparison, work, { start, count });
    advance(Math.round((clock.frameCount * count) / endMoment));
  }
  const settings = { biasMs: expert.biasMs, frameRate };
  const scored = (own: readonly TrackWork[]): LipsScore =>
    scoreTables(
      own.map(({ table }) => table),
      settings,
    );
  return {
    tracks: work.map((one) => ({ track: one.track, score: scored([one]) })),
    people: faces.index.people.map(({ personId }) => ({
      personId,
      score: scored(work.filter(({ track }) => track.personId === personId)),
    })),
    activity: speakerActivity(work.map(({ table, track }) => ({ personId: track.personId, table }))),
  };
}

/** One score over several tables, and second by second. */
function scoreTables(
  tables: readonly OffsetTable[],
  settings: { readonly biasMs: number; readonly frameRate: number },
): LipsScore {
  const sums = OffsetTable.sumsOfAll(tables);
  const whole = scoreOf(sums, settings);
  return { ...whole, curve: sums.curve, seconds: secondScores(tables, whole, settings) };
}

function emptyTable(clock: FrameClock, track: FaceTrack): OffsetTable {
  const start = frameStartSeconds(clock, track.startFrame) * momentRateHz;
  const end = frameStartSeconds(clock, track.endFrame) * momentRateHz;
  return new OffsetTable(Math.floor(start), Math.ceil(end));
}

async function compareBlock(
  film: ScoredFilm,
  comparison: Comparison,
  work: readonly TrackWork[],
  { count, start }: { readonly start: number; readonly count: number },
): Promise<void> {
  const { clock } = film;
  const present = work.filter(({ table }) => table.startMoment < start + count && table.endMoment > start);
  if (present.length === 0 || !hasVoice(comparison.sound, start, count)) return;
  const heard = await hearBlock(comparison, start, count);
  const range = {
    startFrame: frameAtSeconds(clock, (start - lipsAroundMoments) / momentRateHz) - 1,
    endFrame: frameAtSeconds(clock, (start + count + lipsAroundMoments) / momentRateHz) + 2,
  };
  for (const { statistics, table, track } of present) {
    comparison.signal.throwIfAborted();
    const lips = readTrackLips(film, track, statistics, range);
    await addBlock(comparison, { table, lips, heard, start, count });
  }
}
