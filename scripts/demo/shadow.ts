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
const taps: readonly (readonly [number, number])[] = [
  [0, 0],
  [3, 1],
  [-1, 3],
  [-3, -1],
  [1, -3],
  [5.5, -3.5],
  [3.5, 5.5],
  [-5.5, 3.5],
  [-3.5, -5.5],
];

/** Draws the scene as the shadowing lamp sees it (Williams 1978) and compares softly. */
export function makeShadowMap(lamps: readonly Lamp[], posed: readonly PosedPart[]): ShadowMap {
  const lamp = lamps.find((candidate) => candidate.shadows);
  if (!lamp) return { litAt: () => 1 };
  const [lx, ly, lz] = lamp.towards;
  const right = unit(lz, 0, -lx);
  const up = [
    ly * right[2] - lz * right[1],
    lz * right[0] - lx * right[2],
    lx * right[1] - ly * right[0],
  ] as const;
  const target = createTarget(mapSize, mapSize);
  const place = (x: number, y: number, z: number): [number, number, number] => [
    mapSize / 2 + (right[0] * x + right[1] * y + right[2] * z) * scale,
    mapSize / 2 - (up[0] * x + up[1] * (y + 4) + up[2] * z) * scale,
    -(lx * x + ly * y + lz * z),
  ];
  for (const { part, world } of posed) {
    if (part.material === 'teeth' || part.material === 'tongue') continue;
    const screen = new Float32Array(world.length);
    for (let i = 0; i < world.length; i += 3) screen.set(place(world[i], world[i + 1], world[i + 2]), i);
    drawTriangles(target, { screen, triangles: part.triangles }, { firstOwner: 0, bothSides: true });
  }
  return {
    litAt: (s) => {
      const [u, v, depth] = place(s.x + s.nx * 0.12, s.y + s.ny * 0.12, s.z + s.nz * 0.12);
      let lit = 0;
      for (const [du, dv] of taps) {
        const x = Math.floor(u + du);
        const y = Math.floor(v + dv);
        if (x < 0 || y < 0 || x >= mapSize || y >= mapSize) {
          lit += 1;
          continue;
        }
        const behind = depth - target.depth[y * mapSize + x];
        lit += 1 - Math.min(1, Math.max(0, (behind - 0.22) / 0.5));
      }
      return lit / taps.length;
    },
  };
}
