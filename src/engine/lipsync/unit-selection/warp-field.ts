import type { PixelBox, PlanarFormat } from '../../media/frame.ts';
import { boxOnChromaGrid } from '../../pixels/plane-geometry.ts';
import { smoothStep } from '../../pixels/smooth-step.ts';
import { chinPoint } from '../../faces/mesh-points.ts';
import {
  donorControlPoints,
  faceUnit,
  maskRing,
  pickPoints,
  signedDistance,
  skinControlPoints,
} from './mouth-geometry.ts';
import { ThinPlate } from './thin-plate.ts';

/** Shape of the replaced region, in units of the distance between the outer eye corners. */
export interface MaskShape {
  /** The mask starts this far inside its outline … */
  readonly inset: number;
  /** … and is full this much further in. */
  readonly feather: number;
  /** How far outside the outline the target's own skin may be stretched to meet the new jaw. */
  readonly reach: number;
}

export const defaultMaskShape: MaskShape = { inset: 0.02, feather: 0.14, reach: 0.42 };

/**
 * The warp of one frame on a coarse grid of nodes, `step` pixels apart, from which pixels are interpolated. All
 * positions are continuous picture coordinates with pixel centres at half numbers.
 */
export interface WarpField {
  /** Pixels covered, on the chroma grid, inside the frame. */
  readonly box: PixelBox;
  readonly step: number;
  readonly columns: number;
  readonly rows: number;
  /** Share of the borrowed mouth, 0 to 1. */
  readonly mask: Float32Array;
  /** From here to where the target's own skin comes from. */
  readonly skinX: Float32Array;
  readonly skinY: Float32Array;
  /** Per donor: from here to where its pixels come from, in the donor's picture. */
  readonly donors: readonly { readonly x: Float32Array; readonly y: Float32Array }[];
}

/** Skin that would move less than this stays bit for bit where it is. */
const leastShiftPx = 0.15;

/**
 * Stiffness of the borrowed mouth's spline per squared eye-corner distance. An exact spline buckles where lips that
 * are pulled together leave no room between points that come from far apart.
 */
const lipStiffness = 0.002;

/** The grid's box: the outline's bounds plus the reach, cut to the frame, on the chroma grid. */
function fieldBox(
  ring: Float64Array,
  reachPx: number,
  frame: { width: number; height: number },
  format: PlanarFormat,
): PixelBox {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < ring.length; i += 2) {
    left = Math.min(left, ring[i]);
    right = Math.max(right, ring[i]);
    top = Math.min(top, ring[i + 1]);
    bottom = Math.max(bottom, ring[i + 1]);
  }
  const bounds = {
    x: left - reachPx,
    y: top - reachPx,
    width: right - left + 2 * reachPx,
    height: bottom - top + 2 * reachPx,
  };
  return boxOnChromaGrid(bounds, format, frame);
}

function displacements(from: Float64Array, to: Float64Array): Float64Array {
  return to.map((value, i) => value - from[i]);
}

/** Whether a point lies below the nose's base along the face's own axis: above it, skin follows no jaw. */
function belowNose(mesh: Float32Array): (x: number, y: number) => boolean {
  const [baseX, baseY] = [mesh[3 * 2], mesh[3 * 2 + 1]];
  const [axisX, axisY] = [mesh[3 * chinPoint] - baseX, mesh[3 * chinPoint + 1] - baseY];
  return (x, y) => (x - baseX) * axisX + (y - baseY) * axisY > 0;
}

/** Everything that one frame's warp follows from. */
export interface WarpRequest {
  readonly frame: { readonly width: number; readonly height: number };
  readonly format: PlanarFormat;
  readonly targetMesh: Float32Array;
  /** Where the new picture's mesh points lie (`destinationMesh`). */
  readonly destination: Float32Array;
  /** Meshes of the donors in their own pictures. */
  readonly donorMeshes: readonly Float32Array[];
  readonly shape: MaskShape;
}

/**
 * Builds the warp of one frame: inside the outline, the donor's pixels are pulled to the destination mesh; around it,
 * the target's own skin and neck follow the new jaw and come to rest within the reach, so that no second chin shows.
 * Returns null when the mouth lies outside the picture.
 */
export function buildWarpField(request: WarpRequest): WarpField | null {
  const { destination, targetMesh, shape } = request;
  const unit = faceUnit(destination);
  const ring = pickPoints(destination, maskRing);
  const box = fieldBox(ring, shape.reach * unit, request.frame, request.format);
  if (box.width < 16 || box.height < 16) return null;
  const step = 2 ** Math.max(2, Math.floor(Math.log2(unit / 14)));
  const columns = Math.ceil(box.width / step) + 1;
  const rows = Math.ceil(box.height / step) + 1;

  const donorPoints = pickPoints(destination, donorControlPoints);
  const donorPlates = request.donorMeshes.map((mesh) => {
    const shifts = displacements(donorPoints, pickPoints(mesh, donorControlPoints));
    return new ThinPlate(donorPoints, shifts, lipStiffness * unit * unit);
  });
  const skinPoints = pickPoints(destination, skinControlPoints);
  const skinPlate = new ThinPlate(
    skinPoints,
    displacements(skinPoints, pickPoints(targetMesh, skinControlPoints)),
    0,
  );

  const isBelowNose = belowNose(destination);
  const count = columns * rows;
  const mask = new Float32Array(count);
  const skinX = new Float32Array(count);
  const skinY = new Float32Array(count);
  const donors = donorPlates.map(() => ({ x: new Float32Array(count), y: new Float32Array(count) }));
  const at = new Float64Array(2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const node = row * columns + column;
      const x = box.x + column * step;
      const y = box.y + row * step;
      const inside = signedDistance(ring, x, y) / unit;
      mask[node] = smoothStep((inside - shape.inset) / shape.feather);
      const held = inside >= 0 ? 1 : 1 - smoothStep(-inside / shape.reach);
      if (held > 0 && isBelowNose(x, y)) {
        skinPlate.evaluate(x, y, at, 0);
        if (held * Math.hypot(at[0], at[1]) > leastShiftPx) {
          skinX[node] = held * at[0];
          skinY[node] = held * at[1];
        }
      }
      // One node beyond the mask too: cells on its edge interpolate between this node and one inside.
      if (inside * unit > -2 * step) {
        for (let d = 0; d < donorPlates.length; d++) {
          donorPlates[d].evaluate(x, y, at, 0);
          donors[d].x[node] = at[0];
          donors[d].y[node] = at[1];
        }
      }
    }
  }
  return { box, step, columns, rows, mask, skinX, skinY, donors };
}
