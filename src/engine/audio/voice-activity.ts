import type { PcmReader } from '../lipsync/types.ts';

/** A stretch of a voice in which someone speaks, or nobody does. Samples; `endSample` is exclusive. */
export interface SpeechRun {
  readonly kind: 'speech' | 'pause';
  readonly startSample: number;
  readonly endSample: number;
}

/** How `findPauses` listens. */
export interface PauseOptions {
  /** Shorter silences belong to the speech around them (closures of stops, breaths); default 200. */
  readonly minPauseMs?: number;
  /** Shorter sounds belong to the pause around them (clicks); default 50. */
  readonly minSpeechMs?: number;
  /** Kept as speech before and after it, for soft beginnings and decays; default 30. */
  readonly marginMs?: number;
}

const frameMs = 10;
/** Levels are counted in whole decibels from here up to 0 dB full scale. */
const lowestDb = -120;
/** Thresholds move in steps of this, so that a sentence spoken anew leaves distant boundaries where they were. */
const stepDb = 3;
/** What stays below this is silence, whatever the rest is like. */
const inaudibleDb = -66;
/** Speech rises and falls by more than this within a second; a steady hum or hiss does not. */
const leastRangeDb = 9;
const highPassHz = 90;
const secondsPerRead = 4;

/**
 * Cuts a voice into speech and pauses by its energy, with two thresholds (Rabiner and Sambur, "An algorithm for
 * determining the endpoints of isolated utterances", Bell System Technical Journal 54, 1975): a pause begins when the
 * level falls below the lower one and ends when it rises above the higher one.
 *
 * The runs follow one another without gaps from 0 to `sampleCount`, alternate, and depend on nothing but the samples.
 * Thresholds follow the recording's own loudness, so quiet ones are cut as well as loud ones. The sound is read twice
 * in small pieces; only the runs are kept. It is meant for a voice alone, without music.
 */
export function findPauses(pcm: PcmReader, options: PauseOptions = {}): SpeechRun[] {
  if (pcm.sampleCount === 0) return [];
  const frameSamples = Math.round((pcm.sampleRateHz * frameMs) / 1000);
  const thresholds = thresholdsOf(histogramOf(pcm, frameSamples));
  const rules = {
    minPauseFrames: Math.max(1, Math.round((options.minPauseMs ?? 200) / frameMs)),
    minSpeechFrames: Math.max(1, Math.round((options.minSpeechMs ?? 50) / frameMs)),
    marginFrames: Math.round((options.marginMs ?? 30) / frameMs),
  };
  const frameCount = Math.ceil(pcm.sampleCount / frameSamples);
  const bursts = dropClicks(soundingRuns(pcm, frameSamples, thresholds), rules.minSpeechFrames);
  const speech = joinAcrossShortPauses(bursts, rules, frameCount);
  return alternatingRuns(speech, frameSamples, pcm.sampleCount);
}

/** Calls `visit` with the level of each 10 ms frame in dB re full scale, after a high-pass against rumble. */
function eachLevel(pcm: PcmReader, frameSamples: number, visit: (db: number, frame: number) => void): void {
  const pole = Math.exp((-2 * Math.PI * highPassHz) / pcm.sampleRateHz);
  const framesPerRead = Math.ceil((secondsPerRead * pcm.sampleRateHz) / frameSamples);
  const frameCount = Math.ceil(pcm.sampleCount / frameSamples);
  let before = 0;
  let filtered = 0;
  for (let frame = 0; frame < frameCount; frame += framesPerRead) {
    const count = Math.min(framesPerRead, frameCount - frame);
    const sound = pcm.read(frame * frameSamples, count * frameSamples);
    for (let i = 0; i < count; i++) {
      let energy = 0;
      for (let n = i * frameSamples; n < (i + 1) * frameSamples; n++) {
        const now = Number.isFinite(sound[n]) ? sound[n] : 0;
        filtered = pole * (filtered + now - before);
        before = now;
        energy += filtered * filtered;
      }
      visit(Math.max(lowestDb, 10 * Math.log10(energy / frameSamples + 1e-12)), frame + i);
    }
  }
}

function histogramOf(pcm: PcmReader, frameSamples: number): Float64Array {
  const histogram = new Float64Array(-lowestDb + 1);
  eachLevel(pcm, frameSamples, (db) => {
    histogram[Math.min(histogram.length - 1, Math.round(db - lowestDb))]++;
  });
  return histogram;
}

/** The level that `share` of the counted frames stay below. */
function levelAt(histogram: Float64Array, fromDb: number, share: number): number {
  const first = Math.max(0, Math.round(fromDb - lowestDb));
  let total = 0;
  for (let i = first; i < histogram.length; i++) total += histogram[i];
  let seen = 0;
  for (let i = first; i < histogram.length; i++) {
    seen += histogram[i];
    if (seen >= total * share && total > 0) return i + lowestDb;
  }
  return lowestDb;
}

interface Thresholds {
  /** Speech begins above. */
  readonly onDb: number;
  /** Speech ends below. */
  readonly offDb: number;
}

/**
 * Speech spans some 30 dB below its loud syllables; where the room's own noise is higher than that, the thresholds lie
 * just above the noise. Digital silence says nothing about the room and is left out of its estimate.
 */
function thresholdsOf(histogram: Float64Array): Thresholds {
  const speechDb = levelAt(histogram, inaudibleDb, 0.9);
  if (speechDb <= inaudibleDb) return { onDb: inaudibleDb, offDb: inaudibleDb };
  const noiseDb = levelAt(histogram, lowestDb + 20, 0.05);
  if (speechDb - noiseDb < leastRangeDb) {
    // Too even for speech: a quiet hum or hiss is a pause, a loud tone is left to be heard.
    const onDb = speechDb < -30 ? 0 : inaudibleDb;
    return { onDb, offDb: onDb };
  }
  const quantise = (db: number): number => Math.round(db / stepDb) * stepDb;
  const above = Math.min(9, (speechDb - noiseDb) / 3);
  const onDb = quantise(Math.max(speechDb - 27, noiseDb + above, inaudibleDb));
  return { onDb, offDb: onDb - stepDb };
}

interface FrameRun {
  start: number;
  /** exclusive */
  end: number;
}

function soundingRuns(pcm: PcmReader, frameSamples: number, { onDb, offDb }: Thresholds): FrameRun[] {
  const runs: FrameRun[] = [];
  let current: FrameRun | null = null;
  eachLevel(pcm, frameSamples, (db, frame) => {
    if (current === null && db > onDb) {
      current = { start: frame, end: frame + 1 };
      runs.push(current);
    } else if (current !== null && db > offDb) {
      current.end = frame + 1;
    } else {
      current = null;
    }
  });
  return runs;
}

/**
 * Clicks stand alone and are short. A burst belongs to speech when it is long enough or when its neighbours within
 * 100 ms make up the length with it.
 */
function dropClicks(runs: readonly FrameRun[], minSpeechFrames: number): FrameRun[] {
  const groups: FrameRun[][] = [];
  for (const run of runs) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && run.start - last.end <= 10) group.push(run);
    else groups.push([run]);
  }
  return groups
    .filter((group) => group.reduce((sum, { start, end }) => sum + end - start, 0) >= minSpeechFrames)
    .flatMap((group) => [{ start: group[0].start, end: group[group.length - 1].end }]);
}

function joinAcrossShortPauses(
  runs: readonly FrameRun[],
  rules: { readonly minPauseFrames: number; readonly marginFrames: number },
  frameCount: number,
): FrameRun[] {
  const joined: FrameRun[] = [];
  for (const run of runs) {
    const start = Math.max(0, run.start - rules.marginFrames);
    const end = Math.min(frameCount, run.end + rules.marginFrames);
    const last = joined.at(-1);
    if (last !== undefined && start - last.end < rules.minPauseFrames) last.end = end;
    else joined.push({ start: start < rules.minPauseFrames ? 0 : start, end });
  }
  const last = joined.at(-1);
  if (last !== undefined && frameCount - last.end < rules.minPauseFrames) last.end = frameCount;
  return joined;
}

function alternatingRuns(
  speech: readonly FrameRun[],
  frameSamples: number,
  sampleCount: number,
): SpeechRun[] {
  const runs: SpeechRun[] = [];
  let at = 0;
  for (const { start, end } of speech) {
    const startSample = Math.min(sampleCount, start * frameSamples);
    const endSample = Math.min(sampleCount, end * frameSamples);
    if (startSample > at) runs.push({ kind: 'pause', startSample: at, endSample: startSample });
    runs.push({ kind: 'speech', startSample, endSample });
    at = endSample;
  }
  if (at < sampleCount) runs.push({ kind: 'pause', startSample: at, endSample: sampleCount });
  return runs;
}
