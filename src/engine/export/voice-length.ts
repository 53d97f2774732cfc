import { DubwrightError } from '../../contract/errors.ts';
import { spawnFfmpeg } from '../media/ffmpeg-command.ts';
import type { AudioStreamInfo } from '../media/types.ts';
import type { SoundFormat } from './sound-format.ts';
import { toSoundFormat } from './sound-format.ts';

/**
 * How many samples a voice has in the format of the result. Counted by decoding: containers only estimate.
 * @throws DubwrightError AUDIO_EMPTY, CANCELLED, FFMPEG_FAILED
 */
export async function countVoiceSamples(request: {
  readonly path: string;
  readonly stream: AudioStreamInfo;
  readonly format: SoundFormat;
  readonly signal: AbortSignal | undefined;
}): Promise<number> {
  const { path, stream, format, signal } = request;
  const filter = `${toSoundFormat(stream, format)},aformat=sample_fmts=u8:channel_layouts=mono`;
  const options = ['-map', `0:${stream.streamIndex}`, '-vn', '-af', filter, '-f', 'u8'];
  const ffmpeg = await spawnFfmpeg({ inputs: [{ path }], outputs: [{ stdout: true, options }], signal });
  let sampleCount = 0;
  ffmpeg.stdout?.on('data', (chunk: Buffer) => (sampleCount += chunk.length));
  await ffmpeg.done;
  if (sampleCount === 0) throw new DubwrightError('AUDIO_EMPTY', { path });
  return sampleCount;
}
