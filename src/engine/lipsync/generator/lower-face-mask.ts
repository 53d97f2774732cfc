import { jawline, lipsOuter, noseBase } from '../../faces/mesh-points.ts';
import type { PixelBox, VideoFrame } from '../../media/frame.ts';
import { featheredPolygon, type Mask } from '../../pixels/feather-mask.ts';
import { boxOnChromaGrid } from '../../pixels/plane-geometry.ts';
import type { FaceView, FloatBox } from './face-framing.ts';

/** The jaw from the level of the mouth on one side to the other; further up it would touch ears and hair. */
const jaw = jawline.slice(2, -2);
/** Middle of each cheek and wing of the nose, picture's left and right: the mask's upper edge beside the nose. */
const [cheekLeft, wingLeft, wingRight, cheekRight] = [205, 129, 358, 425];
/** How far the mask reaches past the old jaw, where a wider open mouth pushes it, as a share of the crop's height. */
const jawReach = 0.03;
/** How far its upper edge lies above the base of the nose, so that the upper lip is wholly inside. */
const noseReach = 0.015;
/** Width of the soft edge, as a share of the crop's height. */
const featherShare = 0.07;
/** The lips' outline is widened by these around its middle: room for the mouth that comes. */
const mouthWidening = 1.5;
const mouthHeightening = 2.6;

/** What is replaced in a frame, and where in it the mouth itself moves. */
export interface LowerFace {
  readonly mask: Mask;
  /** Over the mask's box: 1 where lips were or may come, 0 on still skin. */
  readonly mouth: Float32Array;
}

/**
 * The part of a frame that a generated face replaces: jaw, cheeks beside the mouth, up to the base of the nose, with an
 * edge that fades inwards, kept inside the crop that the model saw. Null when nothing of it lies in the picture.
 */
export function lowerFaceOf(frame: VideoFrame, view: FaceView): LowerFace | null {
  const { mesh, box: crop, strength } = view;
  const corners = outlineOf(mesh, crop.height);
  const box = boxOnChromaGrid(boundsOf(corners, crop), frame.format, frame);
  if (box.width < 8 || box.height < 8) return null;
  const featherPx = crop.height * featherShare;
  const mask = featheredPolygon({ corners, box, featherPx });
  if (strength < 1) mask.values.forEach((value, i) => (mask.values[i] = value * strength));
  const mouth = featheredPolygon({ corners: mouthOutlineOf(mesh), box, featherPx });
  return { mask, mouth: mouth.values };
}

function outlineOf(mesh: Float32Array, cropHeight: number): number[] {
  const corners: number[] = [];
  const centre = centreOf(mesh, lipsOuter);
  const push = (point: number, dx: number, dy: number): void => {
    corners.push(mesh[point * 3] + dx, mesh[point * 3 + 1] + dy);
  };
  for (const point of jaw) {
    const dx = mesh[point * 3] - centre.x;
    const dy = mesh[point * 3 + 1] - centre.y;
    const length = Math.hypot(dx, dy) || 1;
    // Only what lies below the mouth is pushed outwards: the sides of the face stay where they are.
    const reach = (jawReach * cropHeight * Math.max(0, dy)) / length;
    push(point, (dx / length) * reach, (dy / length) * reach);
  }
  const up = -noseReach * cropHeight;
  push(cheekLeft, 0, 0);
  push(wingLeft, 0, 0);
  for (const point of noseBase) push(point, 0, up);
  push(wingRight, 0, 0);
  push(cheekRight, 0, 0);
  return corners;
}

function mouthOutlineOf(mesh: Float32Array): number[] {
  const centre = centreOf(mesh, lipsOuter);
  const left = lipsOuter[0] * 3;
  const right = lipsOuter[lipsOuter.length / 2] * 3;
  const angle = Math.atan2(mesh[right + 1] - mesh[left + 1], mesh[right] - mesh[left]);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return lipsOuter.flatMap((point) => {
    const dx = mesh[point * 3] - centre.x;
    const dy = mesh[point * 3 + 1] - centre.y;
    const along = (dx * cos + dy * sin) * mouthWidening;
    const across = (dy * cos - dx * sin) * mouthHeightening;
    return [centre.x + along * cos - across * sin, centre.y + along * sin + across * cos];
  });
}

function centreOf(mesh: Float32Array, points: readonly number[]): { readonly x: number; readonly y: number } {
  let [x, y] = [0, 0];
  for (const point of points) {
    x += mesh[point * 3];
    y += mesh[point * 3 + 1];
  }
  return { x: x / points.length, y: y / points.length };
}

/** Whole pixels around the outline, inside the crop. */
function boundsOf(corners: readonly number[], crop: FloatBox): PixelBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < corners.length; i += 2) {
    left = Math.min(left, corners[i]);
    right = Math.max(right, corners[i]);
    top = Math.min(top, corners[i + 1]);
    bottom = Math.max(bottom, corners[i + 1]);
  }
  const x = Math.floor(Math.max(left, crop.x + 0.5));
  const y = Math.floor(Math.max(top, crop.y + 0.5));
  const endX = Math.ceil(Math.min(right, crop.x + crop.width - 0.5)) + 1;
  const endY = Math.ceil(Math.min(bottom, crop.y + crop.height - 0.5)) + 1;
  return { x, y, width: Math.max(0, endX - x), height: Math.max(0, endY - y) };
}
