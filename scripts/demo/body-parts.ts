import type { SpeakerLook } from './look.ts';
import { bell, mix, smoothstep } from './random.ts';

/** What a part is made of: chooses how it is coloured. */
export type Material = 'head' | 'skin' | 'teeth' | 'tongue' | 'torso' | 'collar';

/** Which bone a part hangs on. */
export type Bone = 'head' | 'jaw' | 'neck' | 'body';

/** A piece of the speaker besides the head's own sheet. */
export interface Part {
  readonly material: Material;
  readonly bone: Bone;
  /** x y z per vertex, cm, resting. */
  readonly rest: Float32Array;
  /** Two numbers per vertex whose meaning belongs to the material. */
  readonly detail: Float32Array;
  /** How open to the sky, 0 to 1, per vertex. */
  readonly openness: Float32Array;
  readonly triangles: Uint32Array;
}

interface GridVertex {
  readonly at: readonly [number, number, number];
  readonly detail: readonly [number, number];
  readonly openness: number;
}

interface GridPlan {
  readonly material: Material;
  readonly bone: Bone;
  readonly columns: number;
  readonly rows: number;
  /** `u` and `v` run from 0 to 1. */
  readonly vertex: (u: number, v: number) => GridVertex;
}

function gridPart(plan: GridPlan): Part {
  const { columns, rows } = plan;
  const count = (columns + 1) * (rows + 1);
  const part: Part = {
    material: plan.material,
    bone: plan.bone,
    rest: new Float32Array(count * 3),
    detail: new Float32Array(count * 2),
    openness: new Float32Array(count),
    triangles: new Uint32Array(columns * rows * 6),
  };
  let next = 0;
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const vertex = plan.vertex(column / columns, row / rows);
      const i = row * (columns + 1) + column;
      part.rest.set(vertex.at, i * 3);
      part.detail.set(vertex.detail, i * 2);
      part.openness[i] = vertex.openness;
      if (row === rows || column === columns) continue;
      part.triangles.set([i, i + 1, i + columns + 2, i, i + columns + 2, i + columns + 1], next);
      next += 6;
    }
  }
  return part;
}

const upperTeeth = [0.86, 0.66, 0.76, 0.7, 0.7, 0.95];
const lowerTeeth = [0.53, 0.6, 0.68, 0.7, 0.7, 1];

/** Place inside a tooth: its number from the middle and 0 to 1 across it. */
function toothAt(arc: number, widths: readonly number[]): [number, number] {
  let start = 0;
  for (let i = 0; i < widths.length; i++) {
    const width = widths[i];
    if (arc <= start + width) return [i, (arc - start) / width];
    start += width;
  }
  return [widths.length - 1, 1];
}

function teethRow(upper: boolean): Part {
  const widths = upper ? upperTeeth : lowerTeeth;
  const reach = widths.reduce((sum, width) => sum + width, 0);
  return gridPart({
    material: 'teeth',
    bone: upper ? 'head' : 'jaw',
    columns: 200,
    rows: 16,
    vertex: (u, v) => {
      const arc = (u * 2 - 1) * reach;
      const [number, across] = toothAt(Math.abs(arc), widths);
      const bend = (arc / reach) * (upper ? 1.42 : 1.5);
      const radius = upper ? 2.75 : 2.45;
      const bulge = 0.14 * (1 - Math.pow(Math.abs(across * 2 - 1), 3.5));
      const corner = 0.09 * Math.pow(Math.abs(across * 2 - 1), 5);
      const shorter = upper
        ? [0, 0.09, 0.02, 0.1, 0.12, 0.15][number]
        : [0.02, 0, 0, 0.05, 0.1, 0.12][number];
      const fall = upper ? 1 : -1;
      const edge = (upper ? -7.36 : -7.5) + fall * (shorter + corner);
      const curl = smoothstep(0.1, 0, v) * 0.16;
      const out = bulge * smoothstep(0.95, 0.5, v) - curl;
      const z = (upper ? 8.12 : 7.85) - radius * 1.1 * (1 - Math.cos(bend)) - v * 0.12;
      return {
        at: [(radius + out) * Math.sin(bend), edge + fall * v * 1.75, z + out * Math.cos(bend)],
        detail: [across, v],
        openness: bell(arc, 3.2),
      };
    },
  });
}

function tongue(): Part {
  return gridPart({
    material: 'tongue',
    bone: 'jaw',
    columns: 28,
    rows: 24,
    vertex: (u, v) => {
      const side = u * 2 - 1;
      const forward = v;
      const tip = Math.sqrt(Math.max(0, 1 - Math.pow(Math.max(0, forward - 0.45) / 0.55, 2.4)));
      const round = Math.sqrt(Math.max(0, 1 - side * side));
      const groove = 0.14 * bell(side, 0.22) * tip;
      return {
        at: [
          1.85 * side * mix(0.35, 1, tip),
          -8.95 + 0.8 * round * mix(0.3, 1, tip) - groove,
          3.2 + 3.75 * forward,
        ],
        detail: [side, forward],
        openness: 0.3 + 0.6 * forward,
      };
    },
  });
}

function ear(side: 1 | -1, look: SpeakerLook): Part {
  const size = look.shape.ears;
  return gridPart({
    material: 'skin',
    bone: 'head',
    columns: 48,
    rows: 22,
    vertex: (u, v) => {
      const turn = u * 2 * Math.PI;
      const [c, s] = [Math.cos(turn), Math.sin(turn)];
      const long = (s > 0 ? 2.9 : 2.5) * size;
      const wide = 1.75 * size;
      const back = c * wide * v * (1 - 0.28 * smoothstep(0.2, -0.9, s * v)) - 0.25 * smoothstep(0, -1, s * v);
      const up = s * long * v;
      const lobe = smoothstep(-0.2, -0.8, s);
      const helix = 0.42 * bell(v - 0.88, 0.13) * (1 - lobe * 0.7) * smoothstep(-0.95, -0.3, c + 0.5);
      const inner = 0.3 * bell(v - 0.58, 0.13) * smoothstep(-0.3, 0.4, c) * (1 - lobe);
      const concha = -0.55 * bell(v, 0.36);
      const lift = helix + inner + concha + lobe * 0.1;
      const x = 6.5 + (back + 1.2) * 0.36 + lift * 0.85 - 0.95 * smoothstep(-0.6, -2.5, up);
      const z = -0.7 - (back + 0.6) * 0.82 + lift * 0.5;
      return {
        at: [side * x, -0.9 + up - back * 0.15, z],
        detail: [0.6 + 0.4 * v, 0],
        openness: mix(0.42, 0.95, smoothstep(-0.45, 0.25, lift)) * mix(0.7, 1, smoothstep(-1.5, 0.2, back)),
      };
    },
  });
}

function neck(): Part {
  return gridPart({
    material: 'skin',
    bone: 'neck',
    columns: 72,
    rows: 40,
    vertex: (u, v) => {
      const turn = u * 2 * Math.PI;
      const [sx, sz] = [Math.sin(turn), -Math.cos(turn)];
      const waist = 1 - 0.08 * bell(v - 0.45, 0.3) + 0.16 * smoothstep(0.65, 1, v);
      const front = Math.max(0, sz);
      const apple = 0.42 * bell(v - 0.42, 0.11) * bell(sx, 0.3) * front;
      const cords = 0.28 * bell(Math.abs(sx) - mix(0.9, 0.3, v), 0.16) * front * smoothstep(0.2, 0.5, v);
      const radius = (5.3 - 1.1 * smoothstep(0.2, 0, v)) * waist + apple + cords;
      const y = -8.5 - 11 * v;
      const z = mix(-2.1, -2.6, v) + sz * radius * 0.98;
      const shade = mix(0.3, 1, smoothstep(-9.5, -14.5, y));
      return { at: [sx * radius, y, z], detail: [0.25, v], openness: mix(1, shade, 0.35 + 0.65 * front) };
    },
  });
}

/** Half width, half depth and forward shift of the torso by height. */
const torsoRings: readonly (readonly [y: number, half: number, deep: number, z: number])[] = [
  [-14.6, 5.6, 4.9, -2.9],
  [-15.6, 8.0, 5.7, -3],
  [-16.8, 12.0, 6.8, -3],
  [-18.2, 16.2, 7.8, -2.9],
  [-20, 19.2, 8.8, -2.6],
  [-23, 21.2, 9.8, -2],
  [-29, 22.2, 11, -1],
  [-50, 22, 11.5, -0.5],
];

function torso(): Part {
  return gridPart({
    material: 'torso',
    bone: 'body',
    columns: 96,
    rows: 70,
    vertex: (u, v) => {
      const position = v * (torsoRings.length - 1);
      const k = Math.min(torsoRings.length - 2, Math.floor(position));
      const t = position - k;
      const value = (index: 0 | 1 | 2 | 3): number => mix(torsoRings[k][index], torsoRings[k + 1][index], t);
      const turn = u * 2 * Math.PI;
      const [sx, sz] = [Math.sin(turn), -Math.cos(turn)];
      const box = Math.pow(Math.pow(Math.abs(sx), 2.4) + Math.pow(Math.abs(sz), 2.4), -1 / 2.4);
      const x = sx * box * value(1);
      const z = value(3) + sz * box * value(2);
      return {
        at: [x, value(0), z],
        detail: [x, sz],
        openness: mix(0.5, 1, smoothstep(-14.5, -17.5, value(0))),
      };
    },
  });
}

function collar(): Part {
  return gridPart({
    material: 'collar',
    bone: 'body',
    columns: 80,
    rows: 10,
    vertex: (u, v) => {
      const turn = mix(0.14, 2 * Math.PI - 0.14, u) + Math.PI;
      const [sx, sz] = [Math.sin(turn), -Math.cos(turn)];
      const front = Math.max(0, sz);
      const top = mix(-12.2, -15.3, Math.pow(front, 1.5));
      const fold = smoothstep(0, 0.3, v);
      const point = 2.1 * smoothstep(0.55, 0.97, sz);
      const radius = 5.35 + 0.95 * v + 0.25 * Math.sin(fold * Math.PI);
      const y = top - v * (2.6 + point) + 0.3 * (1 - fold);
      const z = -2.5 + sz * radius * 1.03 + v * front * 0.8;
      return { at: [sx * radius, y, z], detail: [u, v], openness: mix(0.75, 1, v) };
    },
  });
}

/** Everything that a speaker shows besides the head's sheet. */
export function bodyParts(look: SpeakerLook): readonly Part[] {
  return [teethRow(true), teethRow(false), tongue(), ear(1, look), ear(-1, look), neck(), torso(), collar()];
}
