/** The middle one of `width` (odd) values. */
export function medianOfWindow(width: number, valueAt: (index: number) => number): number {
  return Float64Array.from({ length: width }, (_, i) => valueAt(i)).sort()[(width - 1) / 2];
}

/**
 * Running median with zeros beyond both ends, as `scipy.signal.medfilt`, which SyncNet smooths its confidences with. So
 * values near the ends are pulled towards zero.
 * @param width odd
 */
export function medianFilter(values: Float32Array, width: number): Float32Array {
  const reach = (width - 1) / 2;
  const at = (index: number): number => (index >= 0 && index < values.length ? values[index] : 0);
  return values.map((_, i) => medianOfWindow(width, (k) => at(i + k - reach)));
}
