import type { FaceStore } from '../../faces/types.ts';
import { slicePcm } from '../../audio/pcm-file.ts';
import type { VideoFrame } from '../../media/frame.ts';
import type { PlacedSound } from '../types.ts';
import { BoxTrail } from './box-trail.ts';
import type { DistanceLog } from './distance-log.ts';
import type { Embedder } from './embedder.ts';
import { cropBoxOf, cropFace, cropSide, cropValues } from './face-crop.ts';
import { detectionAt, type FaceStretch } from './face-stretches.ts';
import type { FilmGrid } from './film-grid.ts';
import { SoundEmbeddings } from './sound-embeddings.ts';
import { SyncDistances } from './sync-distances.ts';
import { syncNetRateHz, type SyncNetNumbers } from './types.ts';

const sampleRateHz = 16_000;
const samplesPerPicture = sampleRateHz / syncNetRateHz;
/** Frames of one window. */
const windowPictures = 5;
const planeValues = cropSide * cropSide;

/** A stretch with its own piece of the sound. */
export interface StretchSound {
  readonly startSample: number;
  readonly sampleCount: number;
  /** How many windows SyncNet compares: `min(frames, floor(samples / 640)) − 5`; 0 or less when too short. */
  readonly windowCount: number;
}

/** Where a stretch's sound lies in a sound laid against the film. */
export function soundOfStretch({ startGrid, endGrid }: FaceStretch, sound: PlacedSound): StretchSound {
  const pictures = endGrid - startGrid;
  const startSample = startGrid * samplesPerPicture - Math.round(sound.startSeconds * sampleRateHz);
  const sampleCount = Math.min(pictures * samplesPerPicture, sound.pcm.sampleCount - startSample);
  const windowCount = Math.min(pictures, Math.floor(sampleCount / samplesPerPicture)) - windowPictures;
  return { startSample, sampleCount, windowCount };
}

/** Scores one stretch while its frames pass by: five faces and the neighbourhood's embeddings are all it keeps. */
export class StretchScorer {
  readonly stretch: FaceStretch;
  readonly windowCount: number;
  readonly #trail: BoxTrail;
  readonly #sounds: SoundEmbeddings;
  readonly #distances: SyncDistances;
  readonly #log: DistanceLog;
  readonly #crops = Array.from({ length: windowPictures }, () => new Uint8Array(cropValues));
  #nextPicture = 0;
  #compared = 0;

  /** `log` is empty and closed by `close`. The stretch has at least one window. */
  constructor(
    stretch: FaceStretch,
    from: {
      readonly faces: FaceStore;
      readonly grid: FilmGrid;
      readonly sound: PlacedSound;
      readonly soundEmbedder: Embedder;
      readonly log: DistanceLog;
    },
  ) {
    const { faces, grid, sound, soundEmbedder, log } = from;
    const { startSample, sampleCount, windowCount } = soundOfStretch(stretch, sound);
    this.stretch = stretch;
    this.windowCount = windowCount;
    this.#trail = new BoxTrail(stretch.endGrid - stretch.startGrid, (index) =>
      detectionAt(faces, grid, stretch.trackId, stretch.startGrid + index),
    );
    const pcm = slicePcm(sound.pcm, startSample, sampleCount);
    this.#sounds = new SoundEmbeddings(pcm, soundEmbedder, windowCount);
    this.#log = log;
    this.#distances = new SyncDistances(log);
  }

  get isDone(): boolean {
    return this.#compared === this.windowCount;
  }

  /** Whether the scorer wants the frame at this place of the grid. */
  wants(gridFrame: number): boolean {
    const index = gridFrame - this.stretch.startGrid;
    return index >= 0 && index < this.windowCount + windowPictures - 1;
  }

  /** Looks at the stretch's next grid frame. True when a window has become complete. */
  see(frame: VideoFrame): boolean {
    const index = this.#nextPicture++;
    const box = cropBoxOf(this.#trail.at(index), frame);
    cropFace(frame, box, this.#crops[index % windowPictures]);
    return index >= windowPictures - 1;
  }

  /** Writes the window that the last frame completed: [3 × 5 × 224 × 224]. */
  writeWindow(out: Float32Array): void {
    for (let picture = 0; picture < windowPictures; picture++) {
      const crop = this.#crops[(this.#nextPicture + picture) % windowPictures];
      for (let channel = 0; channel < 3; channel++) {
        const plane = crop.subarray(channel * planeValues, (channel + 1) * planeValues);
        out.set(plane, (channel * windowPictures + picture) * planeValues);
      }
    }
  }

  /** Takes the embedding of the next window, in order. */
  async compare(face: Float32Array): Promise<void> {
    this.#distances.add(face, await this.#sounds.around(this.#compared));
    this.#compared++;
  }

  finish(): SyncNetNumbers | null {
    return this.#distances.finish();
  }

  close(): void {
    this.#log.close();
  }
}
