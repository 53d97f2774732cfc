import { RealFft } from '../../audio/real-fft.ts';
import type { PcmReader } from '../../lipsync/types.ts';

/** Coefficients per frame; the first is the frame's log energy. */
export const mfccCount = 13;
/** Frames per second. */
export const mfccRateHz = 100;

const sampleRateHz = 16_000;
const frameSamples = 400;
const hopSamples = 160;
const fftSize = 512;
const binCount = fftSize / 2 + 1;
const filterCount = 26;
const lifter = 22;
const preEmphasis = 0.97;
/** The library's stand-in for a zero before it takes the logarithm: `numpy.finfo(float).eps`. */
const epsilon = 2 ** -52;
/** Frames computed from one read of the sound. */
const framesPerBlock = 400;

const fft = new RealFft(fftSize);
const padded = new Float64Array(fftSize);
const power = new Float64Array(binCount);
const logFilters = new Float64Array(filterCount);

/** HTK's mel scale, unlike the rest of this program, which uses Slaney's. */
function hzToMel(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function melToHz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/** Triangles between whole bins, row-major [26 × 257]. */
const filterWeights = ((): Float64Array => {
  const highMel = hzToMel(sampleRateHz / 2);
  const edges = Array.from({ length: filterCount + 2 }, (_, i) =>
    Math.floor(((fftSize + 1) * melToHz((i * highMel) / (filterCount + 1))) / sampleRateHz),
  );
  const weights = new Float64Array(filterCount * binCount);
  for (let filter = 0; filter < filterCount; filter++) {
    const [left, middle, right] = edges.slice(filter, filter + 3);
    for (let bin = left; bin < middle; bin++)
      weights[filter * binCount + bin] = (bin - left) / (middle - left);
    for (let bin = middle; bin < right; bin++)
      weights[filter * binCount + bin] = (right - bin) / (right - middle);
  }
  return weights;
})();

/** Orthonormal DCT-II with the sine lifter folded in, row-major [13 × 26]. */
const cepstrumWeights = Float64Array.from({ length: mfccCount * filterCount }, (_, at) => {
  const [row, column] = [Math.floor(at / filterCount), at % filterCount];
  const scale = Math.sqrt((row === 0 ? 1 : 2) / filterCount);
  const lift = 1 + (lifter / 2) * Math.sin((Math.PI * row) / lifter);
  return lift * scale * Math.cos((Math.PI * row * (column + 0.5)) / filterCount);
});

/** A sample in -1 to 1 as the 16-bit number that it would be in a WAV file. */
function asInt16(sample: number): number {
  const value = Number.isFinite(sample) ? Math.round(sample * 32_768) : 0;
  return Math.min(32_767, Math.max(-32_768, value));
}

/**
 * The sound that SyncNet hears: `python_speech_features.mfcc(samples, 16000)` with all its defaults, of 16-bit sample
 * values that are not scaled (https://github.com/jameslyons/python_speech_features, version 0.6): pre-emphasis 0.97,
 * rectangular windows of 25 ms every 10 ms, 512-point power spectrum, 26 HTK mel filters to 8 kHz, logarithm, DCT,
 * lifter 22, the first coefficient replaced by the frame's log energy. Frame k begins at sample 160·k.
 *
 * Sound is read and kept a few seconds at a time. Samples that are not numbers count as zero.
 */
export class SpeechMfcc {
  /** 1 + ceil((samples − 400) / 160), at least 1; the last frame is filled up with zeros. */
  readonly frameCount: number;
  readonly #pcm: PcmReader;

  /** `pcm` must be 16 kHz and stays the caller's to close. */
  constructor(pcm: PcmReader) {
    if (pcm.sampleRateHz !== sampleRateHz) throw new RangeError(`sound of ${pcm.sampleRateHz} Hz`);
    this.#pcm = pcm;
    this.frameCount = 1 + Math.max(0, Math.ceil((pcm.sampleCount - frameSamples) / hopSamples));
  }

  /**
   * Frames `start` to `start + count`, row-major [count × 13].
   * @throws RangeError when the sound has not so many frames
   */
  read(start: number, count: number): Float32Array {
    if (start < 0 || count < 0 || start + count > this.frameCount)
      throw new RangeError(`frames ${start} to ${start + count} of ${this.frameCount}`);
    const out = new Float32Array(count * mfccCount);
    for (let block = 0; block < count; block += framesPerBlock) {
      const length = Math.min(framesPerBlock, count - block);
      const sound = this.#emphasised((start + block) * hopSamples, (length - 1) * hopSamples + frameSamples);
      for (let i = 0; i < length; i++) mfccOfFrame(sound, i * hopSamples, out, (block + i) * mfccCount);
    }
    return out;
  }

  /** x[n] − 0.97·x[n − 1]; the first sample of the sound stays as it is, and beyond its end there are zeros. */
  #emphasised(start: number, count: number): Float64Array {
    const raw = this.#pcm.read(start - 1, count + 1);
    const inside = Math.min(count, this.#pcm.sampleCount - start);
    const out = new Float64Array(count);
    for (let i = 0; i < inside; i++) out[i] = asInt16(raw[i + 1]) - preEmphasis * asInt16(raw[i]);
    return out;
  }
}

function mfccOfFrame(sound: Float64Array, from: number, out: Float32Array, to: number): void {
  padded.set(sound.subarray(from, from + frameSamples));
  fft.power(padded, power);
  let energy = 0;
  for (let bin = 0; bin < binCount; bin++) {
    power[bin] /= fftSize;
    energy += power[bin];
  }
  for (let filter = 0; filter < filterCount; filter++) {
    let sum = 0;
    for (let bin = 0; bin < binCount; bin++) sum += filterWeights[filter * binCount + bin] * power[bin];
    logFilters[filter] = Math.log(sum === 0 ? epsilon : sum);
  }
  out[to] = Math.log(energy === 0 ? epsilon : energy);
  for (let row = 1; row < mfccCount; row++) {
    let sum = 0;
    for (let filter = 0; filter < filterCount; filter++)
      sum += cepstrumWeights[row * filterCount + filter] * logFilters[filter];
    out[to + row] = sum;
  }
}
