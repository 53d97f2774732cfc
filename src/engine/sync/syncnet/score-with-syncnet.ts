import { setImmediate as nextTurn } from 'node:timers/promises';
import { DubwrightError } from '../../../contract/errors.ts';
import type { FaceStore, FaceTrack } from '../../faces/types.ts';
import { openFrameReader } from '../../media/frame-reader.ts';
import type { VideoFrame } from '../../media/frame.ts';
import type { SourceVideo } from '../../media/types.ts';
import type { PlacedSound } from '../types.ts';
import { DistanceLog } from './distance-log.ts';
import { openSyncNet, type SyncNet, type SyncNetFiles } from './embedder.ts';
import { faceScoreOf } from './face-score.ts';
import { stretchesOf, type FaceStretch } from './face-stretches.ts';
import { FilmGrid } from './film-grid.ts';
import { soundOfStretch, StretchScorer } from './stretch-scorer.ts';
import { syncNetRateHz, type SyncNetFaceScore } from './types.ts';

/** Frames between two stretches that are decoded and dropped rather than sought over. */
const readThroughFrames = 150;

/** What is scored, and with what. */
export interface SyncNetRequest {
  readonly source: SourceVideo;
  readonly faces: FaceStore;
  /** On the film's clock. */
  readonly sound: PlacedSound;
  readonly files: SyncNetFiles;
  /** Only these tracks; all when left out. */
  readonly trackIds?: readonly number[];
  /** What grows with the film is written here under a temporary name and removed in the end. */
  readonly scratchFolder: string;
  /** Windows compared and windows in all; called once per batch. */
  readonly onProgress?: (done: number, total: number) => void;
  /** A sentence for the user: the provider fails, the CPU goes on. */
  readonly onWarning?: (sentence: string) => void;
  readonly signal: AbortSignal;
  /** Where frames come from instead of the source's file: `startFrame` to `endFrame` (exclusive), in order. */
  readonly readFrames?: (startFrame: number, endFrame: number) => AsyncIterable<VideoFrame>;
}

/**
 * Scores every face of a film with SyncNet (Chung and Zisserman, "Out of time: automated lip sync in the wild", 2016),
 * whose two networks the user brings as ONNX files: LSE-D, LSE-C and offset as https://github.com/joonson/syncnet_python
 * computes them, with this program's faces in place of its detector. One pass over the film's frames; memory does not
 * grow with its length.
 *
 * @returns one entry per stretch of a face without a longer gap, in order of time; a track without any that SyncNet
 *   would judge has one entry without numbers
 * @throws DubwrightError MODEL_NOT_FOUND, MODEL_UNREADABLE, MODEL_WRONG_SHAPE, CANCELLED, and as `openFrameReader`
 */
export async function scoreWithSyncNet(request: SyncNetRequest): Promise<SyncNetFaceScore[]> {
  const net = await openSyncNet(request.files, request.onWarning ?? (() => undefined));
  try {
    return await new FilmScoring(request, net).run();
  } finally {
    await net.close();
  }
}

/** A run over one film. */
class FilmScoring {
  readonly #request: SyncNetRequest;
  readonly #net: SyncNet;
  readonly #grid: FilmGrid;
  readonly #scores: SyncNetFaceScore[] = [];
  /** Stretches whose time has come. */
  readonly #active = new Set<StretchScorer>();
  /** Whose windows wait in the slots of the face network. */
  readonly #waiting: StretchScorer[] = [];
  #done = 0;
  #total = 0;

  constructor(request: SyncNetRequest, net: SyncNet) {
    this.#request = request;
    this.#net = net;
    this.#grid = new FilmGrid(request.source.table);
  }

  async run(): Promise<SyncNetFaceScore[]> {
    const stretches = this.#plan();
    try {
      for (const pass of this.#passesOf(stretches)) await this.#readPass(pass);
    } finally {
      for (const scorer of this.#active) scorer.close();
    }
    return this.#scores.sort((a, b) => a.startSeconds - b.startSeconds || a.trackId - b.trackId);
  }

  /** The stretches that can be scored; for the others the answer is already known. */
  #plan(): FaceStretch[] {
    const { faces, sound, source, trackIds } = this.#request;
    const scorable: FaceStretch[] = [];
    for (const track of faces.index.tracks) {
      if (trackIds !== undefined && !trackIds.includes(track.id)) continue;
      this.#throwIfCancelled();
      const stretches = stretchesOf(track, faces, this.#grid);
      if (stretches.length === 0) this.#scores.push(tooShort(track, this.#grid));
      for (const stretch of stretches) {
        const { windowCount } = soundOfStretch(stretch, sound);
        if (windowCount > 0) scorable.push(stretch);
        else this.#scores.push(faceScoreOf(stretch, source.video.frameRate, { numbers: null, windowCount }));
        this.#total += Math.max(0, windowCount);
      }
    }
    return scorable.sort((a, b) => a.startGrid - b.startGrid);
  }

  /** Stretches that overlap or nearly do are read in one go. */
  #passesOf(stretches: readonly FaceStretch[]): FaceStretch[][] {
    const passes: FaceStretch[][] = [];
    let end = -Infinity;
    for (const stretch of stretches) {
      if (this.#grid.sourceFrameOf(stretch.startGrid) - end > readThroughFrames) passes.push([]);
      passes.at(-1)?.push(stretch);
      end = Math.max(end, this.#grid.sourceFrameOf(stretch.endGrid - 1) + 1);
    }
    return passes;
  }

  async #readPass(stretches: readonly FaceStretch[]): Promise<void> {
    const startGrid = stretches[0].startGrid;
    const endGrid = Math.max(...stretches.map((stretch) => stretch.endGrid));
    const firstFrame = this.#grid.sourceFrameOf(startGrid);
    const frames = this.#framesOf(firstFrame, this.#grid.sourceFrameOf(endGrid - 1) + 1);
    const coming = [...stretches];
    let g = startGrid;
    for await (const frame of frames) {
      this.#throwIfCancelled();
      for (; g < endGrid && this.#grid.sourceFrameOf(g) === frame.index; g++) {
        while (coming.length > 0 && coming[0].startGrid <= g) await this.#begin(coming.shift());
        await this.#see(frame, g);
      }
    }
    await this.#flush();
  }

  async *#framesOf(startFrame: number, endFrame: number): AsyncGenerator<VideoFrame, void, undefined> {
    const { readFrames, source, signal } = this.#request;
    yield* (
      readFrames?.(startFrame, endFrame) ?? (await openFrameReader({ source, startFrame, endFrame, signal }))
    );
  }

  async #begin(stretch: FaceStretch | undefined): Promise<void> {
    if (stretch === undefined) return;
    const { faces, sound, scratchFolder } = this.#request;
    const log = await DistanceLog.create(scratchFolder);
    const from = { faces, grid: this.#grid, sound, soundEmbedder: this.#net.sound, log };
    this.#active.add(new StretchScorer(stretch, from));
  }

  async #see(frame: VideoFrame, gridFrame: number): Promise<void> {
    for (const scorer of this.#active) {
      if (!scorer.wants(gridFrame) || !scorer.see(frame)) continue;
      scorer.writeWindow(this.#net.face.slot(this.#waiting.length));
      this.#waiting.push(scorer);
      if (this.#waiting.length === this.#net.face.capacity) await this.#flush();
    }
  }

  /** Runs the face network on the windows that wait. */
  async #flush(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    const embeddings = await this.#net.face.run(waiting.length);
    for (const [i, scorer] of waiting.entries()) {
      await scorer.compare(embeddings[i]);
      if (scorer.isDone) this.#finish(scorer);
    }
    this.#done += waiting.length;
    this.#request.onProgress?.(this.#done, this.#total);
    await nextTurn(); // lets a cancellation in: the network computes on this thread
  }

  #finish(scorer: StretchScorer): void {
    const { stretch, windowCount } = scorer;
    const numbers = scorer.finish();
    this.#scores.push(faceScoreOf(stretch, this.#request.source.video.frameRate, { numbers, windowCount }));
    this.#active.delete(scorer);
    scorer.close();
  }

  #throwIfCancelled(): void {
    if (this.#request.signal.aborted) throw new DubwrightError('CANCELLED');
  }
}

function tooShort(track: FaceTrack, grid: FilmGrid): SyncNetFaceScore {
  const [first, end] = grid.rangeOf(track.startFrame, track.endFrame);
  return {
    trackId: track.id,
    personId: track.personId,
    startSeconds: first / syncNetRateHz,
    endSeconds: end / syncNetRateHz,
    evidence: 'low',
    doubt: 'short',
    numbers: null,
    perSecond: [],
  };
}
