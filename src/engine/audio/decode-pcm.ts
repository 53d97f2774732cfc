import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { DubwrightError } from '../../contract/errors.ts';
import { spawnFfmpeg, type FfmpegProcess } from '../media/ffmpeg-command.ts';
import { meaningfulLine } from '../media/ffmpeg-errors.ts';
import { commitFile, discard, temporaryPathBeside, toOutputError } from '../media/output-file.ts';
import { probeMedia } from '../media/probe.ts';
import { silenceWatch } from '../media/silence-watch.ts';
import type { AudioStreamInfo, MediaInfo } from '../media/types.ts';

/** The one rate of sound inside the engine, in samples per second. */
export const pcmRateHz = 16_000;
const bytesPerSample = 4;

/** A decoded sound, now a file of little-endian float32 samples. */
export interface DecodedPcm {
  readonly sampleCount: number;
  readonly sampleRateHz: number;
  /** Of the samples' bytes, lower-case hex: two files that sound the same here count as the same. */
  readonly sha256: string;
}

/**
 * Decodes one sound stream to a file of mono float32 samples at 16 kHz. Sample 0 sounds at the file's own start, which
 * is also where the frames' presentation times count from: a stream that begins later gets silence in front, what
 * lies before the start is cut, and holes of more than 0.1 s in the stream's time stamps are filled with silence.
 * Several channels are mixed by ffmpeg's own rule for their layout, scaled so that the sum stays within full scale: two
 * channels give their mean.
 * @param streamIndex among all streams of the file; null for its first sound stream
 * @param outPath appears only when complete; an older file of that name is replaced
 * @throws DubwrightError as `probeMedia`, and MEDIA_NO_AUDIO, AUDIO_EMPTY, DISK_FULL, OUTPUT_NOT_WRITABLE, FFMPEG_FAILED
 */
export async function decodePcmFile(request: {
  readonly path: string;
  readonly streamIndex: number | null;
  readonly outPath: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<DecodedPcm> {
  const { path, streamIndex, outPath, signal } = request;
  const info = await probeMedia(path, signal);
  const stream = info.audio.find((sound) => streamIndex === null || sound.streamIndex === streamIndex);
  if (stream === undefined) throw new DubwrightError('MEDIA_NO_AUDIO', { path: info.path });
  const temporaryPath = temporaryPathBeside(outPath);
  const process = await startDecoding(info, stream, signal);
  try {
    const decoded = await writeSamples(process, temporaryPath, outPath);
    await process.done;
    if (decoded.sampleCount === 0) throw emptySound(info.path, process.stderrTail());
    await commitFile(temporaryPath, outPath, true);
    return decoded;
  } catch (thrown) {
    await process.stop();
    await discard(temporaryPath);
    throw thrown;
  }
}

async function startDecoding(
  info: MediaInfo,
  stream: AudioStreamInfo,
  signal: AbortSignal | undefined,
): Promise<FfmpegProcess> {
  // async=1 fills and cuts but never stretches; first_pts=0 does the same for the start. Without rematrix_maxval ffmpeg
  // lets a mix to floats grow beyond full scale: two equal channels by 3 dB.
  const filters = [
    `asetpts=PTS-${info.startSeconds}/TB`,
    ...(stream.channelLayout === '' && stream.channelCount > 2 ? [evenMix(stream.channelCount)] : []),
    `aresample=osr=${pcmRateHz}:async=1:min_hard_comp=0.1:first_pts=0:rematrix_maxval=1`,
    `aformat=sample_fmts=flt:channel_layouts=mono:sample_rates=${pcmRateHz}`,
  ];
  return spawnFfmpeg({
    inputs: [{ path: info.path, options: ['-copyts'] }],
    outputs: [
      {
        stdout: true,
        options: [
          '-map',
          `0:${stream.streamIndex}`,
          '-af',
          filters.join(','),
          '-f',
          'f32le',
          '-c:a',
          'pcm_f32le',
        ],
      },
    ],
    signal,
  });
}

/** Channels that nobody has named all count the same. */
function evenMix(channelCount: number): string {
  const terms = Array.from({ length: channelCount }, (_, i) => `${1 / channelCount}*c${i}`);
  return `pan=mono|c0=${terms.join('+')}`;
}

/**
 * Writes what ffmpeg decodes. The bytes pass through here, and not from ffmpeg to the disk, so that ffmpeg ends when
 * we do, however that happens.
 */
async function writeSamples(
  process: FfmpegProcess,
  temporaryPath: string,
  outPath: string,
): Promise<DecodedPcm> {
  if (process.stdout === null) throw new Error('ffmpeg was started without an output');
  const hash = createHash('sha256');
  const watch = silenceWatch();
  watch.onSilence(() => void process.stop());
  let byteCount = 0;
  let file: FileHandle | null = null;
  try {
    file = await open(temporaryPath, 'wx');
    watch.begin();
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
      watch.end();
      await file.writeFile(chunk);
      hash.update(chunk);
      byteCount += chunk.length;
      watch.begin();
    }
  } catch (thrown) {
    throw toOutputError(thrown, outPath);
  } finally {
    watch.end();
    await file?.close();
  }
  if (watch.isStuck()) throw new DubwrightError('FFMPEG_FAILED', { reason: 'the decoder hangs' });
  return {
    sampleCount: Math.floor(byteCount / bytesPerSample),
    sampleRateHz: pcmRateHz,
    sha256: hash.digest('hex'),
  };
}

/** No samples: either there is nothing in the stream, or nothing of it could be decoded. */
function emptySound(path: string, stderr: string): DubwrightError {
  const isDamaged = /error while decoding|invalid data|error submitting/i.test(stderr);
  return isDamaged
    ? new DubwrightError('MEDIA_UNREADABLE', { path, reason: meaningfulLine(stderr) })
    : new DubwrightError('AUDIO_EMPTY', { path });
}
