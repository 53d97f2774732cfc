import { createTarget, drawTriangles } from './raster.ts';
import type { PosedPart } from './speaker.ts';
import { unit } from './stage.ts';
import type { Lamp } from './stage.ts';
import type { SurfacePoint } from './surface.ts';

/** Which surface points the shadowing lamp reaches. */
export interface ShadowMap {
  /** 1 in full light, 0 in shadow. */
  litAt(s: SurfacePoint): number;
}

const mapSize = 640;
/** Side of the square around the head that the map covers, cm. */
const coveredCm = 46;
const scale = mapSize / coveredCm;
/** Soft, uneven ring of taps around a point, in texels. */
const taps = [0, 0, 3, 1, -1, 3, -3, -1, 1, -3, 5.5, -3.5, 3.5, 5.5, -5.5, 3.5, -3.5, -5.5];

/** Draws the scene as the shadowing lamp sees it (Williams 1978) and compares softly. */
export function makeShadowMap(lamps: readonly Lamp[], posed: readonly PosedPart[]): ShadowMap {
  const lamp = lamps.find((candidate) => candidate.shadows);
  if (!lamp) return { litAt: () => 1 };
  const [lx, ly, lz] = lamp.towards;
  const [rx, ry, rz] = unit(lz, 0, -lx);
  const [ux, uy, uz] = [ly * rz - lz * ry, lz * rx - lx * rz, lx * ry - ly * rx];
  const target = createTarget(mapSize, mapSize);
  for (const { part, world } of posed) {
    if (part.material === 'teeth' || part.material === 'tongue') continue;
    const screen = new Float32Array(world.length);
    for (let i = 0; i < world.length; i += 3) {
      const [x, y, z] = [world[i], world[i + 1], world[i + 2]];
      screen[i] = mapSize / 2 + (rx * x + ry * y + rz * z) * scale;
      screen[i + 1] = mapSize / 2 - (ux * x + uy * (y + 4) + uz * z) * scale;
      screen[i + 2] = -(lx * x + ly * y + lz * z);
    }
    drawTriangles(target, { screen, triangles: part.triangles }, { firstOwner: 0, bothSides: true });
  }
  return {
    litAt: (s) => {
      // In front of the surface by a hair, so that it does not shade itself.
      const x = s.x + s.nx * 0.12;
      const y = s.y + s.ny * 0.12;
      const z = s.z + s.nz * 0.12;
      const u = mapSize / 2 + (rx * x + ry * y + rz * z) * scale;
      const v = mapSize / 2 - (ux * x + uy * (y + 4) + uz * z) * scale;
      const depth = -(lx * x + ly * y + lz * z) - 0.22;
      let lit = 0;
      for (let k = 0; k < taps.length; k += 2) {
        const column = Math.floor(u + taps[k]);
        const row = Math.floor(v + taps[k + 1]);
        const outside = column < 0 || row < 0 || column >= mapSize || row >= mapSize;
        const behind = outside ? 0 : depth - target.depth[row * mapSize + column];
        lit += behind <= 0 ? 1 : behind >= 0.5 ? 0 : 1 - behind * 2;
      }
      return (lit * 2) / taps.length;
    },
  };
}
