import type { Writable } from 'node:stream';
import { DubwrightError } from '../../contract/errors.ts';
import type { Rational } from '../../core/time/rational.ts';
import { formatRational, rational } from '../../core/time/rational.ts';
import { carrierBytes } from './adapt-frame.ts';
import type { PictureCodec, PictureEncoding } from './encode-options.ts';
import { containerFor, pictureEncoding } from './encode-options.ts';
import type { FfmpegInput, FfmpegProcess } from './ffmpeg-command.ts';
import { spawnFfmpeg } from './ffmpeg-command.ts';
import type { ColourTags, PlanarFormat, VideoFrame } from './frame.ts';
import { locateFfmpeg, passthroughRateOptions } from './locate-ffmpeg.ts';
import { rawFourcc, rawFrameHeader, rawStreamHeader, ticksToNs } from './matroska-raw.ts';
import { repairLastFrame } from './mp4-last-frame.ts';
import { checkOutputPath, commitFile, discard, temporaryPathBeside } from './output-file.ts';

/** Everything besides pictures that the same run of ffmpeg writes. Input 0 is the pictures. */
export interface ExtraStreams {
  /** ffmpeg's inputs 1, 2, … */
  readonly inputs: readonly FfmpegInput[];
  /** Filters on those inputs; null for none. */
  readonly filterComplex: string | null;
  /** `-map`, `-c:a` and so on. */
  readonly options: readonly string[];
}

/** What to write where. */
export interface FrameWriterRequest {
  /** Absolute. The extension chooses the container (`containerFor`). */
  readonly outPath: string;
  readonly overwrite: boolean;
  readonly codec: PictureCodec;
  /** Of every frame that will be written. */
  readonly format: PlanarFormat;
  readonly width: number;
  readonly height: number;
  readonly colour: ColourTags;
  readonly sampleAspectRatio: Rational;
  /** Unit of the ticks given to `write`. */
  readonly timeBase: Rational;
  /**
   * Ticks of which every time given to `write` is a multiple; 1 when nothing is known. Old versions of ffmpeg show the
   * last frame for one such step, so the largest is best.
   */
  readonly tickStep: number;
  /** Mean rate, for rate control and timecode. */
  readonly frameRate: Rational;
  /** "01:00:00:00", or null. */
  readonly startTimecode: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly extra: ExtraStreams | null;
  readonly warn?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A film being written. */
export interface FrameWriter {
  /**
   * Adds a frame shown from `startTick` to `endTick`, ticks of the request's time base from the film's start. Resolves
   * when the frame before has gone to the encoder; the frame itself must not change until the next call resolves.
   * @throws DubwrightError FFMPEG_FAILED, DISK_FULL, OUTPUT_NOT_WRITABLE, CANCELLED
   */
  write(frame: VideoFrame, startTick: number, endTick: number): Promise<void>;
  /** Waits for the encoder and gives the file its name; nothing is left behind when that fails. */
  finish(): Promise<void>;
  /** Ends the encoder and deletes what it wrote; harmless after `finish`. */
  abort(): Promise<void>;
}

const timecodeRates = [24, 25, 30, 48, 50, 60];

/** Muxers refuse a timecode at rates that SMPTE ST 12 does not know. */
function allowsTimecode({ num, den }: Rational): boolean {
  return timecodeRates.some((rate) =>
    [rate, (rate * 1000) / 1001].some((value) => Math.abs(num / den - value) < 1e-3),
  );
}

function timeOptions(request: FrameWriterRequest, container: string): string[] {
  const { timeBase } = request;
  const track = container === 'matroska' ? [] : ['-video_track_timescale', String(timeBase.den)];
  const step = rational(timeBase.num * request.tickStep, timeBase.den);
  return ['-enc_time_base:v', formatRational(step), ...track];
}

function timecodeOptions(request: FrameWriterRequest): string[] {
  const { startTimecode, frameRate } = request;
  // An empty value keeps a timecode out that would come along with the film's other metadata.
  if (startTimecode === null || !allowsTimecode(frameRate)) return ['-metadata', 'timecode='];
  return ['-timecode', startTimecode];
}

/** `write_colr` invents what is unknown, from the picture's height. */
function movFlags({ space, primaries, transfer }: ColourTags): string {
  const isKnown = [space, primaries, transfer].every((tag) => tag !== 'unknown' && tag !== '');
  return `+faststart+use_metadata_tags${isKnown ? '+write_colr' : ''}`;
}

async function startEncoder(request: FrameWriterRequest, temporaryPath: string, firstTick: number) {
  const container = containerFor(request.outPath, request.codec);
  const encoding = pictureEncoding(request);
  const shift = ticksToNs(firstTick, request.timeBase);
  // ffmpeg moves every input to zero; the film's first frame may come later than its start.
  const filters = [
    ...(shift === 0 ? [] : [`setpts=PTS+${shift}`]),
    ...(encoding.filter ? [encoding.filter] : []),
  ];
  const metadata = Object.entries(request.metadata).flatMap(([key, value]) => [
    '-metadata',
    `${key}=${value}`,
  ]);
  const options = [
    ...['-map', '0:v:0', ...(filters.length > 0 ? ['-vf', filters.join(',')] : [])],
    ...encoding.options,
    ...passthroughRateOptions(await locateFfmpeg()),
    ...timeOptions(request, container),
    ...(request.extra?.options ?? ['-an']),
    ...metadata,
    ...timecodeOptions(request),
    // Encoders look ahead further than the muxer's queue for sound is long.
    ...['-max_muxing_queue_size', '9999'],
    ...(container === 'matroska' ? [] : ['-movflags', movFlags(encoding.carrierColour)]),
    ...['-f', container],
  ];
  const filterComplex = request.extra?.filterComplex ?? null;
  const ffmpeg = await spawnFfmpeg({
    inputs: [{ stdin: true, options: ['-f', 'matroska'] }, ...(request.extra?.inputs ?? [])],
    outputs: [{ path: temporaryPath, options }],
    ...(filterComplex !== null ? { filterComplex } : {}),
    signal: request.signal,
  });
  return { ffmpeg, encoding };
}

interface Encoder {
  readonly ffmpeg: FfmpegProcess;
  readonly stdin: Writable;
  readonly encoding: PictureEncoding;
}

/** Resolves when the stream wants more or is no more. */
function drained(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const go = () => {
      stream.off('drain', go).off('close', go);
      resolve();
    };
    stream.on('drain', go).on('close', go);
  });
}

class OpenFilm implements FrameWriter {
  readonly #request: FrameWriterRequest;
  readonly #temporaryPath: string;
  #encoder: Encoder | null = null;
  #firstTick = 0;
  #lastTicks = 1;
  #isOver = false;

  constructor(request: FrameWriterRequest) {
    this.#request = request;
    this.#temporaryPath = temporaryPathBeside(request.outPath);
  }

  async write(frame: VideoFrame, startTick: number, endTick: number): Promise<void> {
    await this.#orAbort(async () => {
      if (this.#isOver) throw new RangeError('the film is closed');
      const encoder = this.#encoder ?? (await this.#start(startTick));
      await this.#send(encoder, this.#packetOf(frame, startTick, endTick, encoder.encoding));
    });
  }

  async finish(): Promise<void> {
    await this.#orAbort(async () => {
      if (this.#isOver) throw new RangeError('the film is closed');
      if (this.#encoder === null)
        throw new DubwrightError('MEDIA_NO_FRAMES', { path: this.#request.outPath });
      const { stdin, ffmpeg } = this.#encoder;
      stdin.end();
      await ffmpeg.done;
      await this.#settleLastFrame();
      this.#isOver = true;
      await commitFile(this.#temporaryPath, this.#request.outPath, this.#request.overwrite);
    });
  }

  async #settleLastFrame(): Promise<void> {
    const { outPath, codec, timeBase } = this.#request;
    if (containerFor(outPath, codec) === 'matroska') return;
    const lastFrame = { ticks: this.#lastTicks * timeBase.num, ticksPerSecond: timeBase.den };
    await repairLastFrame(this.#temporaryPath, lastFrame);
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#encoder?.ffmpeg.stop();
    await discard(this.#temporaryPath);
  }

  async #start(firstTick: number) {
    const request = this.#request;
    this.#firstTick = firstTick;
    const { ffmpeg, encoding } = await startEncoder(request, this.#temporaryPath, firstTick);
    if (ffmpeg.stdin === null) throw new Error('ffmpeg was started without an input pipe');
    const encoder = { ffmpeg, stdin: ffmpeg.stdin, encoding };
    this.#encoder = encoder;
    const { carrierFormat: format, width, height, carrierColour: colour } = encoding;
    await this.#send(encoder, [rawStreamHeader({ ...request, format, width, height, colour })]);
    return encoder;
  }

  #packetOf(frame: VideoFrame, startTick: number, endTick: number, encoding: PictureEncoding): Uint8Array[] {
    const { timeBase, width, height, format } = this.#request;
    if (frame.width !== width || frame.height !== height || frame.format.name !== format.name) {
      throw new RangeError(`frame ${frame.index} is not ${width}x${height} ${format.name}`);
    }
    const samples = carrierBytes(frame, encoding);
    this.#lastTicks = endTick - startTick;
    const startNs = ticksToNs(startTick - this.#firstTick, timeBase);
    const durationNs = Math.max(1, ticksToNs(endTick - this.#firstTick, timeBase) - startNs);
    const byteCount = samples.reduce((sum, bytes) => sum + bytes.length, 0);
    return [rawFrameHeader(startNs, durationNs, byteCount), ...samples];
  }

  /** Waits until ffmpeg has taken the frame before, then hands over the next: one frame is on its way at most. */
  async #send(encoder: Encoder, parts: readonly Uint8Array[]): Promise<void> {
    const { stdin, ffmpeg } = encoder;
    await drained(stdin);
    if (stdin.destroyed) await this.#explainEnd(ffmpeg);
    stdin.cork();
    parts.forEach((part) => stdin.write(part));
    stdin.uncork();
  }

  /** ffmpeg stopped reading: says why, which its own exit knows better than the broken pipe. */
  async #explainEnd(ffmpeg: FfmpegProcess): Promise<never> {
    await ffmpeg.done;
    throw new DubwrightError('FFMPEG_FAILED', { reason: 'ffmpeg ended before the film did' });
  }

  async #orAbort(step: () => Promise<void>): Promise<void> {
    try {
      if (this.#request.signal?.aborted === true) throw new DubwrightError('CANCELLED');
      await step();
    } catch (thrown) {
      await this.abort();
      throw namingOutput(thrown, this.#request.outPath);
    }
  }
}

/** Errors of ffmpeg name the temporary file, which means nothing to anyone. */
function namingOutput(thrown: unknown, outPath: string): unknown {
  if (!(thrown instanceof DubwrightError) || !('path' in thrown.details)) return thrown;
  return new DubwrightError(thrown.code, { ...thrown.details, path: outPath }, { cause: thrown });
}

/**
 * Opens a film for writing: frames are streamed to an encoder, the file appears under its name when it is complete.
 * @throws DubwrightError OUTPUT_FORMAT_UNKNOWN, OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE
 */
export async function openFrameWriter(request: FrameWriterRequest): Promise<FrameWriter> {
  const { codec, format, outPath, width, height, warn } = request;
  containerFor(outPath, codec);
  const encoding = pictureEncoding(request);
  if (rawFourcc(encoding.carrierFormat.name) === null) {
    throw new DubwrightError('OUTPUT_FORMAT_UNKNOWN', { path: outPath, codec, pixelFormat: format.name });
  }
  await checkOutputPath(outPath, request.overwrite);
  if (encoding.width !== width || encoding.height !== height) {
    warn?.(
      `${codec} needs even sizes: the picture is written as ${encoding.width}x${encoding.height}, its edge repeated.`,
    );
  }
  return new OpenFilm(request);
}
