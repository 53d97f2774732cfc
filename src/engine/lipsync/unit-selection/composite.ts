import type { Patch, Plane, VideoFrame } from '../../media/frame.ts';
import { type ColourPlane } from './colour-match.ts';
import { boxInPlane, copyOfPlane, planeShiftOf } from '../../pixels/plane-geometry.ts';
import { softPlanes, softStep, type WeightedCrop } from './mouth-crop.ts';
import { sampleCubic, sampleLinear, type Raster } from './resample.ts';
import type { WarpField } from './warp-field.ts';

/**
 * Lays the borrowed mouth into the target frame along a warp field and returns the finished pixels of the field's box.
 * Where neither mask nor skin warp act, the target's samples are copied bit for bit.
 * @param donors the one with the largest share first.
 */
export function compositePatch(
  target: VideoFrame,
  donors: readonly WeightedCrop[],
  field: WarpField,
  colours: readonly ColourPlane[],
): Patch {
  const { box } = field;
  // One donor alone needs no soft copies.
  const soft = donors.length > 1 ? donors.map(({ crop }) => softPlanes(crop)) : [];
  const planes = target.planes.map((plane, index) => {
    const shift = planeShiftOf(target.format, index);
    const out = copyOfPlane(plane, boxInPlane(box, shift));
    if (index < 3) {
      fillPlane({
        soft,
        out,
        target: plane,
        donors,
        field,
        index,
        shiftX: shift.x,
        shiftY: shift.y,
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
  /** Per donor the soft copies of its planes; empty when there is one donor. */
  readonly soft: readonly (readonly Raster[])[];
  readonly field: WarpField;
  readonly index: number;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly colour: ColourPlane;
  readonly maximum: number;
}

/** True when nothing in a cell of the grid changes a pixel. */
function isIdle({ columns, mask, skinX, skinY }: WarpField, node: number): boolean {
  return isZero(mask, node, columns) && isZero(skinX, node, columns) && isZero(skinY, node, columns);
}

function isZero(values: Float32Array, node: number, columns: number): boolean {
  return (
    values[node] === 0 &&
    values[node + 1] === 0 &&
    values[node + columns] === 0 &&
    values[node + columns + 1] === 0
  );
}

function fillPlane(request: FillRequest): void {
  const { field } = request;
  const rows = field.donors.map(() => ({ x: new RowBlend(), y: new RowBlend() }));
  for (let row = 0; row + 1 < field.rows; row++) {
    for (let column = 0; column + 1 < field.columns; column++) {
      const node = row * field.columns + column;
      if (!isIdle(field, node)) fillCell(request, rows, column, row);
    }
  }
}

/**
 * A node field along one row of pixels inside one cell: bilinear interpolation, of which only the part along x is left
 * to be worked out per pixel.
 */
class RowBlend {
  start = 0;
  slope = 0;

  /** @param v height of the row inside the cell whose first node is `node`, 0 to 1. */
  set(values: Float32Array, node: number, columns: number, v: number): void {
    const left = values[node] + (values[node + columns] - values[node]) * v;
    const right = values[node + 1] + (values[node + columns + 1] - values[node + 1]) * v;
    this.start = left;
    this.slope = right - left;
  }

  /** @param u place along the row, 0 to 1. */
  at(u: number): number {
    return this.start + this.slope * u;
  }
}

type DonorRows = readonly { readonly x: RowBlend; readonly y: RowBlend }[];

const maskRow = new RowBlend();
const skinRowX = new RowBlend();
const skinRowY = new RowBlend();

function fillCell(request: FillRequest, donorRows: DonorRows, column: number, row: number): void {
  const { out, field, shiftX, shiftY } = request;
  const { step, columns, donors } = field;
  const node = row * columns + column;
  const fromX = (column * step) >> shiftX;
  const toX = Math.min(((column + 1) * step) >> shiftX, out.width);
  const fromY = (row * step) >> shiftY;
  const toY = Math.min(((row + 1) * step) >> shiftY, out.height);
  for (let y = fromY; y < toY; y++) {
    // Continuous luma position of this sample's centre; chroma is taken as centred, the same way on both sides.
    const lumaY = (y + 0.5) * (1 << shiftY);
    const v = lumaY / step - row;
    maskRow.set(field.mask, node, columns, v);
    skinRowX.set(field.skinX, node, columns, v);
    skinRowY.set(field.skinY, node, columns, v);
    for (let d = 0; d < donors.length; d++) {
      donorRows[d].x.set(donors[d].x, node, columns, v);
      donorRows[d].y.set(donors[d].y, node, columns, v);
    }
    fillRow(request, donorRows, { column, fromX, toX, y, lumaY });
  }
}

interface RowPlace {
  readonly column: number;
  readonly fromX: number;
  readonly toX: number;
  readonly y: number;
  readonly lumaY: number;
}

function fillRow(request: FillRequest, donorRows: DonorRows, place: RowPlace): void {
  const { out, target, donors, soft, field, shiftX, shiftY, colour, maximum, index } = request;
  const { box, step } = field;
  const { column, fromX, toX, y, lumaY } = place;
  const scaleX = 1 / (1 << shiftX);
  const scaleY = 1 / (1 << shiftY);
  const sample = index === 0 ? sampleCubic : sampleLinear;
  const py = box.y + lumaY;
  const colourOfRow = colour.offset + colour.slopeY * (lumaY - box.height / 2);
  for (let x = fromX; x < toX; x++) {
    const lumaX = (x + 0.5) / scaleX;
    const u = lumaX / step - column;
    const px = box.x + lumaX;
    const share = maskRow.at(u);
    const sx = skinRowX.at(u);
    const sy = skinRowY.at(u);
    const at = y * out.width + x;
    let value = 0;
    if (share < 0.999) {
      const isStill = sx * sx + sy * sy < 1e-4;
      value = isStill ? out.data[at] : sample(target, (px + sx) * scaleX - 0.5, (py + sy) * scaleY - 0.5);
    }
    if (share > 0) {
      let borrowed = colourOfRow + colour.slopeX * (lumaX - box.width / 2);
      let mainSoft = 0;
      for (let d = 0; d < donors.length; d++) {
        const { crop, share: donorShare } = donors[d];
        const qx = (px + donorRows[d].x.at(u) - crop.box.x) * scaleX;
        const qy = (py + donorRows[d].y.at(u) - crop.box.y) * scaleY;
        if (d === 0) borrowed += sample(crop.planes[index], qx - 0.5, qy - 0.5);
        if (soft.length === 0) break;
        // Teeth, lines and grain come from the first donor alone; only light and shade are mixed. Averaging two
        // pictures would blur both and show the lips twice.
        const value = sampleLinear(soft[d][index], qx / softStep - 0.5, qy / softStep - 0.5);
        if (d === 0) mainSoft = value;
        else borrowed += donorShare * (value - mainSoft);
      }
      value += share * (borrowed - value);
    }
    const rounded = (value + 0.5) | 0;
    out.data[at] = rounded < 0 ? 0 : rounded > maximum ? maximum : rounded;
  }
}
