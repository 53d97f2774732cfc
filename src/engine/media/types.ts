import type { Rational } from '../../core/time/rational.ts';
import type { ColourTags, PlanarFormat } from './frame.ts';

/** One picture stream of a file, as seen upright. */
export interface VideoStreamInfo {
  /** Index among all streams of the file, as ffmpeg's `0:index`. */
  readonly streamIndex: number;
  readonly codec: string;
  readonly profile: string;
  /** Size after rotation, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly sampleAspectRatio: Rational;
  /** Clockwise turn that the container asks for; applied when frames are read. */
  readonly rotationDegrees: 0 | 90 | 180 | 270;
  /** ffmpeg's name of the stored sample format, and its planar twin that frames are read in. */
  readonly pixelFormat: string;
  readonly planarFormat: PlanarFormat;
  readonly colour: ColourTags;
  /** Mean rate; exact for a constant-rate stream. */
  readonly frameRate: Rational;
  readonly timeBase: Rational;
  /** `tmcd` or tag, e.g. "01:00:00:00"; null when the file has none. */
  readonly startTimecode: string | null;
}

/** One sound stream of a file. */
export interface AudioStreamInfo {
  readonly streamIndex: number;
  readonly codec: string;
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly channelLayout: string;
  readonly language: string;
  /** Where the sound begins relative to the file's own start, in seconds. */
  readonly startSeconds: number;
  readonly durationSeconds: number | null;
}

/** What a media file holds. */
export interface MediaInfo {
  /** Absolute path. */
  readonly path: string;
  readonly formatName: string;
  readonly sizeBytes: number;
  /** Container duration in seconds, 0 when unknown. */
  readonly durationSeconds: number;
  /** Container start in seconds: the zero that players count from. */
  readonly startSeconds: number;
  readonly video: VideoStreamInfo | null;
  readonly audio: readonly AudioStreamInfo[];
  readonly subtitleStreamCount: number;
}

/**
 * When each frame is shown. Ticks are integers in `timeBase`, relative to the container's start, strictly rising;
 * `ticks[i]` belongs to frame i of the frame grid. One extra entry at the end is where the last frame ends.
 */
export interface PresentationTable {
  readonly timeBase: Rational;
  readonly frameCount: number;
  /** length frameCount + 1 */
  readonly ticks: Float64Array;
  /** True when the distances between frames differ by more than the time base's own rounding. */
  readonly isVariableRate: boolean;
  /**
   * True when the file lacks usable time stamps and some ticks are made up: frames can then be found only by counting
   * from the first one.
   */
  readonly countOnly?: true;
}

/** A probed film together with its frame grid: what every stage that reads pictures works from. */
export interface SourceVideo {
  readonly info: MediaInfo;
  readonly video: VideoStreamInfo;
  readonly table: PresentationTable;
}
