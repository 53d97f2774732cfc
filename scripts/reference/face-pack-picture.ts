/**
 * A picture given by a formula alone, so that two programs can make the same one: waves of several lengths plus a
 * bright disc, different in each colour and lopsided, which gives away a flipped axis, a shifted padding or swapped
 * colours at once. Values 0 to 1, one number per pixel and colour.
 */
export function formulaPicture(size: number, layout: 'nchw' | 'nhwc'): Float32Array {
  const data = new Float32Array(size * size * 3);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const u = x / size;
        const v = y / size;
        const waves = Math.sin(9 * u + 2 * c) * Math.cos(7 * v - c) + 0.5 * Math.sin(41 * u * v + 3 * c);
        const disc = Math.hypot(u - 0.45, v - 0.55) < 0.3 ? 0.6 : 0;
        const value = Math.min(1, Math.max(0, 0.35 + 0.22 * waves + disc * (1 - 0.2 * c)));
        data[layout === 'nchw' ? (c * size + y) * size + x : (y * size + x) * 3 + c] = value;
      }
  return data;
}
