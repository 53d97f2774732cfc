import type { Material } from './body-parts.ts';
import { paintEye } from './eyes.ts';
import type { EyeFrame } from './eyes.ts';
import { chartHalfSide } from './head-mesh.ts';
import { bell, mix, noise3, smoothstep } from './random.ts';
import type { SkinTexture } from './skin-texture.ts';
import { bendNormal, dye } from './surface.ts';
import type { SurfacePoint } from './surface.ts';

/** What materials need to know of a frame. */
export interface MaterialFrame extends EyeFrame {
  readonly skin: SkinTexture;
  /** 0 lips closed to 1 wide open: how much light falls into the mouth. */
  readonly mouthLight: number;
}

/** Gives a surface point its colour, highlight and fine normal. */
export function paintSurface(material: Material, s: SurfacePoint, frame: MaterialFrame): void {
  s.flesh = 0;
  s.hair = 0;
  s.gloss = 18;
  s.shine = 0.2;
  if (material === 'head') paintHead(s, frame);
  else if (material === 'skin') paintPlainSkin(s, frame);
  else if (material === 'teeth') paintTeeth(s, frame);
  else if (material === 'tongue') paintTongue(s, frame);
  else if (material === 'torso') paintTorso(s, frame);
  else paintCollar(s, frame);
}

function paintHead(s: SurfacePoint, frame: MaterialFrame): void {
  const { size, colour, relief } = frame.skin;
  const scale = size / (2 * chartHalfSide);
  const u = Math.min(size - 2, Math.max(0, size / 2 + s.detailU * scale - 0.5));
  const v = Math.min(size - 2, Math.max(0, size / 2 - s.detailV * scale - 0.5));
  const x = Math.floor(u);
  const y = Math.floor(v);
  const [fx, fy] = [u - x, v - y];
  const i = (y * size + x) * 4;
  const down = size * 4;
  const w00 = (1 - fx) * (1 - fy);
  const w10 = fx * (1 - fy);
  const w01 = (1 - fx) * fy;
  const w11 = fx * fy;
  const fetch = (data: Uint8Array, k: number): number =>
    data[i + k] * w00 + data[i + 4 + k] * w10 + data[i + down + k] * w01 + data[i + down + 4 + k] * w11;
  const red = fetch(colour, 0) / 255;
  const green = fetch(colour, 1) / 255;
  const blue = fetch(colour, 2) / 255;
  dye(s, red * red, green * green, blue * blue);
  s.hair = fetch(colour, 3) / 255;
  s.flesh = 1 - s.hair;
  s.shine = fetch(relief, 3) / 255;
  s.gloss = 22;
  const bx = (fetch(relief, 0) - 128) / 64;
  const by = (fetch(relief, 1) - 128) / 64;
  const bz = (fetch(relief, 2) - 128) / 64;
  const r = frame.rotation;
  bendNormal(
    s,
    r[0] * bx + r[1] * by + r[2] * bz,
    r[3] * bx + r[4] * by + r[5] * bz,
    r[6] * bx + r[7] * by + r[8] * bz,
  );
  // Walls of the mouth carry the slit's chart and fade to black with depth.
  if (isInsideMouth(s)) {
    const light = s.openness * s.openness;
    dye(s, mix(0.05, s.r, light), mix(0.012, s.g * 0.8, light), mix(0.012, s.b * 0.8, light));
    s.openness = light * mix(0.35, 1, frame.mouthLight) + 0.07;
    return;
  }
  paintEye(s, frame);
}

/** The walls of the mouth carry the slit's own chart, whose second coordinate is exactly 0. */
function isInsideMouth(s: SurfacePoint): boolean {
  return Math.abs(s.detailV) < 1e-4;
}

function paintPlainSkin(s: SurfacePoint, frame: MaterialFrame): void {
  const [r, g, b] = frame.look.skin.colour;
  const flush = s.detailU * frame.look.skin.flush;
  const grain =
    0.86 +
    0.22 * noise3(s.restX * 1.3, s.restY * 1.3, s.restZ * 1.3) +
    0.1 * noise3(s.restX * 9, s.restY * 9, s.restZ * 9);
  dye(s, r * grain, g * grain * (1 - 0.24 * flush), b * grain * (1 - 0.22 * flush));
  s.flesh = 1;
  s.shine = 0.32;
}

function paintTeeth(s: SurfacePoint, frame: MaterialFrame): void {
  const [across, up] = [s.detailU, s.detailV];
  const gumLine = 0.6 - 0.1 * Math.pow(Math.abs(across * 2 - 1), 2);
  const gum = smoothstep(gumLine - 0.015, gumLine + 0.015, up);
  const gap = 1 - 0.55 * smoothstep(0.44, 0.5, Math.abs(across - 0.5)) * (1 - gum);
  const edge = 1 - 0.12 * bell(up, 0.06);
  const root = 1 - 0.12 * smoothstep(0.25, 0.55, up);
  const tone = gap * edge;
  dye(
    s,
    mix(0.7 * tone, 0.42, gum),
    mix(0.65 * tone * root, 0.13, gum),
    mix(0.54 * tone * root * root, 0.13, gum),
  );
  s.shine = 0.7;
  s.gloss = 60;
  s.openness *= mix(0.6, 1.15, frame.mouthLight);
}

function paintTongue(s: SurfacePoint, frame: MaterialFrame): void {
  const bumps = noise3(s.restX * 9, s.restY * 9, s.restZ * 9);
  dye(s, 0.42 + 0.06 * bumps, 0.13 + 0.04 * bumps, 0.12 + 0.03 * bumps);
  s.shine = 0.5;
  s.gloss = 30;
  s.openness *= mix(0.15, 0.85, frame.mouthLight);
}

function weave(s: SurfacePoint, scale: number): number {
  return (
    0.9 +
    0.12 * Math.sin((s.restX + s.restY) * scale) * Math.sin((s.restX - s.restY) * scale) +
    0.1 * noise3(s.restX * 3, s.restY * 3, s.restZ)
  );
}

function paintTorso(s: SurfacePoint, frame: MaterialFrame): void {
  const { jacket, shirt } = frame.look.clothes;
  const x = Math.abs(s.restX);
  const front = s.detailV;
  const opening = front > 0 ? Math.max(0, mix(6.2, 0, smoothstep(-14.5, -34, s.restY))) : 0;
  const shirtHere = smoothstep(opening + 0.06, opening - 0.06, x);
  const lapel = opening + 4.6 * smoothstep(-15, -21, s.restY);
  const seam = front > 0 ? bell(x - lapel, 0.14) : 0;
  const fold = front > 0 ? bell(x - opening - 0.25, 0.35) : 0;
  const shoulder = bell(x - 15.4 - (s.restY + 20) * 0.08, 0.12) * smoothstep(-18, -19, s.restY);
  const cloth = weave(s, 9) * (1 - 0.5 * seam - 0.45 * shoulder + 0.35 * fold);
  const placket = 1 - 0.25 * bell(s.restX - 0.9, 0.06) - 0.15 * bell(x - opening, 0.7);
  const linen =
    placket *
    (0.94 + 0.06 * noise3(s.restX * 0.9, s.restY * 0.5, 3)) *
    (0.97 + 0.05 * Math.sin(s.restX * 16));
  dye(
    s,
    mix(jacket[0] * cloth, shirt[0] * linen, shirtHere),
    mix(jacket[1] * cloth, shirt[1] * linen, shirtHere),
    mix(jacket[2] * cloth, shirt[2] * linen, shirtHere),
  );
  s.shine = 0.08;
  // The top button is open.
  const neckline = smoothstep(0.05, -0.05, x - 1.5 * smoothstep(-17.6, -14.6, s.restY)) * (front > 0 ? 1 : 0);
  const [r, g, b] = frame.look.skin.colour;
  dye(s, mix(s.r, r * 0.9, neckline), mix(s.g, g * 0.82, neckline), mix(s.b, b * 0.8, neckline));
  s.flesh = neckline;
  const wrinkle = noise3(s.restX * 0.35 + 7, s.restY * 0.22, s.restZ * 0.3) - 0.5;
  bendNormal(s, wrinkle * 0.35, wrinkle * 0.15, 0);
}

function paintCollar(s: SurfacePoint, frame: MaterialFrame): void {
  const { shirt } = frame.look.clothes;
  const stitch = 1 - 0.12 * bell(s.detailV - 0.9, 0.02);
  const tone = stitch * (0.97 + 0.05 * Math.sin(s.restX * 16));
  dye(s, shirt[0] * tone, shirt[1] * tone, shirt[2] * tone);
  s.shine = 0.08;
}
