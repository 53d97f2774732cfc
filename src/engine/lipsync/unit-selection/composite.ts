import type { Patch, PixelBox, Plane, VideoFrame } from '../../media/frame.ts';
import { type ColourPlane } from './colour-match.ts';
import { boxInPlane, copyOfPlane, planeShiftOf } from '../../pixels/plane-geometry.ts';
import { softened, type WeightedCrop } from './mouth-crop.ts';
import { sampleCubic, sampleLinear, sampleSpline, splineOf, type Raster } from './resample.ts';
import type { WarpField } from './warp-field.ts';

/**
 * Lays the borrowed mouth into the target frame along a warp field and returns the finished pixels of the field's box.
 * Where neither mask nor skin warp act, the target's samples are copied bit for bit.
 *
 * Light and shade pass over from skin to mouth along the whole feather, detail in its middle (two bands of Burt and
 * Adelson, "A multiresolution spline", ACM TOG 2, 1983): two pictures' pores and stubble averaged would blur both.
 * @param donors the one with the largest share first.
 */
export function compositePatch(
  target: VideoFrame,
  donors: readonly WeightedCrop[],
  field: WarpField,
  colours: readonly ColourPlane[],
): Patch {
  const { box } = field;
  const planes = target.planes.map((plane, index) => {
    const shift = planeShiftOf(target.format, index);
    const part = boxInPlane(box, shift);
    const out = copyOfPlane(plane, part);
    if (index < 3) {
      const softStep = Math.max(2, field.step >> (1 + shift.x));
      fillPlane({
        out,
        target: plane,
        ownSoft: softened(plane, part, softStep),
        main:
          index === 0
            ? splineOf(donors[0].crop.planes[0], wholeOf(donors[0].crop.planes[0]))
            : donors[0].crop.planes[index],
        soft: donors.map(({ crop }) => softened(crop.planes[index], wholeOf(crop.planes[index]), softStep)),
        donors,
        softStep,
        field,
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

function wholeOf({ width, height }: Plane): PixelBox {
  return { x: 0, y: 0, width, height };
}

interface FillRequest {
  /** The box's samples, already equal to the target's. */
  readonly out: Plane;
  readonly target: Plane;
  /** The target's light and shade in the box. */
  readonly ownSoft: Raster;
  /** The first donor in full: luma as a spline, chroma as it is. */
  readonly main: Raster;
  /** Every donor's light and shade. */
  readonly soft: readonly Raster[];
  readonly donors: readonly WeightedCrop[];
  readonly softStep: number;
  readonly field: WarpField;
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
  const { out, target, ownSoft, main, soft, donors, softStep, field, shiftX, shiftY, colour, maximum } =
    request;
  const { box, step } = field;
  const { column, fromX, toX, y, lumaY } = place;
  const scaleX = 1 / (1 << shiftX);
  const scaleY = 1 / (1 << shiftY);
  const discord = (agreement * (maximum + 1)) ** -2;
  const isLuma = main.data instanceof Float32Array;
  const colourOfRow = colour.offset + colour.slopeY * (lumaY - box.height / 2);
  for (let x = fromX; x < toX; x++) {
    const lumaX = (x + 0.5) / scaleX;
    const u = lumaX / step - column;
    const share = maskRow.at(u);
    const at = y * out.width + x;
    const isMixed = share < 0.999;
    let value = 0;
    let ownX = lumaX;
    let ownY = lumaY;
    if (isMixed) {
      const sx = skinRowX.at(u);
      const sy = skinRowY.at(u);
      ownX += sx;
      ownY += sy;
      if (sx * sx + sy * sy < 1e-4) value = out.data[at];
      else {
        const px = (box.x + ownX) * scaleX - 0.5;
        const py = (box.y + ownY) * scaleY - 0.5;
        value = isLuma ? sampleCubic(target, px, py) : sampleLinear(target, px, py);
      }
    }
    if (share > 0) {
      let light = colourOfRow + colour.slopeX * (lumaX - box.width / 2);
      let mainShade = 0;
      let detail = 0;
      for (let d = 0; d < donors.length; d++) {
        const { crop, share: donorShare } = donors[d];
        const qx = (box.x + lumaX + donorRows[d].x.at(u) - crop.box.x) * scaleX;
        const qy = (box.y + lumaY + donorRows[d].y.at(u) - crop.box.y) * scaleY;
        // Teeth, lines and grain come from the first donor alone. Light and shade are mixed where the donors agree;
        // where one shows teeth and the other a lip, the mixture would show both.
        if (d === 0)
          detail = isLuma ? sampleSpline(main, qx - 0.5, qy - 0.5) : sampleLinear(main, qx - 0.5, qy - 0.5);
        if (!isMixed && donors.length === 1) break;
        const shade = sampleLinear(soft[d], qx / softStep - 0.5, qy / softStep - 0.5);
        if (d === 0) {
          mainShade = shade;
          light += shade;
          detail -= shade;
        } else {
          const apart = shade - mainShade;
          light += (donorShare * apart) / (1 + apart * apart * discord);
        }
      }
      if (isMixed) {
        const ownLight = sampleLinear(
          ownSoft,
          (ownX * scaleX) / softStep - 0.5,
          (ownY * scaleY) / softStep - 0.5,
        );
        const ownDetail = value - ownLight;
        value += share * (light - ownLight) + detailShare(share) * (detail - ownDetail);
      } else {
        value = light + detail;
      }
    }
    const rounded = (value + 0.5) | 0;
    out.data[at] = rounded < 0 ? 0 : rounded > maximum ? maximum : rounded;
  }
}

/** Donors whose shades are this share of the range apart are half mixed. */
const agreement = 20 / 256;

/** Detail changes over in the middle third of the feather. */
const detailSlope = 3;

function detailShare(share: number): number {
  const steep = (share - 0.5) * detailSlope + 0.5;
  return steep < 0 ? 0 : steep > 1 ? 1 : steep;
}
