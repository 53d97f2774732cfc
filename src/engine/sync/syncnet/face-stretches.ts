import { boxOfMesh, type MeshBox } from '../../faces/mesh-box.ts';
import type { FaceStore, FaceTrack } from '../../faces/types.ts';
import type { FilmGrid } from './film-grid.ts';

/** Detections a stretch must have more than, and how far apart two may lie (`run_pipeline.py`). */
const minDetections = 100;
const longestStep = 25;
/** Faces that are not larger than this on average, in pixels, SyncNet does not judge. */
export const smallestFacePixels = 100;

/** One face without a longer gap, on SyncNet's grid: what its pipeline would cut out as one film. */
export interface FaceStretch {
  readonly trackId: number;
  readonly personId: number;
  /** First and last grid frame hold a detection; `endGrid` is exclusive. */
  readonly startGrid: number;
  readonly endGrid: number;
  /** Grid frames with a detection. */
  readonly detections: number;
  /** Mean width or mean height of the boxes, whichever is larger, in pixels. */
  readonly meanSize: number;
}

/** The box that stands for SyncNet's detector's, which reaches from the upper forehead to under the chin. */
export function detectionAt(
  faces: FaceStore,
  grid: FilmGrid,
  trackId: number,
  gridFrame: number,
): MeshBox | null {
  const seen = gridFrame < 0 ? null : faces.read(trackId, grid.sourceFrameOf(gridFrame));
  return seen !== null && seen.mesh.every(Number.isFinite) ? boxOfMesh(seen.mesh) : null;
}

/**
 * Cuts a track where its face was away for more than a second and leaves out what SyncNet would: stretches of 100
 * detections or fewer. Tracks end with their shot, so no stretch crosses a cut.
 */
export function stretchesOf(track: FaceTrack, faces: FaceStore, grid: FilmGrid): FaceStretch[] {
  const [first, end] = grid.rangeOf(track.startFrame, track.endFrame);
  const stretches: FaceStretch[] = [];
  let run = new OpenRun();
  const finish = (): void => {
    if (run.detections > minDetections) stretches.push(run.toStretch(track));
    run = new OpenRun();
  };
  for (let g = first; g < end; g++) {
    const box = detectionAt(faces, grid, track.id, g);
    if (box === null) continue;
    if (run.detections > 0 && g - run.last > longestStep) finish();
    run.add(g, box);
  }
  finish();
  return stretches;
}

class OpenRun {
  detections = 0;
  last = 0;
  #first = 0;
  #widths = 0;
  #heights = 0;

  add(g: number, box: MeshBox): void {
    if (this.detections === 0) this.#first = g;
    this.detections++;
    this.last = g;
    this.#widths += box.right - box.left;
    this.#heights += box.bottom - box.top;
  }

  toStretch({ id, personId }: FaceTrack): FaceStretch {
    return {
      trackId: id,
      personId,
      startGrid: this.#first,
      endGrid: this.last + 1,
      detections: this.detections,
      meanSize: Math.max(this.#widths, this.#heights) / this.detections,
    };
  }
}
