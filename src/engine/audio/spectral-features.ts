import type { PcmReader } from '../lipsync/types.ts';
import { MelFilterbank } from './mel-filterbank.ts';
import { RealFft } from './real-fft.ts';

/** Log-mel bands per frame. */
export const logMelBandCount = 80;
/** The least a band can hold, in nats: ln 1e-10, far below the noise of any recording. */
export const logMelFloor = Math.log(1e-10);
/** Bands more than this below the loudest band of a recording carry its noise, not its speech. */
const usefulRangeNats = 9;
/** Frames within this of the loudest frame's mean level are speech that says something about the voice's colour. */
const loudRangeNats = 5;
const spread = 2.5;

const sampleRateHz = 16_000;
const windowSamples = 400;
const fftSize = 512;
const framesPerBlock = 500;

/** Hann window of 25 ms, symmetric about its frame's centre. */
const hannWindow = Float64Array.from(
  { length: windowSamples },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / windowSamples),
);

/** Where `logMelFrames` looks: frame i is centred on sample `startSample + i·hopSamples`. */
export interface LogMelRequest {
  readonly startSample: number;
  readonly frameCount: number;
  /** 160 for 100 frames a second, 320 for 50. */
  readonly hopSamples: number;
}

const fft = new RealFft(fftSize);
const bank = new MelFilterbank({ sampleRateHz, fftSize, bandCount: logMelBandCount, minHz: 0, maxHz: 8000 });
const windowed = new Float64Array(fftSize);
const spectrum = new Float64Array(fftSize / 2 + 1);
const bands = new Float64Array(logMelBandCount);

/**
 * Natural logarithm of mel power, 80 bands from 0 to 8 kHz over 25 ms windows: row-major [frameCount × 80], each value
 * at least `logMelFloor`. Frames may lie beyond both ends, where there is silence. Reads and keeps only a few seconds
 * at a time.
 */
export function logMelFrames(
  pcm: PcmReader,
  { startSample, frameCount, hopSamples }: LogMelRequest,
): Float32Array {
  if (pcm.sampleRateHz !== sampleRateHz) throw new RangeError(`sound of ${pcm.sampleRateHz} Hz`);
  const out = new Float32Array(frameCount * logMelBandCount);
  for (let block = 0; block < frameCount; block += framesPerBlock) {
    const count = Math.min(framesPerBlock, frameCount - block);
    const from = startSample + block * hopSamples - windowSamples / 2;
    const sound = pcm.read(from, (count - 1) * hopSamples + windowSamples);
    for (let i = 0; i < count; i++) {
      logMelFrame(sound, i * hopSamples, out, (block + i) * logMelBandCount);
    }
  }
  return out;
}

function logMelFrame(sound: Float32Array, from: number, out: Float32Array, to: number): void {
  for (let n = 0; n < windowSamples; n++) {
    const value = sound[from + n];
    windowed[n] = Number.isFinite(value) ? value * hannWindow[n] : 0;
  }
  fft.power(windowed, spectrum);
  bank.apply(spectrum, bands);
  for (let band = 0; band < logMelBandCount; band++) out[to + band] = Math.log(Math.max(1e-10, bands[band]));
}

/** What one recording's log-mel frames are compared against, so that voices and microphones become alike. */
export interface LogMelLevel {
  /** Bands below this are raised to it: 9 nats under the recording's loudest band. */
  readonly floor: number;
  /** Mean of each band over the loud frames, after the floor. */
  readonly mean: Float32Array;
}

/**
 * Measures a whole recording in two passes of small pieces. An empty or silent recording gets the absolute floor
 * everywhere.
 */
export function measureLogMel(pcm: PcmReader): LogMelLevel {
  const hopSamples = 160;
  const frameCount = Math.ceil(pcm.sampleCount / hopSamples);
  let peak = logMelFloor;
  let loudest = logMelFloor;
  const eachBlock = (visit: (frames: Float32Array) => void): void => {
    for (let from = 0; from < frameCount; from += framesPerBlock) {
      const count = Math.min(framesPerBlock, frameCount - from);
      visit(logMelFrames(pcm, { startSample: from * hopSamples, frameCount: count, hopSamples }));
    }
  };
  eachBlock((frames) => {
    for (const value of frames) peak = Math.max(peak, value);
    for (let at = 0; at < frames.length; at += logMelBandCount)
      loudest = Math.max(loudest, meanOf(frames, at));
  });
  const floor = Math.max(logMelFloor, peak - usefulRangeNats);
  const sums = new Float64Array(logMelBandCount);
  let loudFrames = 0;
  eachBlock((frames) => {
    for (let at = 0; at < frames.length; at += logMelBandCount) {
      if (meanOf(frames, at) < loudest - loudRangeNats) continue;
      loudFrames++;
      for (let band = 0; band < logMelBandCount; band++) sums[band] += Math.max(floor, frames[at + band]);
    }
  });
  return { floor, mean: Float32Array.from(sums, (sum) => (loudFrames === 0 ? floor : sum / loudFrames)) };
}

function meanOf(frames: Float32Array, at: number): number {
  let sum = 0;
  for (let band = 0; band < logMelBandCount; band++) sum += frames[at + band];
  return sum / logMelBandCount;
}

/**
 * Brings log-mel frames to a common level, in place: floor, minus the recording's mean, divided by 2.5, so that most
 * values lie between -2 and 2 whoever speaks into whatever microphone.
 */
export function normaliseLogMel(frames: Float32Array, level: LogMelLevel): void {
  for (let i = 0; i < frames.length; i++) {
    frames[i] = (Math.max(level.floor, frames[i]) - level.mean[i % logMelBandCount]) / spread;
  }
}
