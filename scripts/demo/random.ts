/** A stream of numbers in [0, 1) that depends on nothing but its seed (Mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Integer lattice hash to [0, 1). */
export function hash3(x: number, y: number, z: number): number {
  let h = (Math.imul(x | 0, 374761393) + Math.imul(y | 0, 668265263) + Math.imul(z | 0, 2147483647)) | 0;
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h = Math.imul(h ^ (h >>> 16), 1911520717);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}

/** Smooth noise in [0, 1] with features one unit wide. */
export function noise3(x: number, y: number, z: number): number {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const zi = Math.floor(z);
  const fx = x - xi;
  const fy = y - yi;
  const fz = z - zi;
  const u = fx * fx * (3 - 2 * fx);
  const v = fy * fy * (3 - 2 * fy);
  const w = fz * fz * (3 - 2 * fz);
  const near = noiseRow(xi, yi, zi, u);
  const nearUp = noiseRow(xi, yi + 1, zi, u);
  const far = noiseRow(xi, yi, zi + 1, u);
  const farUp = noiseRow(xi, yi + 1, zi + 1, u);
  const front = near + (nearUp - near) * v;
  return front + (far + (farUp - far) * v - front) * w;
}

function noiseRow(xi: number, yi: number, zi: number, u: number): number {
  const a = hash3(xi, yi, zi);
  return a + (hash3(xi + 1, yi, zi) - a) * u;
}

/** Sum of `octaves` noises, each half as strong and twice as fine as the last; in [0, 1]. */
export function fractalNoise(x: number, y: number, z: number, octaves: number): number {
  let sum = 0;
  let gain = 0.5;
  let scale = 1;
  for (let i = 0; i < octaves; i++) {
    sum += gain * noise3(x * scale, y * scale, z * scale + 17 * i);
    gain *= 0.5;
    scale *= 2.03;
  }
  return sum / (1 - gain * 2);
}

/** 0 below `from`, 1 above `to`, smooth between; `from` may be the larger one. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** `a` at 0, `b` at 1. */
export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** Bell of height 1 around 0 that has fallen to 1/e at `width`. */
export function bell(distance: number, width: number): number {
  const q = distance / width;
  return Math.exp(-q * q);
}
