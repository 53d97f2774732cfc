import { paintBackdrop } from './backdrop.ts';
import { shadeSurface } from './lighting.ts';
import { paintSurface } from './materials.ts';
import type { MaterialFrame } from './materials.ts';
import { hash3, smoothstep } from './random.ts';
import { clearTarget, createTarget, drawTriangles } from './raster.ts';
import type { RasterTarget } from './raster.ts';
import { anatomy } from './sculpt.ts';
import { makeShadowMap } from './shadow.ts';
import type { ShadowMap } from './shadow.ts';
import { headRotation, poseSpeaker } from './speaker.ts';
import type { BodyPose, FacePose, PosedPart, Speaker } from './speaker.ts';
import { makeView, projectPoints } from './stage.ts';
import type { Stage, View } from './stage.ts';
import { blankSurface } from './surface.ts';
import type { SurfacePoint } from './surface.ts';

/** Samples per pixel along each side. */
const supersampling = 2;

/** A place to render one shot's frames in; reuse it from frame to frame. */
export interface FrameRenderer {
  readonly width: number;
  readonly height: number;
  /**
   * Renders one frame as packed 8-bit sRGB. The result is overwritten by the next call. `grainSeed` places the film
   * grain; equal calls give equal bytes.
   */
  render(pose: FacePose, grainSeed: number): Uint8Array;
  /** Where a world point lands in the picture, pixels from the top left. */
  project(point: readonly [number, number, number]): [number, number];
}

/** Sets up a shot: this person on this stage. */
export function createFrameRenderer(
  speaker: Speaker,
  stage: Stage,
  size: { readonly width: number; readonly height: number },
): FrameRenderer {
  const view = makeView(stage.camera, size.width * supersampling, size.height * supersampling);
  const target = createTarget(view.width, view.height);
  const backdrop = paintBackdrop(stage, size.width, size.height);
  const picture = new Float32Array(size.width * size.height * 3);
  const bytes = new Uint8Array(picture.length);
  return {
    ...size,
    render: (pose, grainSeed) => {
      const posed = poseSpeaker(speaker, pose);
      const screens = drawParts(target, view, posed);
      const shadow = makeShadowMap(stage.lamps, posed);
      const frame = materialFrame(speaker, view, pose);
      const starts = firstOwners(posed);
      resolvePicture({ target, view, stage, posed, screens, starts, shadow, frame, backdrop, picture });
      develop(picture, bytes, { ...size, grainSeed });
      return bytes;
    },
    project: (point) => {
      const out = new Float32Array(3);
      projectPoints(view, Float32Array.from(point), out);
      return [out[0] / supersampling, out[1] / supersampling];
    },
  };
}

function firstOwners(posed: readonly PosedPart[]): number[] {
  let next = 0;
  return posed.map(({ part }) => {
    const first = next;
    next += part.triangles.length / 3;
    return first;
  });
}

function drawParts(target: RasterTarget, view: View, posed: readonly PosedPart[]): Float32Array[] {
  clearTarget(target);
  let firstOwner = 0;
  return posed.map(({ part, world }) => {
    const screen = new Float32Array(world.length);
    projectPoints(view, world, screen);
    const bothSides = part.material !== 'head';
    drawTriangles(target, { screen, triangles: part.triangles }, { firstOwner, bothSides });
    firstOwner += part.triangles.length / 3;
    return screen;
  });
}

function materialFrame(speaker: Speaker, view: View, pose: FacePose): MaterialFrame {
  const rotation = headRotation(pose.body);
  const toHead = (x: number, y: number, z: number): [number, number, number] =>
    unplaceHead([x, y, z], rotation, pose.body);
  return {
    look: speaker.look,
    skin: speaker.skin,
    expression: pose.expression,
    rotation,
    toHead,
    cameraInHead: toHead(...view.from),
    mouthLight: smoothstep(0, 1.6, pose.mouth.openingCm),
  };
}

function unplaceHead(
  p: readonly [number, number, number],
  r: readonly number[],
  body: BodyPose,
): [number, number, number] {
  const { neckPivot } = anatomy;
  const x = p[0] - body.shift[0];
  const y = p[1] - body.shift[1] - neckPivot.y;
  const z = p[2] - body.shift[2] - neckPivot.z;
  return [
    r[0] * x + r[3] * y + r[6] * z,
    r[1] * x + r[4] * y + r[7] * z + neckPivot.y,
    r[2] * x + r[5] * y + r[8] * z + neckPivot.z,
  ];
}

interface Shot {
  readonly target: RasterTarget;
  readonly view: View;
  readonly stage: Stage;
  readonly posed: readonly PosedPart[];
  readonly screens: readonly Float32Array[];
  /** First owner number of each part. */
  readonly starts: readonly number[];
  readonly shadow: ShadowMap;
  readonly frame: MaterialFrame;
  readonly backdrop: Float32Array;
  readonly picture: Float32Array;
}

function resolvePicture(shot: Shot): void {
  const { target, picture, backdrop } = shot;
  const width = target.width / supersampling;
  const share = 1 / (supersampling * supersampling);
  const surface = blankSurface();
  const light = new Float64Array(3);
  const { starts } = shot;
  picture.fill(0);
  for (let i = 0; i < target.owner.length; i++) {
    const x = i % target.width;
    const y = (i - x) / target.width;
    const pixel = ((y >> 1) * width + (x >> 1)) * 3;
    const owner = target.owner[i];
    if (owner < 0) {
      for (let k = 0; k < 3; k++) picture[pixel + k] += backdrop[pixel + k] * share;
      continue;
    }
    let index = starts.length - 1;
    while (starts[index] > owner) index--;
    interpolate(shot, i, index, surface);
    shadeSample(shot, surface, index, light);
    picture[pixel] += Math.min(4, light[0]) * share;
    picture[pixel + 1] += Math.min(4, light[1]) * share;
    picture[pixel + 2] += Math.min(4, light[2]) * share;
  }
}

function shadeSample(shot: Shot, s: SurfacePoint, index: number, light: Float64Array): void {
  const { from } = shot.view;
  const dx = from[0] - s.x;
  const dy = from[1] - s.y;
  const dz = from[2] - s.z;
  const scale = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
  s.viewX = dx * scale;
  s.viewY = dy * scale;
  s.viewZ = dz * scale;
  if (s.nx * s.viewX + s.ny * s.viewY + s.nz * s.viewZ < 0 && index > 0) {
    s.nx = -s.nx;
    s.ny = -s.ny;
    s.nz = -s.nz;
  }
  s.lit = shot.shadow.litAt(s);
  paintSurface(shot.posed[index].part.material, s, shot.frame);
  shadeSurface(s, shot.stage, light);
}

/** Fills `s` with what sample `i` sees of part `index`: barycentric means over the triangle that owns it. */
function interpolate(shot: Shot, i: number, index: number, s: SurfacePoint): void {
  const { part, world, normals } = shot.posed[index];
  const screen = shot.screens[index];
  const t = (shot.target.owner[i] - shot.starts[index]) * 3;
  const va = part.triangles[t];
  const vb = part.triangles[t + 1];
  const vc = part.triangles[t + 2];
  const a = va * 3;
  const b = vb * 3;
  const c = vc * 3;
  const ux = screen[b] - screen[a];
  const uy = screen[b + 1] - screen[a + 1];
  const vx = screen[c] - screen[a];
  const vy = screen[c + 1] - screen[a + 1];
  const column = i % shot.target.width;
  const px = column + 0.5 - screen[a];
  const py = (i - column) / shot.target.width + 0.5 - screen[a + 1];
  const inverse = 1 / (ux * vy - uy * vx);
  const wb = (px * vy - py * vx) * inverse;
  const wc = (ux * py - uy * px) * inverse;
  const wa = 1 - wb - wc;
  s.x = wa * world[a] + wb * world[b] + wc * world[c];
  s.y = wa * world[a + 1] + wb * world[b + 1] + wc * world[c + 1];
  s.z = wa * world[a + 2] + wb * world[b + 2] + wc * world[c + 2];
  const nx = wa * normals[a] + wb * normals[b] + wc * normals[c];
  const ny = wa * normals[a + 1] + wb * normals[b + 1] + wc * normals[c + 1];
  const nz = wa * normals[a + 2] + wb * normals[b + 2] + wc * normals[c + 2];
  const scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
  s.nx = nx * scale;
  s.ny = ny * scale;
  s.nz = nz * scale;
  const { rest, detail, openness } = part;
  s.restX = wa * rest[a] + wb * rest[b] + wc * rest[c];
  s.restY = wa * rest[a + 1] + wb * rest[b + 1] + wc * rest[c + 1];
  s.restZ = wa * rest[a + 2] + wb * rest[b + 2] + wc * rest[c + 2];
  s.detailU = wa * detail[va * 2] + wb * detail[vb * 2] + wc * detail[vc * 2];
  s.detailV = wa * detail[va * 2 + 1] + wb * detail[vb * 2 + 1] + wc * detail[vc * 2 + 1];
  s.openness = wa * openness[va] + wb * openness[vb] + wc * openness[vc];
}

/** Film curve (Narkowicz's fit of ACES, 2015) and sRGB transfer, tabulated over linear 0 to 4. */
const filmCurve = Float32Array.from({ length: 4097 }, (_, i) => {
  const x = (i / 1024) * 0.82;
  const toned = Math.min(1, (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14));
  return 255 * (toned <= 0.0031308 ? toned * 12.92 : 1.055 * Math.pow(toned, 1 / 2.4) - 0.055);
});

function develop(
  picture: Float32Array,
  bytes: Uint8Array,
  options: { readonly width: number; readonly height: number; readonly grainSeed: number },
): void {
  for (let pixel = 0; pixel < options.width * options.height; pixel++) {
    const x = pixel % options.width;
    const y = (pixel - x) / options.width;
    const grain = hash3(x, y, options.grainSeed) + hash3(x + 4096, y, options.grainSeed) - 1;
    for (let k = 0; k < 3; k++) {
      const value = filmCurve[Math.min(4096, Math.round(picture[pixel * 3 + k] * 1024))];
      bytes[pixel * 3 + k] = Math.max(0, Math.min(255, Math.round(value + grain * 2.2)));
    }
  }
}
