import { DubwrightError } from '../../contract/errors.ts';
import type { ExportFilmInput } from '../host/tasks.ts';
import type { Container } from '../media/encode-options.ts';
import type { ExtraStreams } from '../media/frame-writer.ts';
import { probeMedia } from '../media/probe.ts';
import type { AudioStreamInfo, MediaInfo } from '../media/types.ts';
import { mixGraph } from './mix-graph.ts';
import type { SoundFormat } from './sound-format.ts';
import { canCopySound, chooseSoundFormat, forTrack, soundEncoder } from './sound-format.ts';
import { countVoiceSamples } from './voice-length.ts';

/** The voice of a dub, measured. */
export interface MeasuredVoice {
  readonly path: string;
  readonly stream: AudioStreamInfo;
  readonly format: SoundFormat;
  /** Samples at the format's rate. */
  readonly startSample: number;
  readonly sampleCount: number;
  /** Where the voice ends, in seconds from the film's start. */
  readonly endSeconds: number;
}

/** Where sound goes: into which container, and whether the file is one to go on working with. */
export interface SoundTarget {
  readonly container: Container;
  readonly isMaster: boolean;
}

/**
 * Finds the voice's sound track and counts its samples.
 * @throws DubwrightError as `probeMedia`, and MEDIA_NO_AUDIO, AUDIO_EMPTY
 */
export async function measureVoice(
  voice: NonNullable<ExportFilmInput['voice']>,
  film: MediaInfo,
  target: SoundTarget,
  signal: AbortSignal | undefined,
): Promise<MeasuredVoice> {
  const info = await probeMedia(voice.path, signal);
  const stream =
    voice.streamIndex === null
      ? info.audio.at(0)
      : info.audio.find(({ streamIndex }) => streamIndex === voice.streamIndex);
  if (stream === undefined) throw new DubwrightError('MEDIA_NO_AUDIO', { path: voice.path });
  const format = chooseSoundFormat({ ...target, voice: stream, film: film.audio.at(0) ?? null });
  const sampleCount = await countVoiceSamples({ path: info.path, stream, format, signal });
  const startSample = Math.round((voice.startMs * format.sampleRateHz) / 1000);
  const endSeconds = (startSample + sampleCount) / format.sampleRateHz;
  return { path: info.path, stream, format, startSample, sampleCount, endSeconds };
}

/** Options for one track that keeps its place: copied where the container can carry it, else encoded. */
function keepTrack(
  stream: AudioStreamInfo,
  track: number,
  target: SoundTarget,
  warn: (text: string) => void,
) {
  const map = ['-map', `1:${stream.streamIndex}`];
  // An encoder's run-up before zero would move every picture in Matroska, which knows no negative times.
  const fromZero = target.container === 'matroska' ? [`-copypriorss:a:${track}`, '0'] : [];
  if (canCopySound(stream, target.container)) return [...map, `-c:a:${track}`, 'copy', ...fromZero];
  const [codec, ...options] = soundEncoder(target.container, target.isMaster, stream.channelCount);
  warn(
    `Sound track ${track + 1} (${stream.codec}) cannot stay as it is in this container and is encoded as ${codec}.`,
  );
  return [...map, `-c:a:${track}`, codec, ...options.map((option) => forTrack(option, track))];
}

const fromFilm = ['-map_metadata:g', '1:g', '-map_chapters', '1'];

/** The film's own sound, all tracks as they are. */
export function originalSound(
  film: MediaInfo,
  target: SoundTarget,
  warn: (text: string) => void,
): ExtraStreams {
  const tracks = film.audio.flatMap((stream, track) => keepTrack(stream, track, target, warn));
  return { inputs: [{ path: film.path }], filterComplex: null, options: [...fromFilm, ...tracks] };
}

/** The voice in place of the film's first track; the other tracks as they are. */
export function dubbedSound(request: {
  readonly film: MediaInfo;
  readonly voice: MeasuredVoice;
  readonly underDb: number | null;
  readonly totalSeconds: number;
  readonly target: SoundTarget;
  readonly warn: (text: string) => void;
}): ExtraStreams {
  const { film, voice, underDb, totalSeconds, target, warn } = request;
  const [first, ...others] = film.audio;
  const graph = mixGraph({
    format: voice.format,
    totalSamples: Math.round(totalSeconds * voice.format.sampleRateHz),
    voice: { ...voice, input: 2 },
    film: film.audio.length === 0 ? null : { input: 1, stream: first },
    underDb,
  });
  const kept = others.flatMap((stream, i) => keepTrack(stream, i + 1, target, warn));
  return {
    inputs: [{ path: film.path }, { path: voice.path }],
    filterComplex: graph,
    options: [...fromFilm, '-map', '[dub]', ...voice.format.encoderOptions, ...kept],
  };
}
