import type { HeadMesh } from './head-mesh.ts';
import type { SpeakerLook } from './look.ts';
import { fractalNoise, mix, noise3, smoothstep } from './random.ts';
import { anatomy } from './sculpt.ts';

/** The hairline's height by azimuth: 0 is the forehead's middle, π the nape. Piecewise between these knots. */
const knots: readonly (readonly [azimuth: number, heightCm: number])[] = [
  [0, 6.5],
  [0.3, 6.75],
  [0.55, 6.3],
  [0.72, 4.7],
  [0.86, 3.3],
  [1.0, 1.6],
  [1.12, -0.9],
  [1.3, -1.2],
  [1.42, 1.2],
  [1.75, 1.8],
  [2.0, -3.5],
  [Math.PI, -6.5],
];

/** Signed distance in cm to the hairline: positive under the hair. */
export function hairDistance(position: readonly number[], look: SpeakerLook): number {
  const [x, y, z] = position as [number, number, number];
  const azimuth = Math.atan2(Math.abs(x), z + 1.5);
  let line = -6.5;
  for (let k = 0; k + 1 < knots.length; k++) {
    const [from, a] = knots[k] as [number, number];
    const [to, b] = knots[k + 1] as [number, number];
    if (azimuth >= from && azimuth <= to) line = mix(a, b, smoothstep(from, to, azimuth));
  }
  const front = smoothstep(1, 0.4, azimuth);
  const uneven = (noise3(x * 1.1, y * 1.1, look.seed) - 0.5) * 0.5;
  const tied = look.hair.style === 'tied' && azimuth > 1.0 && azimuth < 1.42 ? 1.2 : 0;
  return y - line - look.hair.hairlineCm * front + uneven - tied;
}

/** Tone of the hair's strands in [0, 1] at a point of the head; strands run along the comb's way. */
export function strandTone(position: readonly number[], look: SpeakerLook): number {
  const [x, y, z] = position as [number, number, number];
  const dz = z - anatomy.core.z;
  if (look.hair.style === 'shaved') return noise3(x * 22, y * 22, z * 22);
  // Combed from the parting (left of the middle) over the top and back at the sides.
  const part = look.hair.style === 'short' ? 2.6 : 0;
  const around = Math.atan2(x + part * smoothstep(3, 8, y), Math.max(0.5, y + 6));
  const sideways = smoothstep(7.2, 4.5, y);
  const across = mix(around * 9 + dz * 0.35, y * 1.2 + dz * 0.25, sideways);
  const along = mix(dz * 0.18 + x * 0.12, dz * 0.3 - y * 0.12, sideways);
  const coarse = noise3(across * 1.3, along * 0.7, look.seed + 3);
  const fine = fractalNoise(across * 6, along * 1.4, look.seed + 9, 3);
  return coarse * 0.45 + fine * 0.55;
}

/** Pushes the scalp outwards by the thickness of the hair. Changes `mesh.rest`. */
export function growHair(mesh: HeadMesh, look: SpeakerLook): void {
  if (look.hair.style === 'shaved') return;
  const first = mesh.slitRing * mesh.pointsPerRing;
  for (let vertex = first; vertex < mesh.angle.length; vertex++) {
    const position = mesh.rest.subarray(vertex * 3, vertex * 3 + 3);
    const p = [...position];
    const distance = hairDistance(p, look);
    if (distance <= 0) continue;
    const [x, y, z] = p as [number, number, number];
    const top = smoothstep(4, 9.5, y) * smoothstep(-9, 5, z);
    const quiff = look.hair.style === 'short' ? 1.5 + 0.35 * Math.sin(x * 0.45 + 0.9) : 0.7;
    const full = mix(0.45, quiff, top);
    const rise = smoothstep(0, 1.3 + top, distance + 0.1);
    const locks = look.hair.style === 'short' ? (strandTone(p, look) - 0.5) * 0.5 : 0.02;
    const thick = rise * (full + locks * rise * (0.4 + top));
    const length = Math.hypot(x, y + 1, z + 1.5);
    position[0] = x + (x / length) * thick;
    position[1] = y + ((y + 1) / length) * thick;
    position[2] = z + ((z + 1.5) / length) * thick;
  }
}
