import type { TakeSync } from '../../core/takes/take-sync.ts';
import type { FaceStore } from '../faces/types.ts';
import type { Patch, VideoFrame } from '../media/frame.ts';
import type { SourceVideo } from '../media/types.ts';

/** Sound that lips follow: mono, 16 kHz, read from disk piece by piece. */
export interface PcmReader {
  /** Always 16,000. */
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  /**
   * `count` samples from `start` in -1 to 1; positions outside the sound read as silence, so callers may ask for
   * context beyond both ends.
   */
  read(start: number, count: number): Float32Array;
  close(): void;
}

/** What a lip engine works on: one film, its faces, its own sound. */
export interface LipScene {
  readonly source: SourceVideo;
  readonly faces: FaceStore;
  /** The film's own sound on the same clock as the frames' presentation times; null for a silent film. */
  readonly originalSound: PcmReader | null;
  /** Folder for this film's reusable by-products; content-addressed by the engine. */
  readonly cacheFolder: string;
}

/** One stretch of film whose lips are to follow one stretch of voice. */
export interface LipSegment {
  readonly startFrame: number;
  /** exclusive */
  readonly endFrame: number;
  readonly personId: number;
  /** The segment's voice alone; sample 0 sounds when frame `startFrame` appears. */
  readonly voice: PcmReader;
  /** The frame before (after) shows the film's own mouth: pass over from (to) it within a few frames. */
  readonly fadeIn?: boolean;
  readonly fadeOut?: boolean;
}

/** How far a long step has come. */
export interface StageProgress {
  readonly stage: 'probe' | 'faces' | 'speakers' | 'library' | 'voice' | 'syncnet' | 'render' | 'export';
  readonly doneFrames: number;
  readonly totalFrames: number;
}

/** Called often; must be cheap. */
export type OnProgress = (progress: StageProgress) => void;

/** What an engine says about a segment it rendered. */
export interface SegmentOutcome {
  readonly patchedFrames: number;
  /** Frames left as they were because no face, or nothing of its mouth, was to be seen. */
  readonly framesWithoutFace: number;
  /** Sentences for the editor ("the library has no open mouths in this pose"). */
  readonly notes: readonly string[];
  /** Milliseconds by stage name, for the report. */
  readonly stageMs: Readonly<Record<string, number>>;
}

/** What is known of a take when it is finished. */
export interface ScoredOutcome extends SegmentOutcome {
  /** Null where it could not be scored: no expert, or an engine that does not tell its lips. */
  readonly sync: TakeSync | null;
}

/**
 * The lips of a finished frame, by which a take is scored: `lipFeatureCount` numbers (faces/lip-features.ts) of the
 * mesh that the engine laid in, or the source frame for whoever has to look. The frame may be written over.
 */
export type LaidLips = { readonly features: Float32Array } | { readonly frame: VideoFrame };

/** A lip engine that has seen the film and can render any of its segments. */
export interface LipRenderer {
  /**
   * Renders one segment. `frames` yields exactly the segment's source frames in order; every patch is handed to
   * `emit` in frame order, with the lips it shows, and neither must be kept by the engine afterwards. A frame whose
   * lips are not told counts as not seen when the take is scored. Memory does not grow with the length.
   */
  render(request: {
    readonly segment: LipSegment;
    readonly frames: AsyncIterable<VideoFrame>;
    readonly emit: (patch: Patch, lips?: LaidLips) => Promise<void>;
    readonly onProgress: OnProgress;
    readonly signal: AbortSignal;
  }): Promise<SegmentOutcome>;
  close(): Promise<void>;
}

/** A way of making lips follow a voice. */
export interface LipEngine {
  readonly id: 'unit-selection' | 'generator';
  /** Part of every take's key: engine version, model hashes, parameters. Changes whenever pixels may change. */
  readonly fingerprint: string;
  /** Looks at the film (and builds what it caches for it). */
  prepare(
    scene: LipScene,
    options: { readonly personId: number; readonly onProgress: OnProgress; readonly signal: AbortSignal },
  ): Promise<LipRenderer>;
}
