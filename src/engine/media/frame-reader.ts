import { DubwrightError } from '../../contract/errors.ts';
import type { Plane, VideoFrame } from './frame.ts';
import { startTicks } from './open-source.ts';
import {
  startDecoder,
  type DecodedPicture,
  type DecodeFrom,
  type PictureDecoder,
} from './picture-decoder.ts';
import { planeSizes } from './planar-formats.ts';
import { secondsOfFrame } from './presentation-table.ts';
import type { SourceVideo } from './types.ts';

/** A stretch of film, decoded frame by frame; iterate it once. */
export interface FrameReader extends AsyncIterable<VideoFrame> {
  /** Ends the decoder at once; safe to call twice. Leaving a `for await` loop calls it. */
  close(): Promise<void>;
}

/** Which frames to read. */
export interface FrameReaderRequest {
  readonly source: SourceVideo;
  readonly startFrame: number;
  /** exclusive */
  readonly endFrame: number;
  readonly signal?: AbortSignal | undefined;
}

/** Below this many frames decoding from the start costs less than a seek. */
const seekFromFrame = 100;
/** A seek aims this far ahead of the wanted frame: the pictures around a keyframe may refer to those before it. */
const seekMarginSeconds = 1.2;
const seekMarginFrames = 24;
/** Where keyframes are marked truly and found by an index. */
const seekableContainers = ['mov', 'mp4', 'matroska', 'webm'];
const seekableCodecs = ['h264', 'hevc', 'prores', 'vp9', 'av1', 'mpeg4', 'ffv1', 'dnxhd', 'mjpeg'];

/**
 * Reads frames `startFrame` to `endFrame` (exclusive) as the decoder gives them: upright, in their own sample format,
 * nothing scaled, dropped or doubled. Each frame owns its buffer and stays valid as long as the caller keeps it; up to
 * 32 MB of frames are decoded ahead.
 *
 * Frames are matched to the grid by their time stamps. A picture in the middle that the decoder lost to damage is
 * filled by the one before it, which is what a player shows; a stream that ends before the grid does is an error.
 * @throws RangeError when the range is not on the grid
 * @throws DubwrightError FFMPEG_MISSING, CANCELLED; while iterating also MEDIA_TRUNCATED (`frame` tells how far it
 *   went), MEDIA_UNREADABLE (the decoder hangs), FFMPEG_FAILED (it was killed)
 */
export async function openFrameReader(request: FrameReaderRequest): Promise<FrameReader> {
  const { source, startFrame, endFrame } = request;
  const isWhole = Number.isInteger(startFrame) && Number.isInteger(endFrame);
  if (!isWhole || startFrame < 0 || endFrame < startFrame || endFrame > source.table.frameCount) {
    throw new RangeError(`frames ${startFrame} to ${endFrame} of ${source.table.frameCount}`);
  }
  const opened = startFrame === endFrame ? null : await openAt(request);
  return {
    async close() {
      await opened?.decoder.close();
    },
    async *[Symbol.asyncIterator]() {
      if (opened === null) return;
      try {
        yield* alignToGrid(request, opened);
      } finally {
        await opened.decoder.close();
      }
    },
  };
}

interface OpenedStream {
  readonly decoder: PictureDecoder;
  /** Null when the stream ended before the first wanted picture. */
  readonly first: DecodedPicture | null;
}

/** Starts the decoder at `startFrame`; a seek that does not bring exactly this frame, whole, is given up for a full decode. */
async function openAt(request: FrameReaderRequest): Promise<OpenedStream> {
  const { source, startFrame, signal } = request;
  const start = async (from: DecodeFrom): Promise<OpenedStream> => {
    const decoder = await startDecoder({ path: source.info.path, video: source.video, from, signal });
    return { decoder, first: await decoder.next() };
  };
  if (startFrame === 0) return start({ kind: 'start' });
  if (source.table.countOnly === true) return start({ kind: 'count', pictures: startFrame });
  const stamp = stampOf(source, startFrame);
  const seekSeconds = seekTarget(source, startFrame);
  if (seekSeconds !== null) {
    const opened = await start({ kind: 'stamp', stamp, seekSeconds });
    if (opened.first?.stamp === stamp && opened.decoder.hasCleanStart()) return opened;
    await opened.decoder.close();
  }
  return start({ kind: 'stamp', stamp, seekSeconds: null });
}

/** Seconds on the file's own clock to seek to for a frame; null when decoding from the start is better or safer. */
function seekTarget(source: SourceVideo, startFrame: number): number | null {
  const { info, video, table } = source;
  const isSeekable =
    seekableCodecs.includes(video.codec) &&
    info.formatName.split(',').some((name) => seekableContainers.includes(name));
  if (!isSeekable || startFrame < seekFromFrame) return null;
  const early = secondsOfFrame(table, startFrame - seekMarginFrames);
  const target = Math.min(early, secondsOfFrame(table, startFrame) - seekMarginSeconds);
  return target <= secondsOfFrame(table, 0) ? null : target + info.startSeconds;
}

/** The file's own time stamp of a frame. */
function stampOf(source: SourceVideo, frame: number): number {
  return source.table.ticks[frame] + startTicks(source.info, source.table.timeBase);
}

async function* alignToGrid(
  request: FrameReaderRequest,
  { decoder, first }: OpenedStream,
): AsyncGenerator<VideoFrame, void, undefined> {
  const { source, startFrame, endFrame } = request;
  const isCounted = source.table.countOnly === true;
  let picture = first;
  let shown: Uint8Array | null = null;
  for (let index = startFrame; index < endFrame; index++) {
    const expected = stampOf(source, index);
    // Pictures between the grid's times: the grid was made without them.
    while (!isCounted && picture !== null && picture.stamp < expected) picture = await decoder.next();
    if (picture === null) throw await whyItEnded(request, decoder, index);
    const isLost = !isCounted && picture.stamp > expected;
    const bytes: Uint8Array = isLost ? new Uint8Array(shown ?? picture.bytes) : picture.bytes;
    yield toFrame(source, index, bytes);
    shown = bytes;
    if (!isLost && index + 1 < endFrame) picture = await decoder.next();
  }
}

async function whyItEnded(
  request: FrameReaderRequest,
  decoder: PictureDecoder,
  frame: number,
): Promise<DubwrightError> {
  const { path } = request.source.info;
  try {
    await decoder.finish();
  } catch (error) {
    const isKilled = error instanceof DubwrightError && 'signal' in error.details;
    const isPlain = error instanceof DubwrightError && error.code === 'FFMPEG_FAILED' && !isKilled;
    if (!isPlain) throw error;
  }
  return new DubwrightError('MEDIA_TRUNCATED', { path, frame, frameCount: request.source.table.frameCount });
}

function toFrame(source: SourceVideo, index: number, bytes: Uint8Array): VideoFrame {
  const { planarFormat: format, width, height, colour } = source.video;
  return { index, format, width, height, colour, planes: splitPlanes(bytes, format, width, height) };
}

/** Views on the planes of a raw frame; nothing is copied. `bytes` starts at an even offset of its buffer. */
function splitPlanes(
  bytes: Uint8Array,
  format: VideoFrame['format'],
  width: number,
  height: number,
): Plane[] {
  let at = bytes.byteOffset;
  return planeSizes(format, width, height).map((size) => {
    const count = size.width * size.height;
    const isWide = format.bitDepth > 8;
    const data = isWide ? new Uint16Array(bytes.buffer, at, count) : new Uint8Array(bytes.buffer, at, count);
    at += data.byteLength;
    return { data, ...size };
  });
}
