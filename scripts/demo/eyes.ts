import type { SpeakerLook } from './look.ts';
import type { Expression } from './mouth-shape.ts';
import { bell, mix, noise3, smoothstep } from './random.ts';
import { anatomy } from './sculpt.ts';
import { dye } from './surface.ts';
import type { SurfacePoint } from './surface.ts';

/** What the eyes need to know of a frame. */
export interface EyeFrame {
  readonly look: SpeakerLook;
  readonly expression: Expression;
  /** Head rotation rows and the camera in head space. */
  readonly rotation: readonly number[];
  readonly cameraInHead: readonly [number, number, number];
  /** The point seen, in head space. */
  readonly toHead: (x: number, y: number, z: number) => readonly [number, number, number];
}

/** Shape of one eye's opening at a place along it. */
interface Lids {
  readonly upper: number;
  readonly lower: number;
  /** 0 inner corner to 1 outer corner. */
  readonly along: number;
}

function lidsAt(ex: number, look: SpeakerLook, blink: number): Lids {
  const half = 1.42 * look.shape.eyeSize;
  const along = (ex + half) / (2 * half);
  const t = Math.min(1, Math.max(0, along));
  const base = mix(-0.16, 0.1, t);
  const arch = Math.pow(4 * t * (1 - t), 0.62);
  const lower = base - 0.47 * look.shape.eyeSize * Math.pow(4 * t * (1 - t), 0.8);
  const open = base + 0.49 * look.shape.eyeSize * arch * (1 + 0.16 * (0.5 - t));
  return { upper: mix(open, lower + 0.02, blink), lower, along };
}

/**
 * Paints lids, lashes and the eyeball itself where the head's sheet covers an eye. Eyes are cut out of the sheet per
 * sample: inside the lids the ray goes on to the eyeball, so lids can close without moving geometry.
 */
export function paintEye(s: SurfacePoint, frame: EyeFrame): void {
  const { eye } = anatomy;
  if (s.restZ < 5) return;
  const side = s.restX < 0 ? -1 : 1;
  const ex = side * s.restX - eye.x;
  const ey = s.restY - eye.y;
  if (Math.abs(ex) > 2 || Math.abs(ey) > 1.3) return;
  const lids = lidsAt(ex, frame.look, frame.expression.blink);
  const within = lids.along > 0 && lids.along < 1;
  if (within && ey < lids.upper && ey > lids.lower) {
    paintEyeball(s, frame, { side, ey, ex, lids });
    return;
  }
  paintLidSkin(s, frame, { ey, ex, lids });
}

function paintLidSkin(
  s: SurfacePoint,
  frame: EyeFrame,
  at: { readonly ex: number; readonly ey: number; readonly lids: Lids },
): void {
  const { lids, ey, ex } = at;
  const ends = smoothstep(-0.08, 0.05, lids.along) * smoothstep(1.12, 0.98, lids.along);
  const aboveUpper = ey - lids.upper;
  const belowLower = lids.lower - ey;
  const blink = frame.expression.blink;
  const lash = bell(aboveUpper - 0.03, 0.09) * ends * smoothstep(0, 0.3, lids.along);
  const wing =
    bell(ey - lids.upper - (lids.along - 0.9) * 0.5, 0.06) *
    smoothstep(0.75, 0.95, lids.along) *
    smoothstep(1.13, 1.02, lids.along);
  const dark = Math.min(0.9, lash * 0.85 + wing * 0.6);
  const rim = bell(belowLower - 0.03, 0.045) * ends;
  const lowerLash = bell(belowLower - 0.1, 0.05) * ends * smoothstep(0.3, 0.7, lids.along) * 0.35;
  const crease =
    bell(ey - mix(lids.upper + 0.3, 0.62, blink * 0.8) + Math.abs(ex) * 0.02, 0.075) *
    ends *
    (1 - 0.6 * blink);
  const shade = (1 - dark) * (1 - lowerLash) * (1 - 0.42 * crease);
  s.r = s.r * shade * (1 + 0.18 * rim);
  s.g = s.g * shade * (1 + 0.02 * rim);
  s.b = s.b * shade * (1 + 0.04 * rim);
  s.shine = mix(s.shine, 0.9, rim * 0.8) * (1 - dark);
}

function paintEyeball(
  s: SurfacePoint,
  frame: EyeFrame,
  at: { readonly side: number; readonly ex: number; readonly ey: number; readonly lids: Lids },
): void {
  const { eye } = anatomy;
  const p = frame.toHead(s.x, s.y, s.z);
  const [cx, cy, cz] = frame.cameraInHead;
  let dx = p[0] - cx;
  let dy = p[1] - cy;
  let dz = p[2] - cz;
  const length = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
  [dx, dy, dz] = [dx * length, dy * length, dz * length];
  const ox = p[0] - at.side * eye.x;
  const oy = p[1] - eye.y;
  const oz = p[2] - eye.z;
  const along = ox * dx + oy * dy + oz * dz;
  const inside = along * along - (ox * ox + oy * oy + oz * oz - eye.radius * eye.radius);
  const t = inside > 0 ? -along - Math.sqrt(inside) : -along;
  const radius = inside > 0 ? eye.radius : eye.radius + 0.2;
  let hx = (ox + dx * t) / radius;
  let hy = (oy + dy * t) / radius;
  let hz = (oz + dz * t) / radius;
  colourEyeball(s, frame, { hx, hy, hz, lids: at.lids, ey: at.ey });
  const r = frame.rotation;
  // The cornea stands out over the iris: its normals spread faster, which brings the catchlight in.
  const offX = hx - Math.sin(frame.expression.gazeX);
  const offY = hy - Math.sin(frame.expression.gazeY);
  const cornea = 0.85 * smoothstep(0.5, 0.38, Math.sqrt(offX * offX + offY * offY));
  [hx, hy] = [hx + offX * cornea, hy + offY * cornea];
  hz = Math.sqrt(Math.max(0.01, 1 - hx * hx - hy * hy));
  s.nx = r[0] * hx + r[1] * hy + r[2] * hz;
  s.ny = r[3] * hx + r[4] * hy + r[5] * hz;
  s.nz = r[6] * hx + r[7] * hy + r[8] * hz;
}

function colourEyeball(
  s: SurfacePoint,
  frame: EyeFrame,
  at: {
    readonly hx: number;
    readonly hy: number;
    readonly hz: number;
    readonly lids: Lids;
    readonly ey: number;
  },
): void {
  const { gazeX, gazeY } = frame.expression;
  const gx = Math.sin(gazeX);
  const gy = Math.sin(gazeY);
  const offX = at.hx - gx;
  const offY = at.hy - gy;
  const off = Math.sqrt(offX * offX + offY * offY);
  const iris = 0.47;
  const veins = noise3(at.hx * 9, at.hy * 9, 3 + frame.look.seed);
  let [r, g, b] = [0.7, 0.66 - 0.05 * veins, 0.63 - 0.07 * veins];
  const corner = smoothstep(0.17, 0.02, at.lids.along);
  [r, g, b] = [mix(r, 0.62, corner), mix(g, 0.28, corner), mix(b, 0.25, corner)];
  const inIris = smoothstep(iris + 0.025, iris - 0.025, off);
  const turn = Math.atan2(offY, offX);
  const fibres = 0.65 + 0.7 * noise3(Math.cos(turn) * 9, Math.sin(turn) * 9, off * 3);
  const rim = 1 - 0.75 * smoothstep(iris * 0.72, iris, off);
  const low = 1 + 0.5 * smoothstep(0.1, -0.35, offY);
  const [ir, ig, ib] = frame.look.iris;
  const tone = fibres * rim * low;
  [r, g, b] = [mix(r, ir * tone, inIris), mix(g, ig * tone, inIris), mix(b, ib * tone, inIris)];
  const pupil = smoothstep(0.2, 0.165, off);
  const dark = 1 - 0.97 * pupil;
  // Lids and lashes shade the ball under them.
  const shade =
    mix(0.36, 1, smoothstep(0, 0.34, at.lids.upper - at.ey)) *
    mix(0.75, 1, smoothstep(0, 0.12, at.ey - at.lids.lower));
  const ends = smoothstep(0, 0.12, at.lids.along) * smoothstep(1, 0.86, at.lids.along);
  const gain = dark * shade * mix(0.55, 1, ends);
  dye(s, r * gain, g * gain, b * gain);
  s.shine = 5 * smoothstep(0.02, 0.14, at.lids.upper - at.ey);
  s.gloss = 260;
  s.flesh = 0.15;
  s.openness = 1;
}
