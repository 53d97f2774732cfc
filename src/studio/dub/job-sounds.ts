import { DubwrightError } from '../../contract/errors.ts';
import { filmEndSeconds, frameStartSeconds } from '../../core/time/frame-clock.ts';
import type { PcmReader } from '../../engine/lipsync/types.ts';
import type { Job } from './job.ts';
import type { MediaInputs } from './media-inputs.ts';
import { decodeOnce } from './sound-files.ts';

/** The sounds of a job, decoded. */
export interface Sounds {
  readonly voice: string;
  /** Null for a silent film. */
  readonly original: string | null;
}

/** Decodes the voice and the film's own sound, unless that was done before. */
export async function decodeSounds({ inputs, request, tools, workspace }: Job): Promise<Sounds> {
  const { engine, log, signal } = tools;
  const decode = ({ info, sha256 }: MediaInputs['voice']): Promise<string> =>
    decodeOnce({ path: info.path, sha256, soundFolder: workspace.soundFolder, engine, signal });
  const voice = await decode(inputs.voice);
  if (inputs.source.info.audio.length === 0) return { voice, original: null };
  try {
    return { voice, original: await decode(inputs.source) };
  } catch (thrown) {
    // A film with an empty sound stream is a silent film; only its voice must be heard.
    if (!(thrown instanceof DubwrightError) || thrown.code !== 'AUDIO_EMPTY') throw thrown;
    log.warn(`The sound of "${request.sourcePath}" is empty: it counts as a silent film.`);
    return { voice, original: null };
  }
}

/** Said before the long work; the exporter says the same sentence, which is heard once. */
export function warnAboutLength({ inputs, request, tools }: Job, voice: PcmReader): void {
  const { clock } = inputs;
  const filmSeconds = filmEndSeconds(clock);
  const lastFrameSeconds = filmSeconds - frameStartSeconds(clock, clock.frameCount - 1);
  const voiceEnd = voice.sampleCount / voice.sampleRateHz + request.voiceStartMs / 1000;
  const over = voiceEnd - filmSeconds;
  if (over > lastFrameSeconds) {
    const what = request.extend === 'hold' ? 'the last frame is held' : 'its end was cut off';
    tools.log.warn(`The voice is ${over.toFixed(2)} s longer than the film: ${what}.`);
  }
  if (request.voiceStartMs / 1000 >= filmSeconds)
    tools.log.warn('The voice begins after the film has ended.');
}
