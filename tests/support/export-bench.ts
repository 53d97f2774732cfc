import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { exportFilm } from '../../src/engine/export/export-film.ts';
import type { ExportFilmInput, ExportFilmResult } from '../../src/engine/host/tasks.ts';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';

const run = promisify(execFile);

/** A label for test films. */
export const provenance: ExportFilmInput['provenance'] = {
  generator: 'Dubwright 0.0.0',
  engine: 'unit-selection',
  engineFingerprint: 'test',
  sourceName: 'film.mp4',
  sourceSha256: 'a'.repeat(64),
  voiceName: 'voice.wav',
  voiceSha256: 'b'.repeat(64),
  syntheticRanges: [[5, 15]],
};

/** Exports with defaults for everything that a test does not speak of. */
export function exportWith(
  input: Partial<ExportFilmInput> & Pick<ExportFilmInput, 'sourcePath' | 'outPath'>,
  signal?: AbortSignal,
): Promise<ExportFilmResult> {
  const defaults = {
    takes: [],
    codec: 'h264',
    overwrite: false,
    voice: null,
    originalUnderDb: null,
    extend: 'cut',
    provenance,
  } as const;
  return exportFilm(
    { ...defaults, ...input },
    { onProgress: () => undefined, warn: () => undefined, signal },
  );
}

/** The samples of one sound track, one array per channel, at the given rate; time zero is the file's start. */
export async function decodeTrack(
  path: string,
  request: { readonly track?: number; readonly channelCount: number; readonly sampleRateHz?: number },
): Promise<Float32Array[]> {
  const { track = 0, channelCount, sampleRateHz = 48_000 } = request;
  const { ffmpegPath } = await locateFfmpeg();
  const filter = `aresample=${sampleRateHz}:async=1:first_pts=0`;
  const args = [
    '-v',
    'error',
    '-i',
    `file:${path}`,
    '-map',
    `0:a:${track}`,
    '-af',
    filter,
    '-f',
    'f32le',
    '-',
  ];
  const { stdout } = await run(ffmpegPath, args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  const all = new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
  return Array.from({ length: channelCount }, (_, channel) =>
    all.filter((_, i) => i % channelCount === channel),
  );
}

/** Amplitude of one frequency in a stretch of sound (Goertzel's algorithm with a Hann window). */
export function amplitudeAt(
  samples: Float32Array,
  request: {
    readonly hz: number;
    readonly from: number;
    readonly to: number;
    readonly sampleRateHz?: number;
  },
): number {
  const { hz, from, to, sampleRateHz = 48_000 } = request;
  const [start, end] = [Math.round(from * sampleRateHz), Math.round(to * sampleRateHz)];
  let [re, im, weight] = [0, 0, 0];
  for (let i = start; i < end; i++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i - start)) / (end - start));
    const phase = (2 * Math.PI * hz * i) / sampleRateHz;
    re += window * samples[i] * Math.cos(phase);
    im += window * samples[i] * Math.sin(phase);
    weight += window;
  }
  return (2 * Math.hypot(re, im)) / weight;
}

/** Where the loudest sample is. */
export function peakIndex(samples: Float32Array): number {
  let peak = 0;
  for (let i = 0; i < samples.length; i++) if (Math.abs(samples[i]) > Math.abs(samples[peak])) peak = i;
  return peak;
}
