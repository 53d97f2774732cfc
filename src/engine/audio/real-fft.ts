/** Butterflies exist for these radices; any transform length whose half is a product of them is allowed. */
const radices = [4, 2, 3, 5] as const;

interface Stage {
  readonly radix: number;
  /** Butterflies per repetition: what is left of the length after this stage. */
  readonly columns: number;
  /** Repetitions: product of the radices already done. */
  readonly stride: number;
  /** cos and sin of -2π·p·k/(radix·columns), for column p and output k = 1 … radix-1, interleaved. */
  readonly twiddles: Float64Array;
}

function planStages(length: number): Stage[] {
  const stages: Stage[] = [];
  let rest = length;
  let stride = 1;
  while (rest > 1) {
    const radix = radices.find((candidate) => rest % candidate === 0);
    if (radix === undefined)
      throw new RangeError(`no transform of length ${length * 2}: only factors 2, 3, 5`);
    const columns = rest / radix;
    const twiddles = new Float64Array(columns * (radix - 1) * 2);
    for (let p = 0; p < columns; p++) {
      for (let k = 1; k < radix; k++) {
        const angle = (-2 * Math.PI * p * k) / rest;
        const at = (p * (radix - 1) + k - 1) * 2;
        twiddles[at] = Math.cos(angle);
        twiddles[at + 1] = Math.sin(angle);
      }
    }
    stages.push({ radix, columns, stride, twiddles });
    rest = columns;
    stride *= radix;
  }
  return stages;
}

/** cos and sin of -2π·j·k/radix for the plain sums of radix 3 and 5, rows by output k. */
function rootTable(radix: number): Float64Array {
  const table = new Float64Array(radix * radix * 2);
  for (let k = 0; k < radix; k++) {
    for (let j = 0; j < radix; j++) {
      const angle = (-2 * Math.PI * j * k) / radix;
      table[(k * radix + j) * 2] = Math.cos(angle);
      table[(k * radix + j) * 2 + 1] = Math.sin(angle);
    }
  }
  return table;
}

const rootsOfRadix: Readonly<Record<number, Float64Array>> = { 3: rootTable(3), 5: rootTable(5) };

function stage2({ columns, stride, twiddles }: Stage, x: Float64Array, y: Float64Array): void {
  for (let p = 0; p < columns; p++) {
    const wr = twiddles[p * 2];
    const wi = twiddles[p * 2 + 1];
    for (let q = 0; q < stride; q++) {
      const a = (q + stride * p) * 2;
      const b = (q + stride * (p + columns)) * 2;
      const to = (q + stride * 2 * p) * 2;
      const dr = x[a] - x[b];
      const di = x[a + 1] - x[b + 1];
      y[to] = x[a] + x[b];
      y[to + 1] = x[a + 1] + x[b + 1];
      y[to + stride * 2] = dr * wr - di * wi;
      y[to + stride * 2 + 1] = dr * wi + di * wr;
    }
  }
}

function stage4({ columns, stride, twiddles }: Stage, x: Float64Array, y: Float64Array): void {
  const quarter = stride * columns * 2;
  for (let p = 0; p < columns; p++) {
    const w = p * 6;
    for (let q = 0; q < stride; q++) {
      const a = (q + stride * p) * 2;
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const sumAcR = x[a] + x[c];
      const sumAcI = x[a + 1] + x[c + 1];
      const difAcR = x[a] - x[c];
      const difAcI = x[a + 1] - x[c + 1];
      const sumBdR = x[b] + x[d];
      const sumBdI = x[b + 1] + x[d + 1];
      // -i · (b - d)
      const turnR = x[b + 1] - x[d + 1];
      const turnI = x[d] - x[b];
      let to = (q + stride * 4 * p) * 2;
      y[to] = sumAcR + sumBdR;
      y[to + 1] = sumAcI + sumBdI;
      to += stride * 2;
      const oneR = difAcR + turnR;
      const oneI = difAcI + turnI;
      y[to] = oneR * twiddles[w] - oneI * twiddles[w + 1];
      y[to + 1] = oneR * twiddles[w + 1] + oneI * twiddles[w];
      to += stride * 2;
      const twoR = sumAcR - sumBdR;
      const twoI = sumAcI - sumBdI;
      y[to] = twoR * twiddles[w + 2] - twoI * twiddles[w + 3];
      y[to + 1] = twoR * twiddles[w + 3] + twoI * twiddles[w + 2];
      to += stride * 2;
      const threeR = difAcR - turnR;
      const threeI = difAcI - turnI;
      y[to] = threeR * twiddles[w + 4] - threeI * twiddles[w + 5];
      y[to + 1] = threeR * twiddles[w + 5] + threeI * twiddles[w + 4];
    }
  }
}

function stagePlain({ radix, columns, stride, twiddles }: Stage, x: Float64Array, y: Float64Array): void {
  const roots = rootsOfRadix[radix];
  for (let p = 0; p < columns; p++) {
    for (let q = 0; q < stride; q++) {
      for (let k = 0; k < radix; k++) {
        let re = 0;
        let im = 0;
        for (let j = 0; j < radix; j++) {
          const from = (q + stride * (p + j * columns)) * 2;
          const c = roots[(k * radix + j) * 2];
          const s = roots[(k * radix + j) * 2 + 1];
          re += x[from] * c - x[from + 1] * s;
          im += x[from] * s + x[from + 1] * c;
        }
        const to = (q + stride * (radix * p + k)) * 2;
        const w = (p * (radix - 1) + k - 1) * 2;
        y[to] = k === 0 ? re : re * twiddles[w] - im * twiddles[w + 1];
        y[to + 1] = k === 0 ? im : re * twiddles[w + 1] + im * twiddles[w];
      }
    }
  }
}

/**
 * Discrete Fourier transform of real signals: Stockham's self-sorting form with mixed radices, at half length
 * (Swarztrauber, "FFT algorithms for vector computers", Parallel Computing 1, 1984). Lengths: 2·2^a·3^b·5^c.
 * An instance owns its work space, so it serves one caller at a time.
 */
export class RealFft {
  readonly size: number;
  /** Bins of the spectrum, 0 to Nyquist: `size / 2 + 1`. */
  readonly binCount: number;
  readonly #stages: readonly Stage[];
  readonly #rotation: Float64Array;
  readonly #work: [Float64Array, Float64Array];

  /** @throws RangeError when the length is odd or has a prime factor above 5. */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 4 || size % 2 !== 0) throw new RangeError(`not a length: ${size}`);
    this.size = size;
    this.binCount = size / 2 + 1;
    this.#stages = planStages(size / 2);
    this.#rotation = new Float64Array(size + 2);
    for (let k = 0; k <= size / 2; k++) {
      this.#rotation[k * 2] = Math.cos((-2 * Math.PI * k) / size);
      this.#rotation[k * 2 + 1] = Math.sin((-2 * Math.PI * k) / size);
    }
    this.#work = [new Float64Array(size), new Float64Array(size)];
  }

  /**
   * Squared magnitudes |X[k]|² of `samples` (`size` values), k = 0 … size/2, written into `out`
   * (`binCount` values).
   */
  power(samples: Float64Array, out: Float64Array): void {
    const half = this.size / 2;
    const z = this.#transformPairs(samples);
    for (let k = 0; k <= half; k++) {
      const a = (k === half ? 0 : k) * 2;
      const b = (k === 0 ? 0 : half - k) * 2;
      const evenR = (z[a] + z[b]) / 2;
      const evenI = (z[a + 1] - z[b + 1]) / 2;
      // -i/2 · (Z[k] - conj Z[half-k])
      const oddR = (z[a + 1] + z[b + 1]) / 2;
      const oddI = (z[b] - z[a]) / 2;
      const wr = this.#rotation[k * 2];
      const wi = this.#rotation[k * 2 + 1];
      const re = evenR + oddR * wr - oddI * wi;
      const im = evenI + oddR * wi + oddI * wr;
      out[k] = re * re + im * im;
    }
  }

  /** Complex transform of the even samples (real part) and odd samples (imaginary part). */
  #transformPairs(samples: Float64Array): Float64Array {
    let [from, to] = this.#work;
    from.set(samples.length === this.size ? samples : samples.subarray(0, this.size));
    for (const stage of this.#stages) {
      if (stage.radix === 4) stage4(stage, from, to);
      else if (stage.radix === 2) stage2(stage, from, to);
      else stagePlain(stage, from, to);
      [from, to] = [to, from];
    }
    return from;
  }
}
