/**
 * Thin-plate spline (Bookstein 1989) from 2-D points to 2-D displacements: the smoothest field through the given
 * displacements. `stiffness` > 0 lets it miss them a little, which keeps landmark noise out of the picture.
 */
export class ThinPlate {
  readonly #count: number;
  readonly #points: Float64Array;
  /** Per control point and then 3 affine terms: [wx, wy] pairs. */
  readonly #weights: Float64Array;

  /**
   * @param points x, y pairs; at least three, not all on one line.
   * @param values displacement x, y pairs, one per point.
   */
  constructor(points: Float64Array, values: Float64Array, stiffness = 0) {
    const count = points.length / 2;
    const size = count + 3;
    const matrix = new Float64Array(size * (size + 2));
    const width = size + 2;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const u = kernel(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]);
        matrix[i * width + j] = u;
        matrix[j * width + i] = u;
      }
      matrix[i * width + i] = stiffness;
      const affine = [1, points[2 * i], points[2 * i + 1]];
      for (let a = 0; a < 3; a++) {
        matrix[i * width + count + a] = affine[a];
        matrix[(count + a) * width + i] = affine[a];
      }
      matrix[i * width + size] = values[2 * i];
      matrix[i * width + size + 1] = values[2 * i + 1];
    }
    solveInPlace(matrix, size, 2);
    this.#count = count;
    this.#points = points;
    this.#weights = new Float64Array(size * 2);
    for (let i = 0; i < size; i++) {
      this.#weights[2 * i] = matrix[i * width + size];
      this.#weights[2 * i + 1] = matrix[i * width + size + 1];
    }
  }

  /** Writes the displacement at (x, y) to out[at], out[at + 1]. */
  evaluate(x: number, y: number, out: Float64Array, at: number): void {
    const points = this.#points;
    const weights = this.#weights;
    const affine = 2 * this.#count;
    let dx = weights[affine] + weights[affine + 2] * x + weights[affine + 4] * y;
    let dy = weights[affine + 1] + weights[affine + 3] * x + weights[affine + 5] * y;
    for (let i = 0; i < affine; i += 2) {
      const ex = x - points[i];
      const ey = y - points[i + 1];
      const r2 = ex * ex + ey * ey;
      if (r2 < 1e-9) continue;
      const u = r2 * Math.log(r2);
      dx += weights[i] * u;
      dy += weights[i + 1] * u;
    }
    out[at] = dx;
    out[at + 1] = dy;
  }
}

/** r² log r² (twice the textbook's r² log r; the factor goes into the weights). */
function kernel(dx: number, dy: number): number {
  const r2 = dx * dx + dy * dy;
  return r2 < 1e-9 ? 0 : r2 * Math.log(r2);
}

/** Gaussian elimination with partial pivoting on [size × (size + rightSides)]; leaves the solution on the right. */
function solveInPlace(matrix: Float64Array, size: number, rightSides: number): void {
  const width = size + rightSides;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(matrix[row * width + column]) > Math.abs(matrix[pivot * width + column])) pivot = row;
    }
    if (pivot !== column) {
      for (let k = column; k < width; k++) {
        const held = matrix[column * width + k];
        matrix[column * width + k] = matrix[pivot * width + k];
        matrix[pivot * width + k] = held;
      }
    }
    const diagonal = matrix[column * width + column] || 1e-12;
    for (let row = column + 1; row < size; row++) {
      const factor = matrix[row * width + column] / diagonal;
      if (factor === 0) continue;
      for (let k = column; k < width; k++) matrix[row * width + k] -= factor * matrix[column * width + k];
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    const diagonal = matrix[row * width + row] || 1e-12;
    for (let side = 0; side < rightSides; side++) {
      let sum = matrix[row * width + size + side];
      for (let k = row + 1; k < size; k++) sum -= matrix[row * width + k] * matrix[k * width + size + side];
      matrix[row * width + size + side] = sum / diagonal;
    }
  }
}
