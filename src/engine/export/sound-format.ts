import type { Container } from '../media/encode-options.ts';
import type { AudioStreamInfo } from '../media/types.ts';

/** How the dubbed sound is made and stored. */
export interface SoundFormat {
  readonly sampleRateHz: number;
  /** ffmpeg's name: mono, stereo, 5.1 or 7.1. */
  readonly layout: string;
  readonly channelCount: number;
  /** `-c:a:0` and what follows. */
  readonly encoderOptions: readonly string[];
}

/** Sound codecs that players expect in each container; Matroska takes them all. */
const copyable: Readonly<Record<Container, readonly string[] | null>> = {
  mp4: ['aac', 'mp3', 'ac3', 'eac3', 'alac'],
  mov: [
    'aac',
    'mp3',
    'ac3',
    'alac',
    'pcm_s16le',
    'pcm_s16be',
    'pcm_s24le',
    'pcm_s24be',
    'pcm_s32le',
    'pcm_f32le',
  ],
  matroska: null,
};

/** Whether a sound track can move into the container as it is. */
export function canCopySound(stream: AudioStreamInfo, container: Container): boolean {
  return copyable[container]?.includes(stream.codec) ?? true;
}

/**
 * Encoder for sound that has to be encoded: AAC in MP4, 24-bit PCM beside ProRes, FLAC in Matroska. (AAC in Matroska
 * begins before zero, which moves every picture by the encoder's delay.)
 */
export function soundEncoder(container: Container, isMaster: boolean, channelCount: number): string[] {
  if (container === 'matroska') return ['flac', '-sample_fmt', 's32'];
  if (isMaster) return ['pcm_s24le'];
  const kilobits = channelCount === 1 ? 128 : channelCount === 2 ? 192 : 64 * channelCount;
  return ['aac', '-b:a', `${kilobits}k`];
}

function layoutFor(channelCount: number): Pick<SoundFormat, 'layout' | 'channelCount'> {
  if (channelCount <= 1) return { layout: 'mono', channelCount: 1 };
  if (channelCount === 2) return { layout: 'stereo', channelCount: 2 };
  return channelCount <= 6 ? { layout: '5.1', channelCount: 6 } : { layout: '7.1', channelCount: 8 };
}

/** 48 kHz, or 44.1 where everything is; lossless sound keeps a higher rate. */
function rateFor(rates: readonly number[], isLossless: boolean): number {
  if (rates.every((rate) => rate === 44_100)) return 44_100;
  return isLossless ? Math.min(192_000, Math.max(48_000, ...rates)) : 48_000;
}

/**
 * Chooses the format that carries the voice and the film's own sound: as many channels as the larger of the two, so
 * that nothing is mixed down.
 */
export function chooseSoundFormat(request: {
  readonly container: Container;
  /** ProRes and FFV1: files that go on being worked on. */
  readonly isMaster: boolean;
  readonly voice: AudioStreamInfo;
  /** The film's first sound track, null for a silent film. */
  readonly film: AudioStreamInfo | null;
}): SoundFormat {
  const { container, isMaster, voice, film } = request;
  const streams = film === null ? [voice] : [voice, film];
  const shape = layoutFor(Math.max(...streams.map((stream) => stream.channelCount)));
  const isLossless = isMaster || container === 'matroska';
  return {
    ...shape,
    sampleRateHz: rateFor(
      streams.map((stream) => stream.sampleRateHz),
      isLossless,
    ),
    encoderOptions: [
      '-c:a:0',
      ...soundEncoder(container, isMaster, shape.channelCount).map((option) => forTrack(option, 0)),
    ],
  };
}

/** Makes an encoder option of `soundEncoder` speak of one sound track only: "-b:a" becomes "-b:a:1". */
export function forTrack(option: string, track: number): string {
  return option.startsWith('-') ? `${option.replace(/:a$/, '')}:a:${track}` : option;
}

/**
 * Filters that bring a stream to the format: gaps in its time stamps become silence, and its first sample is the one
 * that sounds at time zero. A mono voice goes to both sides of a stereo picture at full level (the resampler would take
 * 3 dB off), and to the centre of 5.1, as dialogue does.
 */
export function toSoundFormat(stream: AudioStreamInfo, format: SoundFormat): string {
  const spread = stream.channelCount === 1 && format.layout === 'stereo' ? ['pan=stereo|c0=c0|c1=c0'] : [];
  return [
    `aresample=${format.sampleRateHz}:async=1:first_pts=0`,
    ...spread,
    `aformat=sample_fmts=fltp:sample_rates=${format.sampleRateHz}:channel_layouts=${format.layout}`,
  ].join(',');
}
