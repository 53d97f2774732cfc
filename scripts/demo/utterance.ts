import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VoiceChoice } from './speech-script.ts';

/** A phoneme with its time in the speech. An empty name is a pause. */
export interface TimedPhoneme {
  /** International Phonetic Alphabet, as espeak-ng writes it. */
  readonly phoneme: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** A whole speech: sound and the phonemes in it. */
export interface Utterance {
  readonly language: VoiceChoice['language'];
  readonly sampleRateHz: number;
  readonly samples: Int16Array;
  readonly phonemes: readonly TimedPhoneme[];
  readonly sentences: readonly {
    readonly text: string;
    readonly startSeconds: number;
    readonly endSeconds: number;
  }[];
}

/** One sentence as espeak-ng speaks it, without the silence around it. */
export interface SpokenSentence {
  readonly sampleRateHz: number;
  readonly samples: Int16Array;
  readonly phonemes: readonly TimedPhoneme[];
}

const loudEnough = 200;

/** Cuts the silence before and after a sentence, keeping 10 ms. */
function trimSilence(sentence: SpokenSentence): SpokenSentence {
  const { samples, sampleRateHz } = sentence;
  let from = 0;
  let to = samples.length;
  while (from < to && Math.abs(samples[from]) < loudEnough) from++;
  while (to > from && Math.abs(samples[to - 1]) < loudEnough) to--;
  from = Math.max(0, from - Math.round(sampleRateHz / 100));
  to = Math.min(samples.length, to + Math.round(sampleRateHz / 100));
  const shift = from / sampleRateHz;
  const length = (to - from) / sampleRateHz;
  const phonemes = sentence.phonemes
    .map((p) => ({
      ...p,
      startSeconds: Math.max(0, p.startSeconds - shift),
      endSeconds: Math.min(length, p.endSeconds - shift),
    }))
    .filter((p) => p.endSeconds - p.startSeconds > 1e-4);
  return { sampleRateHz, samples: samples.slice(from, to), phonemes };
}

/** Speaks one sentence with espeak-ng. @throws Error when Python 3 or the voice is missing */
export function speakSentence(text: string, choice: VoiceChoice): SpokenSentence {
  const folder = mkdtempSync(join(tmpdir(), 'demo-voice-'));
  try {
    const sound = join(folder, 'sentence.pcm');
    const helper = fileURLToPath(new URL('espeak-events.py', import.meta.url));
    const args = [helper, choice.voice, String(choice.wordsPerMinute), String(choice.pitch), sound];
    const answer = execFileSync('python3', args, { input: text, encoding: 'utf8' });
    const { sampleRateHz, phonemes } = JSON.parse(answer) as {
      sampleRateHz: number;
      phonemes: { phoneme: string; startMs: number }[];
    };
    const bytes = readFileSync(sound);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const timed = phonemes.map((p, index) => ({
      phoneme: p.phoneme,
      startSeconds: p.startMs / 1000,
      endSeconds: (phonemes[index + 1]?.startMs ?? (samples.length / sampleRateHz) * 1000) / 1000,
    }));
    return trimSilence({ sampleRateHz, samples, phonemes: timed });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Speaks sentences with espeak-ng so that they fill `lengthSeconds`: a breath before, and equal pauses between.
 * @throws Error when the sentences leave pauses shorter than 0.25 s or longer than 0.9 s.
 */
export function speak(texts: readonly string[], choice: VoiceChoice, lengthSeconds: number): Utterance {
  const spoken = texts.map((text) => speakSentence(text, choice));
  const sampleRateHz = spoken[0].sampleRateHz;
  const [lead, tail] = [0.45, 0.6];
  const talking = spoken.reduce((sum, one) => sum + one.samples.length, 0) / sampleRateHz;
  const pause = (lengthSeconds - lead - tail - talking) / (texts.length - 1);
  if (pause < 0.25 || pause > 0.9) {
    throw new Error(
      `${choice.voice}: ${talking.toFixed(2)} s of speech leave pauses of ${pause.toFixed(2)} s`,
    );
  }
  const samples = new Int16Array(Math.round(lengthSeconds * sampleRateHz));
  const phonemes: TimedPhoneme[] = [];
  const sentences: Utterance['sentences'][number][] = [];
  let at = lead;
  spoken.forEach((one, index) => {
    const first = Math.round(at * sampleRateHz);
    const start = first / sampleRateHz;
    samples.set(one.samples, first);
    const end = start + one.samples.length / sampleRateHz;
    for (const p of one.phonemes)
      phonemes.push({ ...p, startSeconds: start + p.startSeconds, endSeconds: start + p.endSeconds });
    sentences.push({ text: texts[index], startSeconds: start, endSeconds: end });
    at = end + pause;
  });
  return { language: choice.language, sampleRateHz, samples, phonemes, sentences };
}
