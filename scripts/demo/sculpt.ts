import type { FaceShape } from './look.ts';
import { bell } from './random.ts';

/**
 * Where things are on the head, in centimetres: origin between the ears at eye height, x to the picture's right,
 * y up, z to the camera. Average adult proportions (pupils 6.3 cm apart, mouth 5 cm wide).
 */
export const anatomy = {
  eye: { x: 3.15, y: -0.1, z: 6.5, radius: 1.3 },
  mouth: { y: -7.15 },
  /** Origin of the rays that the head's surface is sampled along; the head is star-shaped around it. */
  core: { y: -2.5, z: -0.5 },
  /** Axis of the jaw: both temporomandibular joints. */
  jawAxis: { y: -2.2, z: 0.2 },
  /** Pivot of the whole head on the neck. */
  neckPivot: { y: -9, z: -2.5 },
} as const;

/** Distance to a solid's surface in cm (negative inside); exact enough to march along rays. */
export type Solid = (x: number, y: number, z: number) => number;

function ellipsoid(x: number, y: number, z: number, radii: readonly [number, number, number]): number {
  const [a, b, c] = radii;
  const [px, py, pz] = [x / a, y / b, z / c];
  const k0 = Math.sqrt(px * px + py * py + pz * pz);
  if (k0 < 1e-6) return -Math.min(a, b, c);
  const [qx, qy, qz] = [px / a, py / b, pz / c];
  return (k0 * (k0 - 1)) / Math.sqrt(qx * qx + qy * qy + qz * qz);
}

/** Union with a fillet `k` wide (Quilez, "Smooth minimum"). */
function join(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - h * h * k * 0.25;
}

function carve(a: number, b: number, k: number): number {
  return -join(-a, b, k);
}

/** Capsule in the plane x = 0 (by |x|) from (ya, za) to (yb, zb), its radius running from `ra` to `rb`. */
function ridge(p: readonly [number, number, number], a: readonly number[], b: readonly number[]): number {
  const [ya, za, ra] = a as [number, number, number];
  const [yb, zb, rb] = b as [number, number, number];
  const dy = yb - ya;
  const dz = zb - za;
  const t = Math.min(1, Math.max(0, ((p[1] - ya) * dy + (p[2] - za) * dz) / (dy * dy + dz * dz)));
  return Math.hypot(p[0], p[1] - ya - dy * t, p[2] - za - dz * t) - ra - (rb - ra) * t;
}

function cranium(x: number, y: number, z: number, s: FaceShape): number {
  let d = ellipsoid(x, y - 3.2, z + 1.3, [7.4, 8.6, 9.4]);
  d = join(d, ellipsoid(x, y + 1.6, z - 1.7, [6.0, 8.0, 6.3]), 1.8);
  d = join(d, ellipsoid(x, y - 4.2, z - 2.2, [6, 4.6, 6.1]), 1.5);
  d = join(d, ellipsoid(x, y + 6.6, z - 2.7, [4.2 * s.jawWidth, 4.4, 5.1]), 2.4);
  d = join(d, ellipsoid(x - 3.1 * s.jawWidth, y + 6.0, z - 1.2, [1.9, 2.9, 2.8]), 3);
  d = join(d, ellipsoid(x, y + 9.9, z - 6.3, [2.1, 1.4, 1.75 * s.chin]), 2.2);
  return join(d, ellipsoid(x, y + 7, z - 6.1, [2.9, 2.7, 2.6]), 1.6);
}

function nose(x: number, y: number, z: number, s: FaceShape): number {
  const tip = 9.62 + (s.noseDepth - 1) * 4;
  const base = -4.2 - (s.noseLength - 1) * 4;
  let d = ridge([x * 0.86, y, z], [1.1, 7.3, 0.5], [base + 0.3, tip - 0.4, 0.68]);
  d = join(d, ellipsoid(x, y - base, z - tip + 0.02, [0.86 * s.noseWidth, 0.74, 0.76]), 0.5);
  d = join(d, ellipsoid(x - 1.12 * s.noseWidth, y - base + 0.3, z - tip + 1.05, [0.62, 0.66, 0.95]), 0.5);
  d = join(d, ellipsoid(x, y - base + 0.5, z - tip + 0.75, [0.42, 0.5, 0.95]), 0.3);
  return carve(d, ellipsoid(x - 0.6 * s.noseWidth, y - base + 0.86, z - tip + 0.7, [0.34, 0.36, 0.46]), 0.16);
}

/** The neutral head without lips, hair and ears, mirror-symmetric in x. */
export function headSolid(shape: FaceShape): Solid {
  const { eye } = anatomy;
  return (signedX, yIn, z) => {
    const x = Math.abs(signedX);
    const y = yIn < 0 ? yIn / shape.faceLength : yIn;
    let d = cranium(x, y, z, shape);
    d = join(d, ellipsoid(x - 3.75, y + 2.7, z - 5.2, [1.9, 1.5, 1.75 * shape.cheekbones]), 2.4);
    d = join(d, ellipsoid(x - 2.5, y - 1.95, z - 6.7, [2.6, 0.85, 1.25 * shape.browRidge]), 1.4);
    d = carve(d, ellipsoid(x - 3.0, y + 0.1, z - 9.6, [1.75, 1.15, 1.95]), 1.3);
    d = join(d, ellipsoid(x - eye.x, y - eye.y, z - eye.z, [1.5, 1.36, 1.36]), 0.45);
    d = join(d, nose(x, y, z, shape), 1.25);
    const philtrum = bell(x, 0.28) * bell(y + 5.9, 0.5) * bell(z - 9, 1.2) * 0.1;
    const fold = bell(x - 2.35 - (-4.6 - y) * 0.22, 0.28) * bell(y + 5.6, 1.5) * bell(z - 7.8, 1.8) * 0.07;
    const underLip = bell(x, 1.5) * bell(y + 8.85, 0.45) * bell(z - 8.6, 1.2) * 0.16;
    return d + philtrum + fold + underLip;
  };
}
