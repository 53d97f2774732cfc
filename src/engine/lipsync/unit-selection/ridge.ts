/**
 * Ridge regression in closed form (Hoerl & Kennard 1970): W = (XᵀX + λI)⁻¹XᵀY on centred, scaled data. Rows stream
 * in one at a time, so memory is that of the covariance, whatever the length of the film.
 */
export interface RidgeModel {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Row-major [outputSize × inputSize]. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Sums that a ridge fit needs: counts, means and second moments of inputs and outputs. */
export class RidgeMoments {
  readonly inputSize: number;
  readonly outputSize: number;
  count = 0;
  readonly #sumX: Float64Array;
  readonly #sumY: Float64Array;
  /** Lower triangle of XᵀX, row-major in a full square. */
  readonly #xx: Float64Array;
  readonly #xy: Float64Array;

  constructor(inputSize: number, outputSize: number) {
    this.inputSize = inputSize;
    this.outputSize = outputSize;
    this.#sumX = new Float64Array(inputSize);
    this.#sumY = new Float64Array(outputSize);
    this.#xx = new Float64Array(inputSize * inputSize);
    this.#xy = new Float64Array(inputSize * outputSize);
  }

  /** Adds one observation: `inputSize` inputs, `outputSize` outputs. */
  add(x: Float32Array, y: Float32Array): void {
    const { inputSize, outputSize } = this;
    this.count++;
    for (let o = 0; o < outputSize; o++) this.#sumY[o] += y[o];
    for (let i = 0; i < inputSize; i++) {
      const xi = x[i];
      this.#sumX[i] += xi;
      const row = i * inputSize;
      for (let j = 0; j <= i; j++) this.#xx[row + j] += xi * x[j];
      for (let o = 0; o < outputSize; o++) this.#xy[i * outputSize + o] += xi * y[o];
    }
  }

  /** Adds another set of sums (a fold of a cross-validation) to this one. */
  merge(other: RidgeMoments): void {
    this.count += other.count;
    addTo(this.#sumX, other.#sumX);
    addTo(this.#sumY, other.#sumY);
    addTo(this.#xx, other.#xx);
    addTo(this.#xy, other.#xy);
  }

  /**
   * Solves for the weights.
   * @param penalty λ as a share of the inputs' own variance (0.1 is mild, 10 is strong), so that it does not depend
   *   on the number of rows or the scale of the inputs.
   */
  solve(penalty: number): RidgeModel {
    const { inputSize, outputSize, count } = this;
    const mean = this.#sumX.map((sum) => sum / count);
    const covariance = new Float64Array(inputSize * inputSize);
    const deviation = new Float64Array(inputSize);
    for (let i = 0; i < inputSize; i++) {
      const variance = this.#xx[i * inputSize + i] / count - mean[i] * mean[i];
      deviation[i] = Math.sqrt(Math.max(variance, 1e-9));
    }
    for (let i = 0; i < inputSize; i++) {
      for (let j = 0; j <= i; j++) {
        const raw = this.#xx[i * inputSize + j] / count - mean[i] * mean[j];
        covariance[i * inputSize + j] = raw / (deviation[i] * deviation[j]) + (i === j ? penalty : 0);
      }
    }
    choleskyInPlace(covariance, inputSize);
    const weights = new Float64Array(outputSize * inputSize);
    const bias = new Float64Array(outputSize);
    const column = new Float64Array(inputSize);
    for (let o = 0; o < outputSize; o++) {
      const meanY = this.#sumY[o] / count;
      for (let i = 0; i < inputSize; i++) {
        column[i] = (this.#xy[i * outputSize + o] / count - mean[i] * meanY) / deviation[i];
      }
      choleskySolve(covariance, inputSize, column);
      let offset = meanY;
      for (let i = 0; i < inputSize; i++) {
        const weight = column[i] / deviation[i];
        weights[o * inputSize + i] = weight;
        offset -= weight * mean[i];
      }
      bias[o] = offset;
    }
    return { inputSize, outputSize, weights, bias };
  }
}

function addTo(sum: Float64Array, addend: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += addend[i];
}

/** Replaces the lower triangle of a positive definite matrix by its Cholesky factor. */
export function choleskyInPlace(matrix: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k] * matrix[j * size + k];
      matrix[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j * size + j];
    }
  }
}

/** Solves L·Lᵀ·x = b in place. */
export function choleskySolve(factor: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * size + k] * b[k];
    b[i] = sum / factor[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < size; k++) sum -= factor[k * size + i] * b[k];
    b[i] = sum / factor[i * size + i];
  }
}

/** Applies a model to one row of inputs. */
export function applyRidge(model: RidgeModel, x: Float32Array, out: Float32Array): void {
  const { inputSize, outputSize, weights, bias } = model;
  for (let o = 0; o < outputSize; o++) {
    let sum = bias[o];
    const row = o * inputSize;
    for (let i = 0; i < inputSize; i++) sum += weights[row + i] * x[i];
    out[o] = sum;
  }
}
