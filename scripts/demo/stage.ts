import type { Rgb } from './look.ts';

/** A lamp far away. */
export interface Lamp {
  /** Unit vector from the face to the lamp, world space. */
  readonly towards: readonly [number, number, number];
  readonly colour: Rgb;
  /** Softness of the terminator, 0 hard to 1 very soft. */
  readonly wrap: number;
  /** Whether it throws shadows; at most one lamp does. */
  readonly shadows: boolean;
}

/** A camera that looks at a point. */
export interface Camera {
  readonly from: readonly [number, number, number];
  readonly at: readonly [number, number, number];
  /** Height of the picture at the distance of `at`, cm. */
  readonly frameHeightCm: number;
}

/** What is behind the speaker, and the light. */
export interface Stage {
  readonly camera: Camera;
  readonly lamps: readonly Lamp[];
  readonly sky: Rgb;
  readonly ground: Rgb;
  readonly backdrop: 'office' | 'curtain';
  /** Places the backdrop's shapes. */
  readonly seed: number;
}

/** Unit vector with the direction of `x`, `y`, `z`. */
export function unit(x: number, y: number, z: number): [number, number, number] {
  const length = Math.sqrt(x * x + y * y + z * z) || 1;
  return [x / length, y / length, z / length];
}

/** View of a camera: world to right, up, forward and to pixels. */
export interface View {
  readonly right: readonly [number, number, number];
  readonly up: readonly [number, number, number];
  readonly forward: readonly [number, number, number];
  readonly from: readonly [number, number, number];
  readonly focal: number;
  readonly width: number;
  readonly height: number;
}

function cross(a: readonly number[], b: readonly number[]): [number, number, number] {
  return unit(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
}

/** Sets up a camera for a picture of `width` × `height` samples. */
export function makeView(camera: Camera, width: number, height: number): View {
  const { from, at } = camera;
  const away = [at[0] - from[0], at[1] - from[1], at[2] - from[2]] as const;
  const forward = unit(...away);
  const right = cross(forward, [0, 1, 0]);
  const up = cross(right, forward);
  const focal = (height / camera.frameHeightCm) * Math.hypot(...away);
  return { right, up, forward, from, focal, width, height };
}

/** Projects world points: x and y in samples (y down), and distance along the view. */
export function projectPoints(view: View, world: Float32Array, out: Float32Array): void {
  const { right: r, up: u, forward: f, from } = view;
  for (let i = 0; i < world.length; i += 3) {
    const x = world[i] - from[0];
    const y = world[i + 1] - from[1];
    const z = world[i + 2] - from[2];
    const far = f[0] * x + f[1] * y + f[2] * z;
    const scale = view.focal / far;
    out[i] = view.width / 2 + (r[0] * x + r[1] * y + r[2] * z) * scale;
    out[i + 1] = view.height / 2 - (u[0] * x + u[1] * y + u[2] * z) * scale;
    out[i + 2] = far;
  }
}
