import { frameStartSeconds } from '../../core/time/frame-clock.ts';
import type { FrameRange } from '../../core/time/frame-range.ts';
import { rationalToNumber } from '../../core/time/rational.ts';
import type { TakeSync } from '../../core/takes/take-sync.ts';
import type { VoiceLevel } from '../audio/voice-mel.ts';
import { lipFeatureCount } from '../faces/lip-features.ts';
import type { LipScene, PcmReader } from '../lipsync/types.ts';
import { frameMiddleSeconds, readTrackLips } from '../sync/film-lips.ts';
import { hearSound, type HeardSound } from '../sync/heard-sound.ts';
import { normaliseLips, type LipStatistics } from '../sync/lip-statistics.ts';
import { scoreOf } from '../sync/offset-score.ts';
import type { OffsetSums } from '../sync/offset-table.ts';
import { compareLips } from '../sync/score-lips.ts';
import { contextMoments, type SyncExpert } from '../sync/sync-expert.ts';
import { momentRateHz, type LipTable } from '../sync/types.ts';
import { figuresOf, type FilmSync } from './film-sync.ts';
import type { ScoreRequest, TakeScorer } from './take-scorer.ts';

/** A voice that was listened to, and where it lay. */
interface Listened {
  readonly startSample: number;
  readonly heard: HeardSound;
}

/** Positions of one voice that are told apart, in samples: less is rounding. */
const placementSlack = 2;

/** What the scorer works with. */
export interface ExpertScorerSetup {
  readonly scene: LipScene;
  readonly expert: SyncExpert;
  /** The name that scores carry. */
  readonly expertName: string;
  /** Asked for when the first take is to be scored; null leaves all takes without a score. */
  readonly filmSync: () => Promise<FilmSync | null>;
}

/** Scores takes with the sync expert; close the expert afterwards. */
export function createExpertScorer(setup: ExpertScorerSetup): TakeScorer {
  return new ExpertScorer(setup);
}

class ExpertScorer implements TakeScorer {
  readonly #scene: LipScene;
  readonly #expert: SyncExpert;
  readonly #expertName: string;
  readonly #loadFilm: () => Promise<FilmSync | null>;
  readonly #voices = new Map<PcmReader, Listened>();
  #film: Promise<FilmSync | null> | null = null;

  constructor({ expert, expertName, filmSync, scene }: ExpertScorerSetup) {
    this.#expertName = expertName;
    this.#scene = scene;
    this.#expert = expert;
    this.#loadFilm = filmSync;
  }

  async score(request: ScoreRequest): Promise<TakeSync | null> {
    const { laid, personId, range, signal } = request;
    this.#film ??= this.#loadFilm();
    const film = await this.#film;
    const person = film?.people.find((one) => one.personId === personId);
    if (film === null || person === undefined) return null;
    const compare = async (sound: HeardSound, shown: typeof laid): Promise<OffsetSums> => {
      const lips = this.#lips(personId, { range, laid: shown, statistics: person.statistics });
      const table = await compareLips({ expert: this.#expert, sound, signal }, lips);
      return table.sums([this.#moments(range)]);
    };
    const take = await compare(this.#listen(request), laid);
    const { originalSound } = this.#scene;
    const original =
      originalSound === null
        ? null
        : await compare(this.#hear(originalSound, { signal, level: film.level }), new Map());
    return {
      expert: this.#expertName,
      take: this.#figures(take),
      original: original && this.#figures(original),
      film: person.figures,
      lipMovement: take.movement,
    };
  }

  #figures(sums: OffsetSums): TakeSync['take'] {
    const frameRate = rationalToNumber(this.#scene.source.video.frameRate);
    return figuresOf(scoreOf(sums, { biasMs: this.#expert.biasMs, frameRate }));
  }

  #moments({ endFrame, startFrame }: FrameRange): readonly [number, number] {
    const { table } = this.#scene.source;
    return [
      frameStartSeconds(table, startFrame) * momentRateHz,
      frameStartSeconds(table, endFrame) * momentRateHz,
    ];
  }

  /** The whole voice on the film's clock. */
  #listen({ range, signal, voice, voiceStartSample }: ScoreRequest): HeardSound {
    const seconds = frameStartSeconds(this.#scene.source.table, range.startFrame);
    const startSample = Math.round(seconds * voice.sampleRateHz) - voiceStartSample;
    return this.#hear(voice, { startSample, signal });
  }

  /** Listens to a sound whose first sample sounds `startSample` samples into the film (0). */
  #hear(
    pcm: PcmReader,
    how: {
      readonly startSample?: number;
      readonly signal: AbortSignal;
      /** Where it is known already. */
      readonly level?: VoiceLevel | null;
    },
  ): HeardSound {
    const { level, signal, startSample = 0 } = how;
    const known = this.#voices.get(pcm);
    if (known !== undefined && Math.abs(known.startSample - startSample) <= placementSlack)
      return known.heard;
    const startSeconds = startSample / pcm.sampleRateHz;
    const heard = hearSound({ pcm, startSeconds }, signal, level ?? known?.heard.level);
    this.#voices.set(pcm, { startSample, heard });
    return heard;
  }

  /**
   * The lips that a viewer sees in the range: those laid in, elsewhere the film's own; around it, as far as the
   * networks look, the film's own.
   */
  #lips(
    personId: number,
    show: {
      readonly range: FrameRange;
      readonly laid: ReadonlyMap<number, Float32Array>;
      readonly statistics: LipStatistics;
    },
  ): LipTable {
    const { laid, range, statistics } = show;
    const { faces, source } = this.#scene;
    const around = this.#around(range);
    const count = around.endFrame - around.startFrame;
    const features = new Float32Array(count * lipFeatureCount).fill(NaN);
    for (const track of faces.index.tracks) {
      if (track.personId !== personId) continue;
      const own = readTrackLips({ faces, clock: source.table }, track, statistics, around);
      const first = Math.max(track.startFrame, around.startFrame) - around.startFrame;
      own.features.forEach((value, i) => {
        if (!Number.isNaN(value)) features[first * lipFeatureCount + i] = value;
      });
    }
    for (const [frame, lips] of laid)
      features.set(normaliseLips(lips, statistics), (frame - around.startFrame) * lipFeatureCount);
    const seconds = Float64Array.from({ length: count }, (_, i) =>
      frameMiddleSeconds(source.table, around.startFrame + i),
    );
    return { features, seconds };
  }

  #around({ endFrame, startFrame }: FrameRange): FrameRange {
    const { table, video } = this.#scene.source;
    const frames = Math.ceil((contextMoments / momentRateHz) * rationalToNumber(video.frameRate)) + 1;
    return {
      startFrame: Math.max(0, startFrame - frames),
      endFrame: Math.min(table.frameCount, endFrame + frames),
    };
  }
}
