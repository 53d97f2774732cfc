/** Solves the 3×3 system A·x = b by Cramer's rule; A is symmetric and given by rows. */
function solve3(a: readonly number[], b: readonly number[]): [number, number, number] {
  const determinant = (m: readonly number[]): number =>
    m[0] * (m[4] * m[8] - m[5] * m[7]) -
    m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6]);
  const whole = determinant(a);
  const withColumn = (column: number): number =>
    determinant(a.map((value, i) => (i % 3 === column ? b[Math.floor(i / 3)] : value))) / whole;
  return [withColumn(0), withColumn(1), withColumn(2)];
}

/**
 * Weights of a Savitzky–Golay filter of order 2 (Savitzky and Golay 1964): the value at `position` of the parabola
 * that fits `length` equally spaced samples best. `position` counts samples from the first; (length − 1) / 2 is the
 * usual centred filter, others serve the ends. `length` is at least 3.
 */
export function savitzkyGolayWeights(length: number, position: number): Float64Array {
  const middle = (length - 1) / 2;
  const offsets = Array.from({ length }, (_, i) => i - middle);
  const moment = (power: number): number => offsets.reduce((sum, x) => sum + x ** power, 0);
  const [m0, m1, m2, m3, m4] = [0, 1, 2, 3, 4].map(moment);
  const at = position - middle;
  const [c0, c1, c2] = solve3([m0, m1, m2, m1, m2, m3, m2, m3, m4], [1, at, at * at]);
  return Float64Array.from(offsets, (x) => c0 + c1 * x + c2 * x * x);
}

/** Start and end (exclusive) of every stretch without nulls. */
function unbrokenRuns(meshes: readonly (Float32Array | null)[]): [number, number][] {
  const runs: [number, number][] = [];
  let start = -1;
  for (let i = 0; i <= meshes.length; i += 1) {
    const present = i < meshes.length && meshes[i] !== null;
    if (present && start < 0) start = i;
    if (!present && start >= 0) {
      runs.push([start, i]);
      start = -1;
    }
  }
  return runs;
}

/**
 * Takes the jitter out of one track's meshes without delaying or flattening the lips: Savitzky–Golay, order 2, over
 * `windowFrames` (5 up to 40 frames per second, 9 above). A null is a frame without an observation; nothing is
 * smoothed across it, and stretches shorter than the window come back unchanged. Pass one track at a time, so that
 * nothing is smoothed across a cut either. Returns new arrays of the same length; the input is left as it is.
 */
export function smoothMeshes(
  meshes: readonly (Float32Array | null)[],
  windowFrames = 5,
): (Float32Array | null)[] {
  if (!Number.isInteger(windowFrames) || windowFrames < 3 || windowFrames % 2 === 0)
    throw new RangeError(`a smoothing window is an odd number of frames from 3, not ${windowFrames}`);
  const weightsAt = Array.from({ length: windowFrames }, (_, i) => savitzkyGolayWeights(windowFrames, i));
  const smoothed = meshes.map((mesh) => (mesh === null ? null : mesh.slice()));
  const half = (windowFrames - 1) / 2;
  for (const [start, end] of unbrokenRuns(meshes)) {
    if (end - start < windowFrames) continue;
    for (let frame = start; frame < end; frame += 1) {
      const first = Math.min(Math.max(frame - half, start), end - windowFrames);
      const weights = weightsAt[frame - first];
      const out = smoothed[frame];
      if (out === null) continue;
      out.fill(0);
      for (let k = 0; k < windowFrames; k += 1) {
        const mesh = meshes[first + k];
        if (mesh === null) continue;
        for (let i = 0; i < out.length; i += 1) out[i] += weights[k] * mesh[i];
      }
    }
  }
  return smoothed;
}
