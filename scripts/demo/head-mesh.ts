import type { FaceShape } from './look.ts';
import { bell, mix, smoothstep } from './random.ts';
import { anatomy, headSolid } from './sculpt.ts';
import type { Solid } from './sculpt.ts';

/**
 * The head as one sheet of rings around the mouth. Rings are confocal ellipses whose innermost one is the closed
 * slit between the lips, so that upper and lower lip are separate from the start and open like a real mouth;
 * outwards they become circles that run over face and skull. Rings before `slitRing` line the inside of the mouth.
 */
export interface HeadMesh {
  readonly ringCount: number;
  /** Vertices per ring; vertex = ring × pointsPerRing + point. Point 0 lies in the right corner of the picture. */
  readonly pointsPerRing: number;
  readonly slitRing: number;
  /** Resting positions, x y z per vertex, cm. */
  readonly rest: Float32Array;
  /** Two texture coordinates per vertex, cm on the unrolled face, compressed far from the mouth. */
  readonly chart: Float32Array;
  /** Elliptic angle around the mouth, radians, and 0 (slit) … 1 (edge of the red) … beyond. */
  readonly angle: Float32Array;
  readonly lipPlace: Float32Array;
  /** Distance from the slit along the resting face, cm. */
  readonly mouthDistance: Float32Array;
  /** How open to the sky each vertex is, 0 to 1. */
  readonly openness: Float32Array;
  /** Three vertex indices per triangle. */
  readonly triangles: Uint32Array;
  readonly mouthHalfWidth: number;
}

const pointsPerRing = 224;
/** The throat first; its ring is drawn together to a point, so that the sheet has no hole. */
const cavity: readonly (readonly [depth: number, spread: number])[] = [
  [6.8, 0],
  [6.5, 1.3],
  [4.5, 1.4],
  [3, 1.3],
  [2, 1.1],
  [1.3, 0.75],
  [0.85, 0.42],
  [0.55, 0.2],
  [0.34, 0.07],
  [0.19, 0.01],
  [0.08, -0.005],
];

function ringSpacing(halfWidth: number): number[] {
  const rings: number[] = [];
  for (let mu = 0; mu < 0.46; mu += 0.021) rings.push(mu);
  let radius = halfWidth * Math.cosh(rings[rings.length - 1]);
  while (radius < 32.5) {
    radius += radius < 8.8 ? 0.085 : 0.085 + (radius - 8.8) * 0.045;
    rings.push(Math.acosh(Math.min(radius, 32.5) / halfWidth));
  }
  return rings;
}

/** Chart radius of a distance from the mouth; fine near the mouth, coarse behind the ears. */
export function chartRadius(distance: number): number {
  return distance / (1 + distance / 30);
}
/** Half the side of the square that holds the whole chart, cm. */
export const chartHalfSide = 15.7;

function surfaceAlong(solid: Solid, direction: readonly [number, number, number]): number {
  const { core } = anatomy;
  const at = (t: number): number =>
    solid(direction[0] * t, core.y + direction[1] * t, core.z + direction[2] * t);
  let outside = 18;
  for (let i = 0; i < 60; i++) {
    const distance = at(outside);
    if (distance < 0.004) break;
    outside -= Math.max(0.004, distance * 0.75);
  }
  return outside;
}

/** Unrolls the face: chart plane coordinates (cm from the mouth) to the direction of a ray from the head's core. */
function rayDirection(px: number, py: number): [number, number, number] {
  const fall = anatomy.mouth.y - anatomy.core.y;
  const reach = Math.hypot(fall, 9.5);
  const [wy, wz] = [fall / reach, 9.5 / reach];
  const radius = Math.hypot(px, py);
  const bend = radius / reach;
  const side = radius < 1e-6 ? 0 : Math.sin(bend) / radius;
  const ahead = Math.cos(bend);
  return [px * side, wy * ahead + wz * py * side, wz * ahead - wy * py * side];
}

/** Edge of the red of the lips as an elliptic radius; the upper one has its bow. */
function lipBorder(angle: number, shape: FaceShape, halfWidth: number): number {
  const along = Math.cos(angle);
  const upper = Math.sin(angle) >= 0;
  const height = (upper ? 0.62 : 0.82) * shape.lipFullness;
  const bow = upper ? 1 + 0.16 * bell(Math.abs(along) - 0.2, 0.13) - 0.12 * bell(along, 0.09) : 1;
  return Math.asinh((height * bow) / halfWidth);
}

/** How far the lips stand out from the face, cm. */
function lipRelief(place: number, angle: number, shape: FaceShape): number {
  const upper = Math.sin(angle) >= 0;
  const taper = Math.pow(Math.abs(Math.sin(angle)), 0.7);
  const full = (upper ? 0.3 : 0.4) * shape.lipFullness * taper;
  const middle = upper ? 0.6 : 0.5;
  const roll = bell(place - middle, 0.52) * full + bell(place - 1, 0.16) * 0.05 * taper;
  const tubercle = upper ? 0.07 * bell(Math.cos(angle), 0.16) * bell(place - 0.35, 0.35) : 0;
  return roll + tubercle - 0.3 * bell(place, 0.3) * (0.35 + 0.65 * taper);
}

function occlusion(solid: Solid, p: readonly number[], n: readonly number[]): number {
  let blocked = 0;
  let weight = 1;
  for (let step = 1; step <= 6; step++) {
    const reach = 0.28 * step * (1 + step * 0.22);
    const [x, y, z] = [0, 1, 2].map((k) => p[k] + n[k] * reach) as [number, number, number];
    blocked += (weight * Math.max(0, reach - solid(x, y, z))) / reach;
    weight *= 0.82;
  }
  return Math.max(0.12, 1 - blocked * 0.43);
}

function quadTriangles(ringCount: number): Uint32Array {
  const triangles = new Uint32Array((ringCount - 1) * pointsPerRing * 6);
  let out = 0;
  for (let ring = 0; ring + 1 < ringCount; ring++) {
    for (let point = 0; point < pointsPerRing; point++) {
      const next = (point + 1) % pointsPerRing;
      const [a, b] = [ring * pointsPerRing + point, ring * pointsPerRing + next];
      triangles.set([a, a + pointsPerRing, b + pointsPerRing, a, b + pointsPerRing, b], out);
      out += 6;
    }
  }
  return triangles;
}

/** Builds the resting head of a face shape; about a second of work. */
export function buildHeadMesh(shape: FaceShape): HeadMesh {
  const solid = headSolid(shape);
  const mouthHalfWidth = 2.42 * shape.mouthWidth;
  const spacing = ringSpacing(mouthHalfWidth);
  const slitRing = cavity.length;
  const ringCount = slitRing + spacing.length;
  const count = ringCount * pointsPerRing;
  const mesh: HeadMesh = {
    ringCount,
    pointsPerRing,
    slitRing,
    rest: new Float32Array(count * 3),
    chart: new Float32Array(count * 2),
    angle: new Float32Array(count),
    lipPlace: new Float32Array(count),
    mouthDistance: new Float32Array(count),
    openness: new Float32Array(count).fill(1),
    triangles: quadTriangles(ringCount),
    mouthHalfWidth,
  };
  spacing.forEach((mu, index) => {
    for (let point = 0; point < pointsPerRing; point++)
      placeOutside(mesh, solid, shape, { mu, index, point });
  });
  cavity.forEach(([depth, spread], ring) => {
    for (let point = 0; point < pointsPerRing; point++) placeInside(mesh, ring, point, [depth, spread]);
  });
  bakeOpenness(mesh, solid);
  return mesh;
}

function placeOutside(
  mesh: HeadMesh,
  solid: Solid,
  shape: FaceShape,
  where: { mu: number; index: number; point: number },
): void {
  const { mu } = where;
  const half = mesh.mouthHalfWidth;
  const angle = (where.point / pointsPerRing) * 2 * Math.PI;
  const px = half * Math.cosh(mu) * Math.cos(angle);
  const py = half * Math.sinh(mu) * Math.sin(angle);
  const direction = rayDirection(px, py);
  const reach = surfaceAlong(solid, direction);
  const vertex = (mesh.slitRing + where.index) * pointsPerRing + where.point;
  const place = mu / lipBorder(angle, shape, half);
  mesh.rest[vertex * 3] = direction[0] * reach;
  mesh.rest[vertex * 3 + 1] = anatomy.core.y + direction[1] * reach;
  mesh.rest[vertex * 3 + 2] = anatomy.core.z + direction[2] * reach + lipRelief(place, angle, shape);
  const radius = Math.hypot(px, py);
  const scale = chartRadius(radius) / Math.max(radius, 1e-6);
  mesh.chart[vertex * 2] = px * scale;
  mesh.chart[vertex * 2 + 1] = py * scale;
  mesh.angle[vertex] = angle;
  mesh.lipPlace[vertex] = place;
  const beyond = Math.max(0, Math.abs(px) - half);
  const fromMouth = Math.hypot(beyond, py);
  mesh.mouthDistance[vertex] = fromMouth;
  // Rays bend the slit upwards at its ends; a resting mouth is almost level.
  const along = Math.min(1.6, Math.abs(px) / half);
  mesh.rest[vertex * 3 + 1] = mesh.rest[vertex * 3 + 1] - 0.26 * along * along * bell(fromMouth, 1.8);
}

function placeInside(mesh: HeadMesh, ring: number, point: number, shift: readonly [number, number]): void {
  const edge = mesh.slitRing * pointsPerRing + point;
  const vertex = ring * pointsPerRing + point;
  const angle = mesh.angle[edge];
  const [depth, spread] = shift;
  const side = Math.sin(angle);
  mesh.rest[vertex * 3] = mesh.rest[edge * 3] * (ring === 0 ? 0 : mix(1, 0.9, Math.min(1, depth / 4)));
  mesh.rest[vertex * 3 + 1] = mesh.rest[edge * 3 + 1] + Math.sign(side) * Math.sqrt(Math.abs(side)) * spread;
  mesh.rest[vertex * 3 + 2] = mesh.rest[edge * 3 + 2] - depth;
  mesh.chart.set(mesh.chart.subarray(edge * 2, edge * 2 + 2), vertex * 2);
  mesh.angle[vertex] = angle;
  mesh.lipPlace[vertex] = -depth;
  mesh.openness[vertex] = smoothstep(1.1, 0, depth);
}

function bakeOpenness(mesh: HeadMesh, solid: Solid): void {
  const eps = 0.05;
  for (let vertex = mesh.slitRing * pointsPerRing; vertex < mesh.openness.length; vertex++) {
    const p = mesh.rest.subarray(vertex * 3, vertex * 3 + 3);
    const [x, y, z] = p as unknown as [number, number, number];
    const n = [
      solid(x + eps, y, z) - solid(x - eps, y, z),
      solid(x, y + eps, z) - solid(x, y - eps, z),
      solid(x, y, z + eps) - solid(x, y, z - eps),
    ];
    const length = Math.hypot(...n) || 1;
    mesh.openness[vertex] = occlusion(
      solid,
      p as unknown as number[],
      n.map((value) => value / length),
    );
  }
}
