/** Pearson's r of column `k` of two row-major tables of `width` columns; 0 where one of them does not vary. */
export function correlation(a: Float32Array, b: Float32Array, k = 0, width = 1): number {
  const count = Math.floor(a.length / width);
  let sumA = 0;
  let sumB = 0;
  for (let i = k; i < count * width; i += width) {
    sumA += a[i];
    sumB += b[i];
  }
  const meanA = sumA / count;
  const meanB = sumB / count;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = k; i < count * width; i += width) {
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
    ab += (a[i] - meanA) * (b[i] - meanB);
  }
  return ab / Math.sqrt(aa * bb + 1e-20);
}
