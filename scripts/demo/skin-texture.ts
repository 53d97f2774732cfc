import { hairDistance, strandTone } from './hairline.ts';
import { chartHalfSide } from './head-mesh.ts';
import type { HeadMesh } from './head-mesh.ts';
import type { SpeakerLook } from './look.ts';
import { paintTexel } from './skin-paint.ts';
import type { Texel } from './skin-paint.ts';
import { createTarget, drawTriangles } from './raster.ts';

/**
 * The head's surface unrolled into a square picture of `size` texels a side. `colour` holds per texel: the square
 * roots of linear red, green and blue, and how much of it is hair (0–255). `relief` holds the bend of the normal in
 * head space (x, y, z, 128 is none, 64 is one radian) and shininess.
 */
export interface SkinTexture {
  readonly size: number;
  readonly colour: Uint8Array;
  readonly relief: Uint8Array;
}

/** Interpolated attributes of the mesh at each texel. */
interface Unrolled {
  readonly position: Float32Array;
  readonly lip: Float32Array;
  readonly covered: Int32Array;
}

function unroll(mesh: HeadMesh, size: number): Unrolled {
  const scale = size / (2 * chartHalfSide);
  const count = mesh.angle.length;
  const screen = new Float32Array(count * 3);
  for (let v = 0; v < count; v++) {
    screen[v * 3] = size / 2 + mesh.chart[v * 2] * scale;
    screen[v * 3 + 1] = size / 2 - mesh.chart[v * 2 + 1] * scale;
  }
  const target = createTarget(size, size);
  const triangles = mesh.triangles.subarray(mesh.slitRing * mesh.pointsPerRing * 6);
  drawTriangles(target, { screen, triangles }, { firstOwner: 0, bothSides: true });
  const position = new Float32Array(size * size * 3);
  const lip = new Float32Array(size * size * 2);
  for (let i = 0; i < target.owner.length; i++) {
    const t = target.owner[i] * 3;
    if (t < 0) continue;
    const [a, b, c] = [triangles[t], triangles[t + 1], triangles[t + 2]];
    const ax = screen[a * 3];
    const ay = screen[a * 3 + 1];
    const [ux, uy] = [screen[b * 3] - ax, screen[b * 3 + 1] - ay];
    const [vx, vy] = [screen[c * 3] - ax, screen[c * 3 + 1] - ay];
    const [px, py] = [(i % size) + 0.5 - ax, Math.floor(i / size) + 0.5 - ay];
    const area = ux * vy - uy * vx;
    const wb = (px * vy - py * vx) / area;
    const wc = (ux * py - uy * px) / area;
    const wa = 1 - wb - wc;
    for (let k = 0; k < 3; k++)
      position[i * 3 + k] = wa * mesh.rest[a * 3 + k] + wb * mesh.rest[b * 3 + k] + wc * mesh.rest[c * 3 + k];
    lip[i * 2] = wa * mesh.lipPlace[a] + wb * mesh.lipPlace[b] + wc * mesh.lipPlace[c];
    // The angle jumps by a full turn between the last and the first point of a ring; the sheet's own angle does not.
    lip[i * 2 + 1] = mesh.angle[a];
  }
  return { position, lip, covered: target.owner };
}

/** Paints skin, lips, brows, stubble and hair. A few seconds of work at 1,536 texels. */
export function paintSkin(mesh: HeadMesh, look: SpeakerLook, size: number): SkinTexture {
  const unrolled = unroll(mesh, size);
  const colour = new Uint8Array(size * size * 4);
  const height = new Float32Array(size * size);
  const shine = new Uint8Array(size * size);
  const texel: Texel = { colour: [0, 0, 0], heightCm: 0, shine: 0, hair: 0 };
  for (let i = 0; i < height.length; i++) {
    if (unrolled.covered[i] < 0) continue;
    const position = [
      unrolled.position[i * 3],
      unrolled.position[i * 3 + 1],
      unrolled.position[i * 3 + 2],
    ] as const;
    const beyondHairline = hairDistance(position, look);
    const strand = beyondHairline > -1.2 ? strandTone(position, look) : 0;
    const place = {
      position,
      lipPlace: unrolled.lip[i * 2],
      lipAngle: unrolled.lip[i * 2 + 1],
      beyondHairline,
      strand,
    };
    paintTexel(place, look, texel);
    for (let k = 0; k < 3; k++) colour[i * 4 + k] = Math.sqrt(Math.max(0, texel.colour[k as 0])) * 255;
    colour[i * 4 + 3] = texel.hair * 255;
    height[i] = texel.heightCm;
    shine[i] = texel.shine * 255;
  }
  return { size, colour, relief: bendNormals(unrolled, height, shine, size) };
}

/** Normal bends from the painted heights: −(∂h/∂u·T_u/|T_u|² + ∂h/∂v·T_v/|T_v|²), T the texel steps on the surface. */
function bendNormals(unrolled: Unrolled, height: Float32Array, shine: Uint8Array, size: number): Uint8Array {
  const relief = new Uint8Array(size * size * 4).fill(128);
  const p = unrolled.position;
  for (let y = 1; y + 1 < size; y++) {
    for (let x = 1; x + 1 < size; x++) {
      const i = y * size + x;
      relief[i * 4 + 3] = shine[i];
      const seen = unrolled.covered;
      if (Math.min(seen[i], seen[i - 1], seen[i + 1], seen[i - size], seen[i + size]) < 0) continue;
      const [east, west, south, north] = [(i + 1) * 3, (i - 1) * 3, (i + size) * 3, (i - size) * 3];
      const u = [p[east] - p[west], p[east + 1] - p[west + 1], p[east + 2] - p[west + 2]];
      const v = [p[south] - p[north], p[south + 1] - p[north + 1], p[south + 2] - p[north + 2]];
      const du = (height[i + 1] - height[i - 1]) / (u[0] * u[0] + u[1] * u[1] + u[2] * u[2] + 1e-6);
      const dv = (height[i + size] - height[i - size]) / (v[0] * v[0] + v[1] * v[1] + v[2] * v[2] + 1e-6);
      for (let k = 0; k < 3; k++) {
        const bend = -(du * u[k] + dv * v[k]);
        relief[i * 4 + k] = Math.max(0, Math.min(255, 128 + bend * 64));
      }
    }
  }
  return relief;
}
