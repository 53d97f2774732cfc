import { basename } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import type { DubRequest } from '../../contract/dub.ts';
import type { MediaRecord, MediaRole } from '../../core/project/records.ts';
import type { Cue } from '../../core/subtitles/cue.ts';
import type { FrameClock } from '../../core/time/frame-clock.ts';
import type { ProbeResult } from '../../engine/host/tasks.ts';
import type { VideoStreamInfo } from '../../engine/media/types.ts';
import { sha256OfFile } from '../hashing.ts';
import { probeFile, stampOf } from '../probe-service.ts';
import type { ProbeOptions } from '../probe-service.ts';
import { readSubtitles } from './read-subtitles.ts';

/** The files of a job, looked at. */
export interface MediaInputs {
  readonly source: ProbeResult;
  readonly video: VideoStreamInfo;
  readonly clock: FrameClock;
  readonly voice: ProbeResult;
  /** Null when no subtitles were given. */
  readonly cues: readonly Cue[] | null;
  readonly records: readonly MediaRecord[];
}

async function recordOf(role: MediaRole, path: string, sha256: string): Promise<MediaRecord> {
  const stamp = await stampOf(path);
  return { role, path: stamp.path, sizeBytes: stamp.sizeBytes, modifiedMs: stamp.modifiedMs, sha256 };
}

/**
 * Looks at every file of a request before any long work begins.
 * @throws DubwrightError the file, media and subtitle codes; MEDIA_NO_VIDEO, MEDIA_NO_FRAMES for a film without
 * pictures, MEDIA_NO_AUDIO for a voice without sound
 */
export async function readInputs(request: DubRequest, options: ProbeOptions): Promise<MediaInputs> {
  const { sourcePath, voicePath, subtitlesPath } = request;
  // Names are checked before any file is read: a typing mistake should cost no minute.
  for (const path of [sourcePath, voicePath, ...(subtitlesPath === null ? [] : [subtitlesPath])])
    await stampOf(path);
  const cues = subtitlesPath === null ? null : await readSubtitles(subtitlesPath);
  const voiceProbe = probeFile(voicePath, options);
  // When both files are bad, it is the film that is complained about.
  voiceProbe.catch(() => undefined);
  const source = await probeFile(sourcePath, options);
  const { video } = source.info;
  if (video === null || source.grid === null)
    throw new DubwrightError('MEDIA_NO_VIDEO', { path: sourcePath });
  if (source.grid.frameCount === 0) throw new DubwrightError('MEDIA_NO_FRAMES', { path: sourcePath });
  const voice = await voiceProbe;
  if (voice.info.audio.length === 0) throw new DubwrightError('MEDIA_NO_AUDIO', { path: voicePath });
  const records = [
    await recordOf('source', sourcePath, source.sha256),
    await recordOf('voice', voicePath, voice.sha256),
  ];
  if (subtitlesPath !== null) {
    records.push(await recordOf('subtitles', subtitlesPath, await sha256OfFile(subtitlesPath)));
  }
  return { source, video, clock: source.grid, voice, cues, records };
}

/** The name of a media file without its folder, for labels that leave this machine. */
export function nameOf(probe: ProbeResult): string {
  return basename(probe.info.path);
}
