import { findPauses, type SpeechRun } from '../audio/voice-activity.ts';
import { measureVoiceLevel, type VoiceLevel } from '../audio/voice-mel.ts';
import type { PcmReader } from '../lipsync/types.ts';
import { momentRateHz, type PlacedSound } from './types.ts';

const nearSeconds = 0.2;

/** A sound that has been listened to once and is ready to be compared with lips. */
export interface HeardSound {
  /** Sample 0 sounds at the film's start; samples before it may be read too. */
  readonly pcm: PcmReader;
  readonly level: VoiceLevel;
  /** Whether somebody speaks at a moment of the film. */
  isVoiced(moment: number): boolean;
  /** Whether somebody speaks within 0.2 s: how lips begin and end to move tells as much as what they do between. */
  isNearVoice(moment: number): boolean;
}

/**
 * Listens to a whole sound: its level, and where somebody speaks.
 * @param level of a longer recording of the same voice; the sound's own when left out
 */
export function hearSound(
  { pcm, startSeconds }: PlacedSound,
  signal: AbortSignal,
  level: VoiceLevel = measureVoiceLevel(pcm, signal),
): HeardSound {
  const startSample = Math.round(startSeconds * pcm.sampleRateHz);
  const speech = findPauses(pcm).filter((run) => run.kind === 'speech');
  const samplesPerMoment = pcm.sampleRateHz / momentRateHz;
  const sampleAt = (moment: number): number => (moment + 0.5) * samplesPerMoment - startSample;
  const nearSamples = nearSeconds * pcm.sampleRateHz;
  return {
    pcm: {
      sampleRateHz: pcm.sampleRateHz,
      sampleCount: Math.max(0, startSample + pcm.sampleCount),
      read: (start, count) => pcm.read(start - startSample, count),
      close: () => undefined,
    },
    level,
    isVoiced: (moment) => isWithin(speech, sampleAt(moment), 0),
    isNearVoice: (moment) => isWithin(speech, sampleAt(moment), nearSamples),
  };
}

/** Whether a sample lies in one of the runs, which follow one another in time, or within `slack` of it. */
function isWithin(runs: readonly SpeechRun[], sample: number, slack: number): boolean {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (runs[middle].endSample + slack <= sample) low = middle + 1;
    else high = middle;
  }
  return low < runs.length && runs[low].startSample - slack <= sample;
}
