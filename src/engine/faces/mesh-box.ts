import type { PixelBox } from '../media/frame.ts';
import { stablePoints } from './mesh-points.ts';
import { alignmentTo } from './lip-shape.ts';
import { referenceFace } from './reference-face.ts';
import { meshFloatCount } from './types.ts';

/** The upright box around a mesh, unrounded, in pixels of the frame. */
export interface MeshBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The upright box around all points of a mesh. */
export function boxOfMesh(mesh: Float32Array): MeshBox {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < meshFloatCount; i += 3) {
    left = Math.min(left, mesh[i]);
    right = Math.max(right, mesh[i]);
    top = Math.min(top, mesh[i + 1]);
    bottom = Math.max(bottom, mesh[i + 1]);
  }
  return { left, top, right, bottom };
}

/** Longer side of a box. */
export function boxSize(box: MeshBox): number {
  return Math.max(box.right - box.left, box.bottom - box.top);
}

/** Intersection over union. */
export function boxOverlap(a: MeshBox, b: MeshBox): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: MeshBox): number => (box.right - box.left) * (box.bottom - box.top);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** Whether a point lies in a box. */
export function boxHolds(box: MeshBox, x: number, y: number): boolean {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

/** Distance of two boxes' centres in units of the larger box's size: 0 for the same place, 1 for neighbours. */
export function boxDistance(a: MeshBox, b: MeshBox): number {
  const dx = (a.left + a.right - b.left - b.right) / 2;
  const dy = (a.top + a.bottom - b.top - b.bottom) / 2;
  return Math.hypot(dx, dy) / Math.max(boxSize(a), boxSize(b));
}

/** Whole pixels that hold a box. */
export function toPixelBox(box: MeshBox): PixelBox {
  const [x, y] = [Math.floor(box.left), Math.floor(box.top)];
  return { x, y, width: Math.ceil(box.right) - x, height: Math.ceil(box.bottom) - y };
}

/** Root mean square distance of the stable points from those of the reference face, in units of eye distance. */
export function faceMisfit(mesh: Float32Array): number {
  const { scale, rotation: r, translation: t } = alignmentTo(referenceFace, mesh);
  let sum = 0;
  for (const point of stablePoints) {
    const i = point * 3;
    for (let axis = 0; axis < 3; axis += 1) {
      const turned = r[axis * 3] * mesh[i] + r[axis * 3 + 1] * mesh[i + 1] + r[axis * 3 + 2] * mesh[i + 2];
      sum += (scale * turned + t[axis] - referenceFace[i + axis]) ** 2;
    }
  }
  return Math.sqrt(sum / stablePoints.length);
}

/** Part of a mesh's points that lie inside the picture, 0 to 1. */
export function insidePart(mesh: Float32Array, width: number, height: number): number {
  let inside = 0;
  for (let i = 0; i < meshFloatCount; i += 3)
    if (mesh[i] >= 0 && mesh[i] < width && mesh[i + 1] >= 0 && mesh[i + 1] < height) inside += 1;
  return (inside * 3) / meshFloatCount;
}
