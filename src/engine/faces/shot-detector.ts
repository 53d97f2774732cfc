import type { Plane, VideoFrame } from '../media/frame.ts';

/** Grid of block means that stands for a whole picture. */
const columns = 32;
const rows = 18;
const cellCount = columns * rows;
/** Luma samples per cell and axis, spread evenly: enough to make the mean steady, few enough to cost nothing. */
const samplesPerCell = 4;

/** A picture boiled down to block means of Y, U and V in 8-bit units (gray pictures have no colour). */
export interface PictureSummary {
  readonly luma: Float32Array;
  readonly firstChroma: Float32Array;
  readonly secondChroma: Float32Array;
}

function blockMeans(plane: Plane, unit: number): Float32Array {
  const means = new Float32Array(cellCount);
  const { data, width, height } = plane;
  const [countX, countY] = [columns * samplesPerCell, rows * samplesPerCell];
  const sampleX = Int32Array.from({ length: countX }, (_, i) => ((i + 0.5) * width) / countX);
  for (let line = 0; line < countY; line += 1) {
    const lineStart = Math.floor(((line + 0.5) * height) / countY) * width;
    const row = Math.floor(line / samplesPerCell) * columns;
    for (let i = 0, column = 0; column < columns; column += 1) {
      let sum = 0;
      for (let k = 0; k < samplesPerCell; k += 1, i += 1) sum += data[lineStart + sampleX[i]];
      means[row + column] += sum;
    }
  }
  const weight = unit / (samplesPerCell * samplesPerCell);
  for (let i = 0; i < cellCount; i += 1) means[i] *= weight;
  return means;
}

/** Block means of a frame; a few tens of microseconds at any picture size. */
export function summarisePicture(frame: VideoFrame): PictureSummary {
  const unit = 2 ** (8 - frame.format.bitDepth);
  const luma = blockMeans(frame.planes[0], unit);
  if (frame.format.model === 'gray') {
    const none = new Float32Array(cellCount);
    return { luma, firstChroma: none, secondChroma: none };
  }
  return {
    luma,
    firstChroma: blockMeans(frame.planes[1], unit),
    secondChroma: blockMeans(frame.planes[2], unit),
  };
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** How much two pictures differ: mean block difference of the three planes together, in 8-bit steps. */
export function pictureDifference(a: PictureSummary, b: PictureSummary): number {
  return (
    meanDifference(a.luma, b.luma) +
    meanDifference(a.firstChroma, b.firstChroma) +
    meanDifference(a.secondChroma, b.secondChroma)
  );
}

/** Correlation of two luma grids, the second shifted by whole cells; 1 for flat pictures. */
function correlation(a: Float32Array, b: Float32Array, shiftX: number, shiftY: number): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let y = Math.max(0, -shiftY); y < Math.min(rows, rows - shiftY); y += 1)
    for (let x = Math.max(0, -shiftX); x < Math.min(columns, columns - shiftX); x += 1) {
      const p = a[y * columns + x];
      const q = b[(y + shiftY) * columns + x + shiftX];
      n += 1;
      sa += p;
      sb += q;
      saa += p * p;
      sbb += q * q;
      sab += p * q;
    }
  const spreadA = saa - (sa * sa) / n;
  const spreadB = sbb - (sb * sb) / n;
  if (spreadA < n && spreadB < n) return 1;
  return (sab - (sa * sb) / n) / Math.sqrt(Math.max(spreadA, 1) * Math.max(spreadB, 1));
}

/** Best correlation within two cells of movement: what stays high when a camera pans or a lamp goes on. */
function bestCorrelation(a: PictureSummary, b: PictureSummary): number {
  let best = -1;
  for (let shiftY = -1; shiftY <= 1; shiftY += 1)
    for (let shiftX = -2; shiftX <= 2; shiftX += 1)
      best = Math.max(best, correlation(a.luma, b.luma, shiftX, shiftY));
  return best;
}

/** Smaller differences are movement, whatever surrounds them. */
const leastCutDifference = 12;
/** A cut differs at least so many times more than the frames around it (fast movement differs all along). */
const leastCutRatio = 3;
/** Pictures more alike than this show the same scene, only lighter, darker or moved. */
const sameSceneCorrelation = 0.9;

/** The pictures around a possible cut; null beyond either end of the film. */
export interface CutContext {
  readonly beforeThat: PictureSummary | null;
  readonly before: PictureSummary;
  readonly at: PictureSummary;
  readonly after: PictureSummary | null;
  readonly afterThat: PictureSummary | null;
}

/**
 * Whether a new shot begins with picture `at`. A cut stands out from the differences on either side of it (after
 * PySceneDetect's adaptive detector), is not undone one or two frames later (a flash) and changes what is to be seen,
 * not only its light. A dissolve has no such moment and is taken as one shot.
 */
export function isCut({ beforeThat, before, at, after, afterThat }: CutContext): boolean {
  const difference = pictureDifference(before, at);
  if (difference < leastCutDifference) return false;
  const around: number[] = [];
  if (beforeThat !== null) around.push(pictureDifference(beforeThat, before));
  if (after !== null) around.push(pictureDifference(at, after));
  if (after !== null && afterThat !== null) around.push(pictureDifference(after, afterThat));
  const usual = around.length === 0 ? 0 : around.reduce((sum, value) => sum + value, 0) / around.length;
  // A second cut, or the end of a flash, right beside this one must not hide it: the smallest neighbour decides then.
  const quietest = around.length === 0 ? 0 : Math.min(...around);
  if (difference < leastCutRatio * Math.min(usual, 2 * quietest + 1)) return false;
  for (const later of [after, afterThat])
    if (later !== null && pictureDifference(before, later) < 0.5 * difference) return false;
  return bestCorrelation(before, at) < sameSceneCorrelation;
}

/** A frame together with whether it is the first of a shot. */
export interface FrameOfShot {
  readonly frame: VideoFrame;
  readonly startsShot: boolean;
}

/** Marks the first frame of every shot in a stream of frames. Holds three frames, because cuts show only in hindsight. */
export async function* markShots(frames: AsyncIterable<VideoFrame>): AsyncGenerator<FrameOfShot> {
  const waiting: { readonly frame: VideoFrame; readonly summary: PictureSummary }[] = [];
  let [beforeThat, before]: [PictureSummary | null, PictureSummary | null] = [null, null];
  const next = (): FrameOfShot => {
    const [{ frame, summary }] = waiting.splice(0, 1);
    const [after, afterThat] = [waiting.at(0)?.summary ?? null, waiting.at(1)?.summary ?? null];
    const startsShot = before === null || isCut({ beforeThat, before, at: summary, after, afterThat });
    [beforeThat, before] = [before, summary];
    return { frame, startsShot };
  };
  for await (const frame of frames) {
    waiting.push({ frame, summary: summarisePicture(frame) });
    if (waiting.length > 2) yield next();
  }
  while (waiting.length > 0) yield next();
}
