import type { PcmReader } from '../lipsync/types.ts';
import { MelFilterbank } from './mel-filterbank.ts';
import { RealFft } from './real-fft.ts';

/** Mel bands per frame. */
export const wav2LipBandCount = 80;
/** Mel frames per second of sound. */
export const wav2LipFramesPerSecond = 80;
/** The value of digital silence, and the smallest there is. */
export const wav2LipSilence = -4;

const sampleRateHz = 16_000;
const hopSamples = 200;
const windowSamples = 800;
const halfWindow = windowSamples / 2;
const preEmphasis = 0.97;
/** Frames computed from one read, which bounds the memory whatever range is asked for. */
const framesPerBlock = 400;
/** Samples kept from each end of the sound: more than a mirrored half window can reach. */
const edgeSamples = 1024;

/** Periodic Hann window, as `scipy.signal.get_window('hann', n)` makes it. */
const hannWindow = Float64Array.from(
  { length: windowSamples },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / windowSamples),
);

/** Position `index` of a sound of `count` samples mirrored at both ends without repeating the end sample. */
function mirrored(index: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const folded = ((index % period) + period) % period;
  return folded < count ? folded : period - folded;
}

/**
 * The sound picture that Wav2Lip-shaped generators are fed: `audio.melspectrogram` of the reference
 * (https://github.com/Rudrabha/Wav2Lip, hparams.py and audio.py): pre-emphasis 0.97, magnitude spectrum of 800
 * samples every 200, 80 Slaney mel bands from 55 to 7,600 Hz, 20·log10, scaled and clipped to -4 … 4.
 *
 * The ends are mirrored (`reflect`), as the reference's librosa 0.7 does and the models were trained with; newer
 * librosa pads with zeros, which changes the first and last three frames only. Beyond the ends there is silence:
 * frames before 0 and from `frameCount` on are all -4, so that windows over the last picture frames are never
 * short. Frames are counted in doubles: no length is too long. Samples that are not numbers count as zero.
 */
export class Wav2LipMel {
  /** 1 + floor(samples / 200); 0 for an empty sound. */
  readonly frameCount: number;
  readonly #pcm: PcmReader;
  readonly #fft = new RealFft(windowSamples);
  readonly #bank = new MelFilterbank({
    sampleRateHz,
    fftSize: windowSamples,
    bandCount: wav2LipBandCount,
    minHz: 55,
    maxHz: 7600,
  });
  readonly #head: Float64Array;
  readonly #tail: Float64Array;
  readonly #windowed = new Float64Array(windowSamples);
  readonly #spectrum = new Float64Array(halfWindow + 1);
  readonly #bands = new Float64Array(wav2LipBandCount);

  /** `pcm` must be 16 kHz; it is read on demand and stays the caller's to close. */
  constructor(pcm: PcmReader) {
    if (pcm.sampleRateHz !== sampleRateHz) throw new RangeError(`sound of ${pcm.sampleRateHz} Hz`);
    this.#pcm = pcm;
    this.frameCount = pcm.sampleCount === 0 ? 0 : 1 + Math.floor(pcm.sampleCount / hopSamples);
    const edge = Math.min(edgeSamples, pcm.sampleCount);
    this.#head = this.#emphasise(0, edge);
    this.#tail = this.#emphasise(pcm.sampleCount - edge, edge);
  }

  /**
   * Frames `fromFrame` up to `toFrame` (exclusive), row-major [frames × 80], each value in -4 … 4. Frame t is
   * centred on sample 200·t.
   */
  read(fromFrame: number, toFrame: number): Float32Array {
    const out = new Float32Array(Math.max(0, toFrame - fromFrame) * wav2LipBandCount).fill(wav2LipSilence);
    const first = Math.max(0, fromFrame);
    const end = Math.min(toFrame, this.frameCount);
    for (let block = first; block < end; block += framesPerBlock) {
      const blockEnd = Math.min(end, block + framesPerBlock);
      const start = block * hopSamples - halfWindow;
      const sound = this.#soundAround(start, (blockEnd - 1) * hopSamples + halfWindow - start);
      for (let t = block; t < blockEnd; t++) {
        this.#frame(sound, (t - block) * hopSamples, out, (t - fromFrame) * wav2LipBandCount);
      }
    }
    return out;
  }

  #frame(sound: Float64Array, from: number, out: Float32Array, to: number): void {
    const windowed = this.#windowed;
    for (let n = 0; n < windowSamples; n++) windowed[n] = sound[from + n] * hannWindow[n];
    const spectrum = this.#spectrum;
    this.#fft.power(windowed, spectrum);
    for (let k = 0; k <= halfWindow; k++) spectrum[k] = Math.sqrt(spectrum[k]);
    this.#bank.apply(spectrum, this.#bands);
    for (let band = 0; band < wav2LipBandCount; band++) {
      // 8·(20·log10(m) - 20 + 100)/100 - 4 in one step; the floor 1e-5 lands at -5.6 and is clipped.
      const value = 1.6 * Math.log10(Math.max(1e-5, this.#bands[band])) + 2.4;
      out[to + band] = Math.min(4, Math.max(wav2LipSilence, value));
    }
  }

  /** Pre-emphasised sound from `start`, mirrored where it leaves the recording. */
  #soundAround(start: number, count: number): Float64Array {
    const total = this.#pcm.sampleCount;
    if (start >= 0 && start + count <= total) return this.#emphasise(start, count);
    const inner = Math.max(0, start);
    const innerEnd = Math.min(total, start + count);
    const out = new Float64Array(count);
    if (innerEnd > inner) out.set(this.#emphasise(inner, innerEnd - inner), inner - start);
    const tailStart = total - this.#tail.length;
    for (let i = 0; i < count; i++) {
      const at = start + i;
      if (at >= 0 && at < total) continue;
      const source = mirrored(at, total);
      out[i] = source < this.#head.length ? this.#head[source] : this.#tail[source - tailStart];
    }
    return out;
  }

  /** y[n] = x[n] - 0.97·x[n-1]; the sample before the first is silence. */
  #emphasise(start: number, count: number): Float64Array {
    const raw = this.#pcm.read(start - 1, count + 1);
    const out = new Float64Array(count);
    let before = start === 0 || !Number.isFinite(raw[0]) ? 0 : raw[0];
    for (let i = 0; i < count; i++) {
      const now = Number.isFinite(raw[i + 1]) ? raw[i + 1] : 0;
      out[i] = now - preEmphasis * before;
      before = now;
    }
    return out;
  }
}
