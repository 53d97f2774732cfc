import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { syncFiguresSchema } from '../../contract/sync.ts';
import type { SyncFigures } from '../../core/takes/take-sync.ts';
import { rationalToNumber } from '../../core/time/rational.ts';
import { faceAnalysisVersion } from '../faces/face-store.ts';
import type { VoiceLevel } from '../audio/voice-mel.ts';
import { lipFeatureCount } from '../faces/lip-features.ts';
import type { LipScene, OnProgress, PcmReader } from '../lipsync/types.ts';
import { measurePeople } from '../sync/film-lips.ts';
import { hearSound } from '../sync/heard-sound.ts';
import type { LipStatistics } from '../sync/lip-statistics.ts';
import { scoreFilm } from '../sync/score-film.ts';
import type { FilmScore } from '../sync/score-film.ts';
import type { SpeakerActivity } from '../sync/speaker-activity.ts';
import type { SyncExpert } from '../sync/sync-expert.ts';
import type { SyncScore } from '../sync/types.ts';

/** How well the lips of a film's people fit its own sound, and by what their lips are measured. */
export interface FilmSync {
  readonly people: readonly {
    readonly personId: number;
    /** The person's lips with the film's own sound, whole film; null for a silent film. */
    readonly figures: SyncFigures | null;
    readonly statistics: LipStatistics;
  }[];
  /** Null for a silent film. */
  readonly activity: SpeakerActivity | null;
  /** Level of the film's own sound, so that it need not be measured again; null for a silent film. */
  readonly level: VoiceLevel | null;
}

/** Raised whenever the same film gets other figures from the same expert. */
const filmSyncVersion = 1;

const numbers = z.array(z.number());
const twelve = numbers.length(lipFeatureCount).transform((values) => Float32Array.from(values));
const fileSchema = z.object({
  key: z.string(),
  people: z.array(
    z.object({
      personId: z.int(),
      figures: syncFiguresSchema.nullable(),
      statistics: z.object({ mean: twelve, deviation: twelve, frames: z.int() }),
    }),
  ),
  activity: z
    .object({
      binSeconds: z.number(),
      people: z.array(z.object({ personId: z.int(), startBin: z.int(), fits: numbers, seconds: numbers })),
    })
    .nullable(),
  level: z
    .object({
      peak: z.number(),
      mean: numbers.transform((values) => Float32Array.from(values)),
      loudFrames: z.int(),
    })
    .nullable(),
});

/** The expert's score as plain figures, without what they were read from. */
export function figuresOf(score: SyncScore): SyncFigures {
  const { comparedSeconds, confidence, distance, evidence, offsetFrames, offsetMs } = score;
  return { offsetMs, offsetFrames, confidence, distance, evidence, comparedSeconds };
}

/** What the film is scored with. */
export interface FilmSyncTools {
  /** The expert's `fingerprint` and `biasMs`: known without opening it. */
  readonly expertName: string;
  /** Called only where a film with sound was not scored before; null when there is none. The caller closes it. */
  readonly openExpert: () => Promise<SyncExpert | null>;
  /** Names the film's own sound: its content and how it was decoded; null for a silent film. */
  readonly soundName: string | null;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/**
 * Scores the film itself, once: the result lies in the scene's cache under a name made of the faces, the sound and
 * the expert. Null where there is a sound and no expert to hear it.
 */
export async function filmSyncOf(scene: LipScene, tools: FilmSyncTools): Promise<FilmSync | null> {
  const key = keyOf(scene, tools);
  const path = join(scene.cacheFolder, `sync-${key}.json`);
  const known = read(path, key);
  if (known !== null) return known;
  const found = await score(scene, tools);
  if (found !== null) write(path, key, found);
  return found;
}

function keyOf({ faces }: LipScene, { expertName, soundName }: FilmSyncTools): string {
  const parts = { filmSyncVersion, faceAnalysisVersion, expertName, soundName };
  return createHash('sha256')
    .update(JSON.stringify({ ...parts, faces: faces.index }))
    .digest('hex')
    .slice(0, 24);
}

async function score(scene: LipScene, tools: FilmSyncTools): Promise<FilmSync | null> {
  const { faces, originalSound, source } = scene;
  const { onProgress, openExpert, signal } = tools;
  const statistics = measurePeople(faces, signal, () => undefined);
  const frameRate = rationalToNumber(source.video.frameRate);
  const listen = async (pcm: PcmReader): Promise<{ film: FilmScore; level: VoiceLevel } | null> => {
    const expert = await openExpert();
    if (expert === null) return null;
    const sound = hearSound({ pcm, startSeconds: 0 }, signal);
    const film = { faces, clock: source.table, frameRate };
    const score = await scoreFilm(film, { expert, sound, signal }, (progress) =>
      onProgress({ ...progress, stage: 'speakers' }),
    );
    return { film: score, level: sound.level };
  };
  const scored = originalSound === null ? null : await listen(originalSound);
  if (scored === null && originalSound !== null) return null;
  const people = [...statistics].map(([personId, own]) => {
    const ofPerson = scored?.film.people.find((person) => person.personId === personId);
    return { personId, figures: ofPerson ? figuresOf(ofPerson.score) : null, statistics: own };
  });
  return { people, activity: scored?.film.activity ?? null, level: scored?.level ?? null };
}

function read(path: string, key: string): FilmSync | null {
  try {
    const { key: ownKey, ...stored } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return ownKey === key ? stored : null;
  } catch {
    // Missing, damaged or of another version: made anew.
    return null;
  }
}

function write(path: string, key: string, { activity, level, people }: FilmSync): void {
  const plain = people.map(({ figures, personId, statistics: { deviation, frames, mean } }) => ({
    ...{ personId, figures },
    statistics: { mean: [...mean], deviation: [...deviation], frames },
  }));
  const stored = { key, people: plain, activity, level: level && { ...level, mean: [...level.mean] } };
  mkdirSync(join(path, '..'), { recursive: true });
  const unfinished = `${path}.${randomUUID()}.part`;
  writeFileSync(unfinished, JSON.stringify(stored));
  renameSync(unfinished, path);
}
