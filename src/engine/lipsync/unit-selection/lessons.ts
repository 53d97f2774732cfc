import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { measureVoiceLevel, type VoiceLevel } from '../../audio/voice-mel.ts';
import { DubwrightError } from '../../../contract/errors.ts';
import type { LipModelFile } from '../lips-from-sound/bundled-lip-model.ts';
import { sharedLipNetwork } from '../lips-from-sound/shared-lip-network.ts';
import type { LipScene } from '../types.ts';
import {
  findFilmLag,
  generalLips,
  learnedPredictor,
  learnLips,
  type LearnedLips,
  type Listener,
} from './learned-predictor.ts';
import type { LipPredictor } from './lip-predictor.ts';
import type { PersonTable } from './person-table.ts';
import { profileOf, readBandFrames } from './sound-context.ts';
import {
  learnSpectralModel,
  loudnessPredictor,
  spectralPredictor,
  type SpectralModel,
  type TeachingFrames,
} from './spectral-predictor.ts';

/** How this speaker's lips follow sound, and what the editor should know of it. */
export interface Lesson {
  readonly predictor: LipPredictor;
  readonly notes: readonly string[];
}

/** What a lesson is made from. */
export interface LessonRequest {
  readonly scene: LipScene;
  readonly table: PersonTable;
  readonly teaching: TeachingFrames;
  /** The network; null for spectral matching. */
  readonly model: LipModelFile | null;
  /** Where lessons of this speaker are kept. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Raised when a lesson's numbers would come out otherwise. */
const lessonVersion = 3;
/** A lag that is seen. */
const notableLagMs = 40;

/**
 * Learns how the speaker's lips follow sound, or reads what was learnt before. A network that cannot be opened is
 * replaced by spectral matching, with a note.
 */
export async function learnSpeaker(request: LessonRequest): Promise<Lesson> {
  if (request.model === null) return learnBySpectrum(request);
  try {
    const network = await sharedLipNetwork(request.model);
    return await learnByNetwork({ network, lagBiasMs: request.model.lagBiasMs }, request);
  } catch (error) {
    if (!(error instanceof DubwrightError)) throw error;
    const lesson = await learnBySpectrum(request);
    const note = `the network that hears lips cannot be used (${error.code}), so mouths are chosen by comparing spectra`;
    return { ...lesson, notes: [note, ...lesson.notes] };
  }
}

async function learnByNetwork(listener: Listener, request: LessonRequest): Promise<Lesson> {
  const { scene, table, teaching, model, signal } = request;
  const general = learnedPredictor(listener, generalLips(listener));
  const { originalSound } = scene;
  if (!originalSound) {
    const note = 'the film has no sound of its own, so the lips move as an average speaker moves them';
    return { predictor: general, notes: [note] };
  }
  const name = `learned-${lessonVersion}-${model?.sha256.slice(0, 16) ?? ''}.bin`;
  const lips = await kept<LearnedLips | null>(join(request.folder, name), async () => {
    const level = measureVoiceLevel(originalSound, signal);
    const sound = { pcm: originalSound, level };
    const lagMs = (await findFilmLag(listener, table, teaching, sound, signal)) ?? 0;
    return learnLips(listener, table, teaching, { ...sound, lagMs }, signal);
  });
  if (lips === null) {
    const note =
      "the film's own sound does not follow the lips, so they move as an average speaker moves them";
    return { predictor: general, notes: [note] };
  }
  return { predictor: learnedPredictor(listener, lips), notes: lagNotes(lips.lagMs) };
}

interface SpectralLesson {
  readonly profile: VoiceLevel;
  readonly model: SpectralModel | null;
}

async function learnBySpectrum(request: LessonRequest): Promise<Lesson> {
  const { scene, table, teaching, signal } = request;
  const { originalSound } = scene;
  if (!originalSound) {
    const note = 'the film has no sound of its own, so the lips follow the loudness of the voice alone';
    return { predictor: loudnessPredictor(null), notes: [note] };
  }
  const path = join(request.folder, `spectral-${lessonVersion}.bin`);
  const { profile, model } = await kept<SpectralLesson>(path, () => {
    const sound = readBandFrames(originalSound, signal);
    const measured = profileOf(sound);
    return { profile: measured, model: learnSpectralModel(table, teaching, sound, measured) };
  });
  if (model === null) {
    const note =
      "the film's own sound does not follow the lips, so they follow the loudness of the voice alone";
    return { predictor: loudnessPredictor(profile), notes: [note] };
  }
  return { predictor: spectralPredictor(model, profile), notes: lagNotes(model.lagMs) };
}

/** A film whose sound and picture lie visibly apart should be mended at its source. */
function lagNotes(lagMs: number): string[] {
  const lag = Math.round(lagMs);
  if (Math.abs(lag) < notableLagMs) return [];
  return [
    `the film's own sound is ${Math.abs(lag)} ms ${lag > 0 ? 'behind' : 'ahead of'} its picture; allowed for`,
  ];
}

/** Reads what was kept at a path, or makes and keeps it; a file that cannot be read is made again. */
async function kept<T>(path: string, make: () => T | Promise<T>): Promise<T> {
  if (existsSync(path)) {
    try {
      return deserialize(readFileSync(path)) as T;
    } catch {
      // Written by a later or a broken version: made again below.
    }
  }
  const made = await make();
  const unfinished = `${path}.${randomUUID()}.part`;
  writeFileSync(unfinished, serialize(made));
  renameSync(unfinished, path);
  return made;
}
