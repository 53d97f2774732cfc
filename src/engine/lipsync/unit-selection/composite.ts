import type { Patch, Plane, VideoFrame } from '../../media/frame.ts';
import { type ColourPlane } from './colour-match.ts';
import { planeShift, type WeightedCrop } from './mouth-crop.ts';
import { cropPlane, sampleCubic, sampleLinear } from './resample.ts';
import type { WarpField } from './warp-field.ts';

/**
 * Lays the borrowed mouth into the target frame along a warp field and returns the finished pixels of the field's box.
 * Where neither mask nor skin warp act, the target's samples are copied bit for bit.
 */
export function compositePatch(
  target: VideoFrame,
  donors: readonly WeightedCrop[],
  field: WarpField,
  colours: readonly ColourPlane[],
): Patch {
  const { box } = field;
  const planes = target.planes.map((plane, index) => {
    const { shiftX, shiftY } = planeShift(target, index);
    const out = cropPlane(plane, {
      x: box.x >> shiftX,
      y: box.y >> shiftY,
      width: box.width >> shiftX,
      height: box.height >> shiftY,
    });
    if (index < 3) {
      fillPlane({
        out,
        target: plane,
        donors,
        field,
        index,
        shiftX,
        shiftY,
        colour: colours[index],
        maximum: (1 << target.format.bitDepth) - 1,
      });
    }
    return out;
  });
  return { frameIndex: target.index, box, planes };
}

interface FillRequest {
  /** The box's samples, already equal to the target's. */
  readonly out: Plane;
  readonly target: Plane;
  readonly donors: readonly WeightedCrop[];
  readonly field: WarpField;
  readonly index: number;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly colour: ColourPlane;
  readonly maximum: number;
}

/** True when nothing in a cell of the grid changes a pixel. */
function isIdle(field: WarpField, node: number): boolean {
  const { columns, mask, skinX, skinY } = field;
  for (const at of [node, node + 1, node + columns, node + columns + 1]) {
    if (mask[at] !== 0 || skinX[at] !== 0 || skinY[at] !== 0) return false;
  }
  return true;
}

function fillPlane(request: FillRequest): void {
  const { field } = request;
  for (let row = 0; row + 1 < field.rows; row++) {
    for (let column = 0; column + 1 < field.columns; column++) {
      const node = row * field.columns + column;
      if (!isIdle(field, node)) fillCell(request, column, row);
    }
  }
}

/** Bilinear blend of a node field at (u, v) inside the cell whose first node is `node`. */
function blend(values: Float32Array, node: number, columns: number, u: number, v: number): number {
  const upper = values[node] + (values[node + 1] - values[node]) * u;
  const lower = values[node + columns] + (values[node + columns + 1] - values[node + columns]) * u;
  return upper + (lower - upper) * v;
}

function fillCell(request: FillRequest, column: number, row: number): void {
  const { out, target, donors, field, shiftX, shiftY, colour, maximum } = request;
  const { box, step, columns } = field;
  const node = row * columns + column;
  const scaleX = 1 / (1 << shiftX);
  const scaleY = 1 / (1 << shiftY);
  const fromX = (column * step) >> shiftX;
  const toX = Math.min(((column + 1) * step) >> shiftX, out.width);
  const fromY = (row * step) >> shiftY;
  const toY = Math.min(((row + 1) * step) >> shiftY, out.height);
  const sample = request.index === 0 ? sampleCubic : sampleLinear;
  for (let y = fromY; y < toY; y++) {
    // Continuous luma position of this sample's centre; chroma is taken as centred, the same way on both sides.
    const lumaY = (y + 0.5) / scaleY;
    const v = lumaY / step - row;
    for (let x = fromX; x < toX; x++) {
      const lumaX = (x + 0.5) / scaleX;
      const u = lumaX / step - column;
      const px = box.x + lumaX;
      const py = box.y + lumaY;
      const sx = blend(field.skinX, node, columns, u, v);
      const sy = blend(field.skinY, node, columns, u, v);
      const share = blend(field.mask, node, columns, u, v);
      let value =
        sx * sx + sy * sy < 1e-4
          ? out.data[y * out.width + x]
          : share > 0.999
            ? 0
            : sample(target, (px + sx) * scaleX - 0.5, (py + sy) * scaleY - 0.5);
      if (share > 0) {
        let borrowed =
          colour.offset + colour.slopeX * (lumaX - box.width / 2) + colour.slopeY * (lumaY - box.height / 2);
        for (let d = 0; d < donors.length; d++) {
          const { crop, share: donorShare } = donors[d];
          const qx = (px + blend(field.donors[d].x, node, columns, u, v) - crop.box.x) * scaleX - 0.5;
          const qy = (py + blend(field.donors[d].y, node, columns, u, v) - crop.box.y) * scaleY - 0.5;
          borrowed += donorShare * sample(crop.planes[request.index], qx, qy);
        }
        value += share * (borrowed - value);
      }
      const rounded = (value + 0.5) | 0;
      out.data[y * out.width + x] = rounded < 0 ? 0 : rounded > maximum ? maximum : rounded;
    }
  }
}
