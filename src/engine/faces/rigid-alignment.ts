/** A 3-D similarity: `y = scale · R · x + translation`. */
export interface Similarity3 {
  readonly scale: number;
  /** R, row-major, 9 numbers; a proper rotation. */
  readonly rotation: Float64Array;
  readonly translation: Float64Array;
}

interface Centroids {
  readonly from: Float64Array;
  readonly to: Float64Array;
}

function centroidsOf(from: Float32Array, to: Float32Array, pointIndices: readonly number[]): Centroids {
  const meanFrom = new Float64Array(3);
  const meanTo = new Float64Array(3);
  for (const point of pointIndices) {
    for (let axis = 0; axis < 3; axis += 1) {
      meanFrom[axis] += from[point * 3 + axis] / pointIndices.length;
      meanTo[axis] += to[point * 3 + axis] / pointIndices.length;
    }
  }
  return { from: meanFrom, to: meanTo };
}

/**
 * Eigenvector of the largest eigenvalue of a symmetric 4×4 matrix by cyclic Jacobi rotations (Golub and Van Loan,
 * Matrix Computations, 8.5); `matrix` is destroyed.
 */
function principalAxis4(matrix: Float64Array): Float64Array {
  const vectors = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  for (let sweep = 0; sweep < 24; sweep += 1) {
    let offDiagonal = 0;
    for (let p = 0; p < 3; p += 1) for (let q = p + 1; q < 4; q += 1) offDiagonal += matrix[p * 4 + q] ** 2;
    if (offDiagonal === 0) break;
    for (let p = 0; p < 3; p += 1) for (let q = p + 1; q < 4; q += 1) rotatePair(matrix, vectors, p, q);
  }
  let best = 0;
  for (let i = 1; i < 4; i += 1) if (matrix[i * 5] > matrix[best * 5]) best = i;
  return Float64Array.of(vectors[best], vectors[4 + best], vectors[8 + best], vectors[12 + best]);
}

/** One Jacobi rotation that zeroes element (p, q). */
function rotatePair(matrix: Float64Array, vectors: Float64Array, p: number, q: number): void {
  const apq = matrix[p * 4 + q];
  if (Math.abs(apq) < 1e-300) return;
  const theta = (matrix[q * 5] - matrix[p * 5]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < 4; k += 1) {
    const akp = matrix[k * 4 + p];
    const akq = matrix[k * 4 + q];
    matrix[k * 4 + p] = c * akp - s * akq;
    matrix[k * 4 + q] = s * akp + c * akq;
  }
  for (let k = 0; k < 4; k += 1) {
    const apk = matrix[p * 4 + k];
    const aqk = matrix[q * 4 + k];
    matrix[p * 4 + k] = c * apk - s * aqk;
    matrix[q * 4 + k] = s * apk + c * aqk;
    const vkp = vectors[k * 4 + p];
    const vkq = vectors[k * 4 + q];
    vectors[k * 4 + p] = c * vkp - s * vkq;
    vectors[k * 4 + q] = s * vkp + c * vkq;
  }
}

function rotationOfQuaternion([w, x, y, z]: Float64Array): Float64Array {
  return Float64Array.of(
    w * w + x * x - y * y - z * z,
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    w * w - x * x + y * y - z * z,
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    w * w - x * x - y * y + z * z,
  );
}

/** Horn's symmetric 4×4 matrix of the 3×3 cross-covariance S (`s[row * 3 + column]`, row: from, column: to). */
function hornMatrix(s: Float64Array): Float64Array {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  // prettier-ignore
  return Float64Array.of(
    xx + yy + zz, yz - zy, zx - xz, xy - yx,
    yz - zy, xx - yy - zz, xy + yx, zx + xz,
    zx - xz, xy + yx, -xx + yy - zz, yz + zy,
    xy - yx, zx + xz, yz + zy, -xx - yy + zz,
  );
}

/**
 * The similarity that lays `from` over `to` with the least squared distance over the points named
 * (Horn 1987, "Closed-form solution of absolute orientation using unit quaternions"; scale after Umeyama 1991).
 * Both are x, y, z triples. Never mirrors. Points that all coincide give scale 0 and no rotation.
 */
export function fitSimilarity(
  from: Float32Array,
  to: Float32Array,
  pointIndices: readonly number[],
): Similarity3 {
  const mean = centroidsOf(from, to, pointIndices);
  const covariance = new Float64Array(9);
  let spread = 0;
  for (const point of pointIndices) {
    for (let row = 0; row < 3; row += 1) {
      const a = from[point * 3 + row] - mean.from[row];
      spread += a * a;
      for (let column = 0; column < 3; column += 1)
        covariance[row * 3 + column] += a * (to[point * 3 + column] - mean.to[column]);
    }
  }
  const rotation = rotationOfQuaternion(principalAxis4(hornMatrix(covariance)));
  let overlap = 0;
  for (let row = 0; row < 3; row += 1)
    for (let column = 0; column < 3; column += 1)
      overlap += rotation[column * 3 + row] * covariance[row * 3 + column];
  const scale = spread > 0 ? overlap / spread : 0;
  const translation = new Float64Array(3);
  for (let row = 0; row < 3; row += 1) {
    const r = row * 3;
    const turned =
      rotation[r] * mean.from[0] + rotation[r + 1] * mean.from[1] + rotation[r + 2] * mean.from[2];
    translation[row] = mean.to[row] - scale * turned;
  }
  return { scale, rotation, translation };
}

/** Moves every x, y, z triple of `mesh` into `out` (which may be `mesh` itself) and returns `out`. */
export function applySimilarity(
  similarity: Similarity3,
  mesh: Float32Array,
  out: Float32Array = new Float32Array(mesh.length),
): Float32Array {
  const { scale, rotation: r, translation: t } = similarity;
  for (let i = 0; i + 2 < mesh.length; i += 3) {
    const x = mesh[i] * scale;
    const y = mesh[i + 1] * scale;
    const z = mesh[i + 2] * scale;
    out[i] = r[0] * x + r[1] * y + r[2] * z + t[0];
    out[i + 1] = r[3] * x + r[4] * y + r[5] * z + t[1];
    out[i + 2] = r[6] * x + r[7] * y + r[8] * z + t[2];
  }
  return out;
}

/** The similarity that undoes another. @throws RangeError when its scale is zero. */
export function invertSimilarity(similarity: Similarity3): Similarity3 {
  if (similarity.scale === 0) throw new RangeError('a similarity of scale 0 has no inverse');
  const { rotation: r, translation: t } = similarity;
  const scale = 1 / similarity.scale;
  const rotation = Float64Array.of(r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]);
  const translation = new Float64Array(3);
  for (let row = 0; row < 3; row += 1) {
    const q = row * 3;
    translation[row] = -scale * (rotation[q] * t[0] + rotation[q + 1] * t[1] + rotation[q + 2] * t[2]);
  }
  return { scale, rotation, translation };
}
