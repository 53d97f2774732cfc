/** What a bank of triangular filters on the mel scale looks like. */
export interface MelBankShape {
  readonly sampleRateHz: number;
  readonly fftSize: number;
  readonly bandCount: number;
  readonly minHz: number;
  readonly maxHz: number;
}

const linearHzPerMel = 200 / 3;
const breakHz = 1000;
const breakMel = breakHz / linearHzPerMel;
const logStep = Math.log(6.4) / 27;

/** Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above. */
export function hzToMel(hz: number): number {
  return hz < breakHz ? hz / linearHzPerMel : breakMel + Math.log(hz / breakHz) / logStep;
}

/** Inverse of `hzToMel`. */
export function melToHz(mel: number): number {
  return mel < breakMel ? mel * linearHzPerMel : breakHz * Math.exp(logStep * (mel - breakMel));
}

/**
 * Triangular filters, equally spaced on Slaney's mel scale, each of unit area in Hz: what `librosa.filters.mel`
 * computes by default. Only the non-zero weights are kept.
 */
export class MelFilterbank {
  readonly bandCount: number;
  readonly #firstBin: Int32Array;
  readonly #weights: readonly Float64Array[];

  constructor({ sampleRateHz, fftSize, bandCount, minHz, maxHz }: MelBankShape) {
    this.bandCount = bandCount;
    this.#firstBin = new Int32Array(bandCount);
    const lowMel = hzToMel(minHz);
    const stepMel = (hzToMel(maxHz) - lowMel) / (bandCount + 1);
    const edgeHz = Array.from({ length: bandCount + 2 }, (_, i) => melToHz(lowMel + i * stepMel));
    const hzPerBin = sampleRateHz / fftSize;
    this.#weights = Array.from({ length: bandCount }, (_, band) => {
      const [left, centre, right] = [edgeHz[band], edgeHz[band + 1], edgeHz[band + 2]];
      const first = Math.max(0, Math.ceil(left / hzPerBin));
      const last = Math.min(fftSize / 2, Math.floor(right / hzPerBin));
      this.#firstBin[band] = first;
      return Float64Array.from({ length: Math.max(0, last - first + 1) }, (_unused, i) => {
        const hz = (first + i) * hzPerBin;
        const height = Math.min((hz - left) / (centre - left), (right - hz) / (right - centre));
        return (Math.max(0, height) * 2) / (right - left);
      });
    });
  }

  /** Weighted sums of `spectrum` (fftSize/2 + 1 values) into `out` (`bandCount` values). */
  apply(spectrum: Float64Array, out: Float64Array): void {
    for (let band = 0; band < this.bandCount; band++) {
      const weights = this.#weights[band];
      const first = this.#firstBin[band];
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * spectrum[first + i];
      out[band] = sum;
    }
  }
}
