import { speakSentence, type TimedPhoneme, type Utterance } from '../../scripts/demo/utterance.ts';
import { coverPhonemes } from './phoneme-cover.ts';
import type { SpokenLanguage } from './sentences.ts';

/** Who speaks, and for how long. */
export interface SpeechPlan {
  readonly language: SpokenLanguage;
  /** espeak-ng's name, variant included: `fr+f3`. */
  readonly voice: string;
  readonly wordsPerMinute: number;
  /** espeak-ng's scale, 0 to 99. */
  readonly pitch: number;
  /** No sentence begins that would end later than this; the first one is always spoken. */
  readonly atMostSeconds: number;
  /** Numbers in [0, 1) for the choice of sentences and pauses. */
  readonly random: () => number;
}

/** A breath of silence before the first sentence and after the last, seconds. */
const leadSeconds = 0.35;
const tailSeconds = 0.4;

function shuffled(texts: readonly string[], random: () => number): readonly string[] {
  return texts
    .map((text) => ({ text, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ text }) => text);
}

/**
 * Sentences in random order with pauses of 0.2 to 0.7 s between them, in espeak-ng's voice with the times of its own
 * phoneme events. Sample 0 is the film's start.
 * @throws Error when Python 3, espeak-ng's library or the voice is missing
 */
export function speechOf(plan: SpeechPlan): Utterance {
  const { language, random } = plan;
  const choice = { ...plan, language: language.code };
  const pieces: { readonly first: number; readonly samples: Int16Array }[] = [];
  const phonemes: TimedPhoneme[] = [];
  const sentences: Utterance['sentences'][number][] = [];
  let sampleRateHz = 0;
  let at = leadSeconds;
  let end = 0;
  for (const text of shuffled(language.sentences, random)) {
    const spoken = speakSentence(text, choice);
    const seconds = spoken.samples.length / spoken.sampleRateHz;
    if (pieces.length > 0 && at + seconds + tailSeconds > plan.atMostSeconds) continue;
    sampleRateHz = spoken.sampleRateHz;
    const first = Math.round(at * sampleRateHz);
    const start = first / sampleRateHz;
    end = start + seconds;
    pieces.push({ first, samples: spoken.samples });
    for (const p of coverPhonemes(spoken.phonemes)) {
      phonemes.push({ ...p, startSeconds: start + p.startSeconds, endSeconds: start + p.endSeconds });
    }
    sentences.push({ text, startSeconds: start, endSeconds: end });
    at = end + 0.2 + 0.5 * random();
  }
  const samples = new Int16Array(Math.round((end + tailSeconds) * sampleRateHz));
  for (const piece of pieces) samples.set(piece.samples, piece.first);
  return { language: language.code, sampleRateHz, samples, phonemes, sentences };
}

/** The same speech with its sound cut or filled with silence to a length, which is a film's. */
export function fitSpeech(utterance: Utterance, seconds: number): Utterance {
  const samples = new Int16Array(Math.round(seconds * utterance.sampleRateHz));
  samples.set(utterance.samples.subarray(0, samples.length));
  return { ...utterance, samples };
}
