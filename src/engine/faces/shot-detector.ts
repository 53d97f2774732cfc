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

/** The pictures around a possible cut, in the film's order. */
export interface CutContext {
  /** Up to three before it, at least one. */
  readonly earlier: readonly PictureSummary[];
  readonly at: PictureSummary;
  /** Up to two after it. */
  readonly later: readonly PictureSummary[];
}

/** Differences from each picture to the next. */
function stepDifferences(pictures: readonly PictureSummary[]): number[] {
  return pictures.slice(1).map((picture, i) => pictureDifference(pictures[i], picture));
}

/**
 * Whether a new shot begins with picture `at`. A cut stands out from the differences on either side of it (after
 * PySceneDetect's adaptive detector), is not undone one or two frames later (a flash) and changes what is to be seen,
 * not only its light.
 */
export function isCut({ earlier, at, later }: CutContext): boolean {
  const before = earlier[earlier.length - 1];
  const difference = pictureDifference(before, at);
  if (difference < leastCutDifference) return false;
  const around = [...stepDifferences(earlier), ...stepDifferences([at, ...later])].sort((a, b) => a - b);
  // Of four, the third: another cut close by does not hide this one, while two frames of movement tell of movement.
  const usual = around.at(Math.floor(((around.length - 1) * 2) / 3)) ?? 0;
  if (difference < leastCutRatio * usual) return false;
  if (later.some((picture) => pictureDifference(before, picture) < 0.5 * difference)) return false;
  return bestCorrelation(before, at) < sameSceneCorrelation;
}

/** Lengths in frames at which gradual changes are looked for; even. */
const dissolveSpans = [6, 12, 24, 48] as const;
const longestSpan = 48;
/** Frames after a dissolve was noticed in which its remainder is not taken for another. */
const restAfterDissolve = 30;
/** Two ends of a dissolve differ at least by this … */
const leastDissolveDifference = 20;
/** … look less alike than this … */
const dissolveCorrelation = 0.8;
/** … and what lies between them is their mixture, off by no more than this part of their difference. */
const largestMixtureError = 0.12;

function mixtureError(
  from: PictureSummary,
  to: PictureSummary,
  between: PictureSummary,
  part: number,
): number {
  let sum = 0;
  for (const plane of ['luma', 'firstChroma', 'secondChroma'] as const) {
    const [a, b, c] = [from[plane], to[plane], between[plane]];
    for (let i = 0; i < cellCount; i += 1) sum += Math.abs(a[i] + (b[i] - a[i]) * part - c[i]);
  }
  return sum / cellCount;
}

/**
 * Whether one scene has dissolved into another within the pictures given, latest last: the ends differ, and each
 * picture between is a mixture of both (movement is not: what moves is at neither end's place half-way).
 */
export function isDissolve(pictures: readonly PictureSummary[]): boolean {
  return dissolveSpans.some((span) => {
    const from = pictures.at(-1 - span);
    const to = pictures.at(-1);
    if (from === undefined || to === undefined) return false;
    const difference = pictureDifference(from, to);
    if (difference < leastDissolveDifference) return false;
    const isMixture = [0.25, 0.5, 0.75].every((part) => {
      const between = pictures[pictures.length - 1 - span + Math.round(span * part)];
      // Spans that are no multiple of four round to the nearest picture.
      return (
        mixtureError(from, to, between, Math.round(span * part) / span) < largestMixtureError * difference
      );
    });
    return isMixture && bestCorrelation(from, to) < dissolveCorrelation;
  });
}

/** A frame together with whether it is the first of a shot. */
export interface FrameOfShot {
  readonly frame: VideoFrame;
  readonly startsShot: boolean;
}

/**
 * Marks the first frame of every shot in a stream of frames; a dissolve counts as a change of shot within itself.
 * Holds three frames, because cuts show only in hindsight.
 */
export async function* markShots(frames: AsyncIterable<VideoFrame>): AsyncGenerator<FrameOfShot> {
  const waiting: { readonly frame: VideoFrame; readonly summary: PictureSummary }[] = [];
  let earlier: PictureSummary[] = [];
  /** Pictures among which a dissolve may lie: the last few, none from before the shot. */
  let recent: PictureSummary[] = [];
  let restingFrames = 0;
  const next = (): FrameOfShot => {
    const [{ frame, summary }] = waiting.splice(0, 1);
    const later = waiting.map((ahead) => ahead.summary);
    const isSharp = earlier.length === 0 || isCut({ earlier, at: summary, later });
    if (isSharp) recent = [];
    recent = restingFrames > 0 ? [] : [...recent.slice(-longestSpan), summary];
    restingFrames = isSharp ? 0 : Math.max(0, restingFrames - 1);
    const isSoft = isDissolve(recent);
    if (isSoft) restingFrames = restAfterDissolve;
    earlier = [...earlier.slice(-2), summary];
    return { frame, startsShot: isSharp || isSoft };
  };
  for await (const frame of frames) {
    waiting.push({ frame, summary: summarisePicture(frame) });
    if (waiting.length > 2) yield next();
  }
  while (waiting.length > 0) yield next();
}
