import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { DubwrightError } from '../../contract/errors.ts';
import { parseRational, rational, type Rational } from '../../core/time/rational.ts';
import { meaningfulLine } from './ffmpeg-errors.ts';
import { planarTwin } from './planar-formats.ts';
import { runFfprobe } from './run-ffprobe.ts';
import type { AudioStreamInfo, MediaInfo, VideoStreamInfo } from './types.ts';

const probeLimitMs = 60_000;

const text = z.string().optional();
const streamSchema = z.object({
  index: z.number(),
  codec_type: text,
  codec_name: text,
  profile: z.union([z.string(), z.number()]).optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  pix_fmt: text,
  sample_aspect_ratio: text,
  color_range: text,
  color_space: text,
  color_primaries: text,
  color_transfer: text,
  r_frame_rate: text,
  avg_frame_rate: text,
  time_base: text,
  start_time: text,
  duration: text,
  sample_rate: text,
  channels: z.number().optional(),
  channel_layout: text,
  disposition: z.record(z.string(), z.number()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  side_data_list: z.array(z.looseObject({ rotation: z.number().optional() })).optional(),
});
const answerSchema = z.object({
  streams: z.array(streamSchema).default([]),
  format: z.object({
    format_name: text,
    start_time: text,
    duration: text,
    tags: z.record(z.string(), z.string()).optional(),
  }),
});
type ProbedStream = z.infer<typeof streamSchema>;
type ProbedFile = z.infer<typeof answerSchema>;

/**
 * Looks into a media file: its container and streams, nothing decoded. Cover art is no picture stream; of several
 * picture streams the one marked as default counts, else the first.
 * @throws DubwrightError FILE_NOT_FOUND, FILE_NOT_READABLE (also for folders and devices), MEDIA_UNREADABLE (not
 *   media, empty, or not understood within 60 s), MEDIA_TRUNCATED (the index that belongs at the end is missing),
 *   CANCELLED, FFMPEG_MISSING
 */
export async function probeMedia(path: string, signal?: AbortSignal): Promise<MediaInfo> {
  const absolute = resolve(path);
  const sizeBytes = await readableSize(absolute);
  const answer = await askFfprobe(absolute, signal);
  const startSeconds = seconds(answer.format.start_time) ?? 0;
  const pictures = answer.streams.filter(isPicture);
  const picture = pictures.find((stream) => stream.disposition?.['default'] === 1) ?? pictures.at(0);
  return {
    path: absolute,
    formatName: answer.format.format_name ?? '',
    sizeBytes,
    durationSeconds: Math.max(0, seconds(answer.format.duration) ?? 0),
    startSeconds,
    video: picture === undefined ? null : describePicture(picture, answer),
    audio: answer.streams.filter(isSound).map((stream) => describeSound(stream, startSeconds)),
    subtitleStreamCount: answer.streams.filter((stream) => stream.codec_type === 'subtitle').length,
  };
}

async function readableSize(path: string): Promise<number> {
  const stats = await stat(path).catch((error: unknown) => {
    const isMissing = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(codeOf(error));
    throw new DubwrightError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_NOT_READABLE', { path }, { cause: error });
  });
  if (stats.isDirectory()) throw new DubwrightError('FILE_NOT_READABLE', { path, reason: 'folder' });
  // Opening a pipe or a device could wait for ever.
  if (!stats.isFile()) throw new DubwrightError('FILE_NOT_READABLE', { path, reason: 'not a file' });
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new DubwrightError('FILE_NOT_READABLE', { path, reason: codeOf(error) }, { cause: error });
  });
  await file.close();
  if (stats.size === 0) throw new DubwrightError('MEDIA_UNREADABLE', { path, reason: 'empty file' });
  return stats.size;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function askFfprobe(path: string, signal: AbortSignal | undefined): Promise<ProbedFile> {
  const lines: string[] = [];
  const options = ['-show_streams', '-show_format', '-of', 'json'];
  const result = await runFfprobe({ path, options, totalLimitMs: probeLimitMs, signal }, (line) =>
    lines.push(line),
  );
  if (result.isTimedOut) throw new DubwrightError('MEDIA_UNREADABLE', { path, reason: 'no answer in 60 s' });
  if (/moov atom not found/.test(result.stderr) && (await beginsLikeMp4(path))) {
    throw new DubwrightError('MEDIA_TRUNCATED', { path });
  }
  const answer = result.isOk ? answerSchema.safeParse(parseJson(lines.join('\n'))) : null;
  // ffmpeg takes any text for a picture made of letters.
  const isMedia = answer?.success === true && answer.data.format.format_name !== 'tty';
  if (!isMedia || !answer.data.streams.some((stream) => isPicture(stream) || isSound(stream))) {
    const crash = result.signal === null ? '' : `ffprobe: ${result.signal}`;
    const reason = meaningfulLine(result.stderr).replace(`file:${path}: `, '') || crash;
    throw new DubwrightError('MEDIA_UNREADABLE', { path, reason });
  }
  return answer.data;
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return null;
  }
}

async function beginsLikeMp4(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return ['ftyp', 'mdat', 'wide', 'free', 'skip', 'pnot'].includes(buffer.toString('latin1', 4, 8));
  } finally {
    await file.close();
  }
}

function isPicture(stream: ProbedStream): boolean {
  return (
    stream.codec_type === 'video' &&
    stream.codec_name !== undefined &&
    stream.disposition?.['attached_pic'] !== 1 &&
    (stream.width ?? 0) > 0 &&
    (stream.height ?? 0) > 0
  );
}

/** Sound that some decoder knows: Apple's spatial tracks, for one, come without a codec name. */
function isSound(stream: ProbedStream): boolean {
  return stream.codec_type === 'audio' && stream.codec_name !== undefined && (stream.channels ?? 0) > 0;
}

function describePicture(stream: ProbedStream, file: ProbedFile): VideoStreamInfo {
  const rotationDegrees = rotationOf(stream);
  const isTurned = rotationDegrees === 90 || rotationDegrees === 270;
  const [width, height] = [stream.width ?? 0, stream.height ?? 0];
  const aspect = positive(stream.sample_aspect_ratio) ?? { num: 1, den: 1 };
  const pixelFormat = stream.pix_fmt ?? 'unknown';
  return {
    streamIndex: stream.index,
    codec: stream.codec_name ?? '',
    profile: stream.profile === undefined ? '' : String(stream.profile),
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    sampleAspectRatio: isTurned ? rational(aspect.den, aspect.num) : aspect,
    rotationDegrees,
    pixelFormat,
    planarFormat: planarTwin(pixelFormat),
    colour: {
      range: stream.color_range ?? (pixelFormat.startsWith('yuvj') ? 'pc' : 'unknown'),
      space: stream.color_space ?? 'unknown',
      primaries: stream.color_primaries ?? 'unknown',
      transfer: stream.color_transfer ?? 'unknown',
    },
    frameRate: statedRate(stream),
    timeBase: positive(stream.time_base) ?? { num: 1, den: 1000 },
    startTimecode: timecodeOf(stream, file),
  };
}

/** Clockwise, from the display matrix or the older tag; anything but quarter turns counts as upright. */
function rotationOf(stream: ProbedStream): 0 | 90 | 180 | 270 {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation;
  const clockwise = matrix === undefined ? Number(stream.tags?.['rotate'] ?? 0) : -matrix;
  const turned = ((Math.round(clockwise) % 360) + 360) % 360;
  return turned === 90 || turned === 180 || turned === 270 ? turned : 0;
}

/**
 * The nominal rate where the mean agrees with it to a thousandth (the mean of a file whose last frame is shown longer
 * is a little off), else the mean.
 */
function statedRate(stream: ProbedStream): Rational {
  const nominal = positive(stream.r_frame_rate);
  const mean = positive(stream.avg_frame_rate);
  if (nominal === null || mean === null) return mean ?? nominal ?? { num: 25, den: 1 };
  const ratio = (mean.num * nominal.den) / (mean.den * nominal.num);
  return Math.abs(ratio - 1) < 1e-3 ? nominal : mean;
}

function timecodeOf(stream: ProbedStream, file: ProbedFile): string | null {
  const carriers = [stream, ...file.streams.filter((other) => other.codec_type === 'data'), file.format];
  const found = carriers
    .map((carrier) => tagNamed(carrier.tags, 'timecode'))
    .find((tag) => tag !== undefined);
  return found ?? null;
}

function tagNamed(tags: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return Object.entries(tags ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

function describeSound(stream: ProbedStream, fileStartSeconds: number): AudioStreamInfo {
  const start = seconds(stream.start_time) ?? fileStartSeconds;
  return {
    streamIndex: stream.index,
    codec: stream.codec_name ?? '',
    sampleRateHz: Number(stream.sample_rate ?? 0),
    channelCount: stream.channels ?? 0,
    channelLayout: stream.channel_layout ?? '',
    language: tagNamed(stream.tags, 'language') ?? 'und',
    startSeconds: start - fileStartSeconds,
    durationSeconds: seconds(stream.duration) ?? clockSeconds(tagNamed(stream.tags, 'duration')),
  };
}

/** Matroska keeps a stream's length as a tag: "00:00:08.123000000". */
function clockSeconds(clock: string | undefined): number | null {
  const match = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(clock ?? '');
  return match === null ? null : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

function positive(fraction: string | undefined): Rational | null {
  const value = parseRational(fraction ?? '');
  return value !== null && value.num > 0 ? value : null;
}

function seconds(value: string | undefined): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}
