import { findPauses, type SpeechRun } from '../../audio/voice-activity.ts';
import {
  Wav2LipMel,
  wav2LipBandCount,
  wav2LipFramesPerSecond,
  wav2LipSilence,
} from '../../audio/wav2lip-mel.ts';
import type { PcmReader } from '../types.ts';

/** Mel frames that a generator hears at once: 200 ms. */
export const windowFrames = 16;
/** Values per window: 80 bands × 16 frames. */
export const windowValues = wav2LipBandCount * windowFrames;

const samplesPerMelFrame = 200;
const halfAnalysisWindow = 400;
const silentPauseMs = 300;
const framesPerRead = 240;
/** A time that is a whole number of mel frames must not fall short of it by rounding. */
const roundingSlack = 1e-6;

/**
 * The stretch of sound that belongs to each picture frame, as the reference's inference cuts it: 16 mel frames from
 * frame floor(80·t) on. Beyond the voice there is silence, so the last picture frames lose nothing.
 *
 * In rests of 0.3 s and more the model hears digital silence instead of the room, which closes the mouth.
 */
export class VoiceWindows {
  readonly #mel: Wav2LipMel;
  readonly #pauses: readonly SpeechRun[];
  #nextPause = 0;
  #cacheStart = 0;
  #cache: Float32Array = new Float32Array(0);

  /** `voice` must be 16 kHz and stays the caller's to close. Windows are asked for in rising order of time. */
  constructor(voice: PcmReader) {
    this.#mel = new Wav2LipMel(voice);
    this.#pauses = findPauses(voice, { minPauseMs: silentPauseMs }).filter(({ kind }) => kind === 'pause');
  }

  /** Writes the window at `seconds` into `out` from `offset`: band by band, 16 values each. */
  write(seconds: number, out: Float32Array, offset: number): void {
    const start = Math.floor(seconds * wav2LipFramesPerSecond + roundingSlack);
    this.#ensure(start);
    const from = (start - this.#cacheStart) * wav2LipBandCount;
    for (let band = 0; band < wav2LipBandCount; band++) {
      const to = offset + band * windowFrames;
      for (let t = 0; t < windowFrames; t++) out[to + t] = this.#cache[from + t * wav2LipBandCount + band];
    }
  }

  #ensure(start: number): void {
    const cached = this.#cache.length / wav2LipBandCount;
    if (start >= this.#cacheStart && start + windowFrames <= this.#cacheStart + cached) return;
    if (start < this.#cacheStart) this.#nextPause = 0;
    this.#cacheStart = start;
    this.#cache = this.#mel.read(start, start + framesPerRead);
    this.#silenceRests();
  }

  /** Frames whose whole analysis window lies in a rest become silence. */
  #silenceRests(): void {
    const firstSample = this.#cacheStart * samplesPerMelFrame;
    const lastSample = firstSample + framesPerRead * samplesPerMelFrame;
    const pauses = this.#pauses;
    while (this.#nextPause < pauses.length && pauses[this.#nextPause].endSample <= firstSample)
      this.#nextPause++;
    for (let i = this.#nextPause; i < pauses.length && pauses[i].startSample < lastSample; i++) {
      const { startSample, endSample } = pauses[i];
      const first = Math.ceil((startSample + halfAnalysisWindow - firstSample) / samplesPerMelFrame);
      const last = Math.floor((endSample - halfAnalysisWindow - firstSample) / samplesPerMelFrame);
      const from = Math.max(0, first);
      const to = Math.min(framesPerRead, last + 1);
      if (to > from) this.#cache.fill(wav2LipSilence, from * wav2LipBandCount, to * wav2LipBandCount);
    }
  }
}
