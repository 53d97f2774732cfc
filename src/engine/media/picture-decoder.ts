import { DubwrightError } from '../../contract/errors.ts';
import {
  parseStampLine,
  type PrintedStamp,
  seekOptions,
  stampFilter,
  stampInputOptions,
} from './decoded-stamps.ts';
import { spawnFfmpeg } from './ffmpeg-command.ts';
import { assembleFrames } from './frame-assembler.ts';
import { locateFfmpeg, passthroughRateOptions } from './locate-ffmpeg.ts';
import { decodePixelFormat, frameBytes, planarTwin } from './planar-formats.ts';
import { silenceWatch } from './silence-watch.ts';
import type { VideoStreamInfo } from './types.ts';

/** A decoded picture with the file's own time stamp. */
export interface DecodedPicture {
  /** Planes one after the other, as ffmpeg's rawvideo has them; owned by whoever gets it. */
  readonly bytes: Uint8Array;
  /** In the stream's time base; NaN when the file has none for it. */
  readonly stamp: number;
}

/** A running decoder of one picture stream. */
export interface PictureDecoder {
  /** Null when the stream has ended, well or badly: `finish` says which. */
  next(): Promise<DecodedPicture | null>;
  /**
   * Whether an intra picture was decoded before or with the first picture handed out. After a seek it must be so: a
   * stream that refreshes gradually marks entry points at which the picture is not yet whole.
   */
  hasCleanStart(): boolean;
  /** Waits for ffmpeg's end and throws what went wrong. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Where in the stream to begin. */
export type DecodeFrom =
  | { readonly kind: 'start' }
  /** Skips this many pictures. */
  | { readonly kind: 'count'; readonly pictures: number }
  /** Skips pictures before this stamp; with `seekSeconds` not all of them are decoded. */
  | { readonly kind: 'stamp'; readonly stamp: number; readonly seekSeconds: number | null };

/**
 * Starts decoding a picture stream into upright planar pictures, unscaled, at their own times.
 * @throws DubwrightError FFMPEG_MISSING, CANCELLED
 */
export async function startDecoder(request: {
  readonly path: string;
  readonly video: VideoStreamInfo;
  readonly from: DecodeFrom;
  readonly signal?: AbortSignal | undefined;
}): Promise<PictureDecoder> {
  const { path, video, from, signal } = request;
  const rate = passthroughRateOptions(await locateFfmpeg());
  const stamps = stampQueue(from);
  const watch = silenceWatch();
  const seek = from.kind === 'stamp' && from.seekSeconds !== null ? seekOptions(from.seekSeconds) : [];
  const format = ['-f', 'rawvideo', '-c:v', 'rawvideo', '-pix_fmt', decodePixelFormat(video.pixelFormat)];
  const options = ['-map', `0:${video.streamIndex}`, '-vf', filters(video, from), ...rate, ...format];
  const process = await spawnFfmpeg({
    inputs: [{ path, options: [...stampInputOptions, ...seek] }],
    outputs: [{ stdout: true, options }],
    signal,
    onStderrLine: (line) => {
      watch.heard();
      const stamp = parseStampLine(line);
      if (stamp !== null) stamps.push(stamp);
      return stamp !== null;
    },
  });
  if (process.stdout === null) throw new Error('ffmpeg was started without an output');
  const frames = assembleFrames(process.stdout, frameBytes(video.planarFormat, video.width, video.height));
  process.stdout.on('data', () => watch.heard());
  watch.onSilence(() => void process.stop());
  void process.done.catch(() => undefined).finally(() => stamps.end());
  return {
    async next() {
      watch.begin();
      try {
        const bytes = await frames.next();
        return bytes === null ? null : { bytes, stamp: await stamps.next() };
      } finally {
        watch.end();
      }
    },
    hasCleanStart: () => stamps.hasCleanStart(),
    async finish() {
      await process.done;
      if (watch.isStuck())
        throw new DubwrightError('MEDIA_UNREADABLE', { path, reason: 'the decoder hangs' });
    },
    close: () => process.stop(),
  };
}

/** Stamps are printed first, so that they tell of every decoded picture; skipping comes before turning, to save work. */
function filters(video: VideoStreamInfo, from: DecodeFrom): string {
  const chain = [stampFilter];
  if (from.kind === 'count' && from.pictures > 0) chain.push(`trim=start_frame=${from.pictures}`);
  if (from.kind === 'stamp') chain.push(`trim=start_pts=${from.stamp}`);
  const turns = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] };
  chain.push(...turns[video.rotationDegrees]);
  // Left alone, older versions squeeze full range into limited range on the way from a packed format to a planar one.
  const isRepacked =
    planarTwin(video.pixelFormat).name !== video.pixelFormat && !video.pixelFormat.startsWith('yuvj');
  if (isRepacked && video.planarFormat.model === 'yuv') chain.push('scale=in_range=full:out_range=full');
  return chain.join(',');
}

interface StampQueue {
  push(printed: PrintedStamp): void;
  hasCleanStart(): boolean;
  /** The stamp of the next picture that leaves the filters; NaN when its line got lost. */
  next(): Promise<number>;
  end(): void;
}

/** Lines on stderr and pictures on stdout come by different pipes; this pairs them again, in order. */
function stampQueue(from: DecodeFrom): StampQueue {
  const waiting: number[] = [];
  let toSkip = from.kind === 'count' ? from.pictures : 0;
  let hasEnded = false;
  let hasSeenIntra = false;
  let isCleanStart: boolean | null = null;
  let wake: (() => void) | null = null;
  return {
    push({ stamp, isIntra }) {
      hasSeenIntra ||= isIntra;
      if (toSkip > 0) toSkip -= 1;
      else if (from.kind !== 'stamp' || stamp >= from.stamp) {
        waiting.push(stamp);
        isCleanStart ??= hasSeenIntra;
      }
      wake?.();
    },
    hasCleanStart: () => isCleanStart === true,
    async next() {
      while (waiting.length === 0 && !hasEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return waiting.shift() ?? Number.NaN;
    },
    end() {
      hasEnded = true;
      wake?.();
    },
  };
}
