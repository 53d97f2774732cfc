import type { Lamp, Stage } from './stage.ts';
import { smoothstep } from './random.ts';
import type { SurfacePoint } from './surface.ts';

/** Linear light that leaves a surface point towards the camera, into `out`. */
export function shadeSurface(s: SurfacePoint, stage: Stage, out: Float64Array): void {
  const hemisphere = 0.5 + 0.5 * s.ny;
  const open = s.openness;
  // Light that bounces between folds of skin keeps them warm instead of grey.
  const bounce = s.flesh * (1 - open) * 0.35;
  const { sky, ground } = stage;
  let r = s.r * (ground[0] + (sky[0] - ground[0]) * hemisphere) * (open + bounce);
  let g = s.g * (ground[1] + (sky[1] - ground[1]) * hemisphere) * (open + bounce * 0.45);
  let b = s.b * (ground[2] + (sky[2] - ground[2]) * hemisphere) * (open + bounce * 0.35);
  for (const lamp of stage.lamps) {
    const lit = lamp.shadows ? s.lit : 1;
    const facing = s.nx * lamp.towards[0] + s.ny * lamp.towards[1] + s.nz * lamp.towards[2];
    const dim = 0.35 + 0.65 * open;
    const red = softFacing(facing, lamp.wrap + 0.22 * s.flesh) * (lit + (1 - lit) * 0.1 * s.flesh) * dim;
    const other = softFacing(facing, lamp.wrap + 0.04 * s.flesh) * lit * dim;
    const glow = highlight(s, lamp) * lit * open;
    r += lamp.colour[0] * (s.r * red + glow);
    g += lamp.colour[1] * (s.g * other + glow);
    b += lamp.colour[2] * (s.b * other + glow);
  }
  out[0] = r;
  out[1] = g;
  out[2] = b;
}

function softFacing(facing: number, wrap: number): number {
  const t = (facing + wrap) / (1 + wrap);
  return t <= 0 ? 0 : t * (0.35 + 0.65 * t);
}

function highlight(s: SurfacePoint, lamp: Lamp): number {
  if (s.shine < 0.1) return 0;
  let hx = lamp.towards[0] + s.viewX;
  let hy = lamp.towards[1] + s.viewY;
  let hz = lamp.towards[2] + s.viewZ;
  const scale = 1 / Math.sqrt(hx * hx + hy * hy + hz * hz);
  hx *= scale;
  hy *= scale;
  hz *= scale;
  const facing = Math.max(0, s.nx * hx + s.ny * hy + s.nz * hz);
  const grazing = 1 - Math.max(0, s.nx * s.viewX + s.ny * s.viewY + s.nz * s.viewZ);
  const rim = 1 + 3 * grazing * grazing * grazing;
  if (s.hair > 0.5) {
    // Strands run back over the head: the highlight is narrow across the crown and wide along it (Kajiya and Kay 1989).
    const tangent = s.nz * hy - s.ny * hz;
    const sine = Math.sqrt(Math.max(0, 1 - tangent * tangent));
    return (
      (0.02 * Math.pow(sine, 30) * smoothstep(0, 0.6, facing) + 0.01 * Math.pow(facing, 12)) * (s.shine * 3)
    );
  }
  if (facing < 0.6) return 0;
  const broad = Math.pow(facing, s.gloss);
  const square = broad * broad;
  return (0.075 * broad + 0.08 * square * square * broad) * s.shine * rim;
}
