import type { VideoFrame } from '../../media/frame.ts';
import { planeShiftOf } from '../../pixels/plane-geometry.ts';
import { type WeightedCrop } from './mouth-crop.ts';
import { sampleLinear } from './resample.ts';
import type { WarpField } from './warp-field.ts';

/** What is added to the borrowed samples of one plane so that they match the target's light. */
export interface ColourPlane {
  /** At the centre of the field's box. */
  readonly offset: number;
  /** Per luma pixel. */
  readonly slopeX: number;
  readonly slopeY: number;
}

const none: ColourPlane = { offset: 0, slopeX: 0, slopeY: 0 };

/**
 * Light and colour of the target, fitted on the feather's ring: a plane a + bx + cy of target minus borrowed, per
 * sample plane, by least squares with one round of outlier rejection. The mouth itself has no say, because it is
 * meant to differ.
 */
export function fitColour(
  target: VideoFrame,
  donors: readonly WeightedCrop[],
  field: WarpField,
): readonly ColourPlane[] {
  const nodes: number[] = [];
  for (let node = 0; node < field.mask.length; node++) {
    if (field.mask[node] > 0.02 && field.mask[node] < 0.9) nodes.push(node);
  }
  if (nodes.length < 24) return target.planes.map(() => none);
  return target.planes.map((_plane, index) => fitPlane(target, donors, { field, nodes, index }));
}

function fitPlane(
  target: VideoFrame,
  donors: readonly WeightedCrop[],
  place: { readonly field: WarpField; readonly nodes: readonly number[]; readonly index: number },
): ColourPlane {
  const { field, nodes, index } = place;
  const shift = planeShiftOf(target.format, index);
  const scaleX = 1 / (1 << shift.x);
  const scaleY = 1 / (1 << shift.y);
  const xs = new Float64Array(nodes.length);
  const ys = new Float64Array(nodes.length);
  const differences = new Float64Array(nodes.length);
  nodes.forEach((node, i) => {
    const x = field.box.x + (node % field.columns) * field.step;
    const y = field.box.y + Math.floor(node / field.columns) * field.step;
    let borrowed = 0;
    donors.forEach(({ crop, share }, d) => {
      const qx = (x + field.donors[d].x[node] - crop.box.x) * scaleX - 0.5;
      const qy = (y + field.donors[d].y[node] - crop.box.y) * scaleY - 0.5;
      borrowed += share * sampleLinear(crop.planes[index], qx, qy);
    });
    const own = sampleLinear(
      target.planes[index],
      (x + field.skinX[node]) * scaleX - 0.5,
      (y + field.skinY[node]) * scaleY - 0.5,
    );
    xs[i] = x - field.box.x - field.box.width / 2;
    ys[i] = y - field.box.y - field.box.height / 2;
    differences[i] = own - borrowed;
  });
  const first = leastSquaresPlane(xs, ys, differences, Infinity);
  const spread = Math.sqrt(meanSquare(xs, ys, differences, first));
  return leastSquaresPlane(xs, ys, differences, Math.max(2 * spread, 2), first);
}

function residual(plane: ColourPlane, x: number, y: number, value: number): number {
  return value - (plane.offset + plane.slopeX * x + plane.slopeY * y);
}

function meanSquare(xs: Float64Array, ys: Float64Array, values: Float64Array, plane: ColourPlane): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += residual(plane, xs[i], ys[i], values[i]) ** 2;
  return sum / values.length;
}

/** Plane through the values by least squares, leaving out those further than `limit` from `guess`. */
function leastSquaresPlane(
  xs: Float64Array,
  ys: Float64Array,
  values: Float64Array,
  limit: number,
  guess: ColourPlane = none,
): ColourPlane {
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  let sumV = 0;
  const kept: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(residual(guess, xs[i], ys[i], values[i])) > limit) continue;
    kept.push(i);
    count++;
    sumX += xs[i];
    sumY += ys[i];
    sumV += values[i];
  }
  if (count < 12) return guess;
  const meanX = sumX / count;
  const meanY = sumY / count;
  const meanV = sumV / count;
  // A little ridge keeps the slopes from running away when the ring is cut by the picture's edge.
  let xx = count;
  let yy = count;
  let xy = 0;
  let xv = 0;
  let yv = 0;
  for (const i of kept) {
    const dx = xs[i] - meanX;
    const dy = ys[i] - meanY;
    const dv = values[i] - meanV;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
    xv += dx * dv;
    yv += dy * dv;
  }
  const determinant = xx * yy - xy * xy;
  const slopeX = (yy * xv - xy * yv) / determinant;
  const slopeY = (xx * yv - xy * xv) / determinant;
  return { offset: meanV - slopeX * meanX - slopeY * meanY, slopeX, slopeY };
}

/** Part way from one match to the next: keeps the light of a run from trembling with the noise of single frames. */
export function easeColour(
  previous: readonly ColourPlane[],
  next: readonly ColourPlane[],
  share: number,
): readonly ColourPlane[] {
  const ease = (from: number, to: number): number => from + share * (to - from);
  return next.map((plane, i) => ({
    offset: ease(previous[i].offset, plane.offset),
    slopeX: ease(previous[i].slopeX, plane.slopeX),
    slopeY: ease(previous[i].slopeY, plane.slopeY),
  }));
}
