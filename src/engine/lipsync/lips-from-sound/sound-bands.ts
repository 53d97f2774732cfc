/** Neighbouring mel bands are averaged to this many: speech's envelope, not its pitch. */
const bands = 20;
/** Moments of 20 ms around each, over 40 ms every one: ±80 ms. */
const offsets: readonly number[] = [-4, -2, 0, 2, 4];

/** How many moments must be known before and after those asked for. */
export const bandReach = 5;
/** Numbers per moment. */
export const bandCount: number = bands * offsets.length;

/**
 * The sound itself around each moment, coarse in time and pitch: what a network trained on others passes over may tell
 * something of this speaker.
 * @param mel normalised, [80 × 2 · heard], as the network takes it.
 * @param from first moment wanted, at least `bandReach` from both ends.
 * @returns count × `bandCount`.
 */
export function soundBands(mel: Float32Array, heard: number, from: number, count: number): Float32Array {
  const frames = 2 * heard;
  const group = mel.length / frames / bands;
  const pooled = new Float32Array(heard * bands);
  for (let moment = from - bandReach + 1; moment < from + count + bandReach - 1; moment++) {
    for (let band = 0; band < bands; band++) {
      let sum = 0;
      for (let k = 0; k < group; k++) {
        const row = (band * group + k) * frames + 2 * moment;
        sum += mel[row - 1] + mel[row] + mel[row + 1] + mel[row + 2];
      }
      pooled[moment * bands + band] = sum / (4 * group);
    }
  }
  const out = new Float32Array(count * bandCount);
  for (let i = 0; i < count; i++) {
    offsets.forEach((offset, k) => {
      const at = (from + i + offset) * bands;
      out.set(pooled.subarray(at, at + bands), i * bandCount + k * bands);
    });
  }
  return out;
}
