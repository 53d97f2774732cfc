import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore, readFaceIndex } from '../../src/engine/faces/face-store.ts';
import type { FaceStore, FaceTrack } from '../../src/engine/faces/types.ts';
import type { PcmReader } from '../../src/engine/lipsync/types.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import type { SourceVideo } from '../../src/engine/media/types.ts';
import { measurePeople, readTrackLips } from '../../src/engine/sync/film-lips.ts';
import { hearSound, type HeardSound } from '../../src/engine/sync/heard-sound.ts';
import type { OffsetTable } from '../../src/engine/sync/offset-table.ts';
import { compareLips } from '../../src/engine/sync/score-lips.ts';
import type { SyncExpert } from '../../src/engine/sync/sync-expert.ts';
import type { LipTable } from '../../src/engine/sync/types.ts';

const never = new AbortController().signal;

/** Close-ups that no network was trained on. */
export const heldOutCloseUps = [
  'anchor',
  'desk-man',
  'blue-wall',
  'commissioner',
  'address-b',
  'webcam-1080p-1',
  'webcam-1080p-2',
  'microphone-man',
];
/** Small faces, covered mouths, several people: for information. */
export const hardClips = ['captions', 'debate'];

/** A clip whose faces and sound are known. */
export interface SyncClip {
  readonly name: string;
  readonly source: SourceVideo;
  readonly faces: FaceStore;
  readonly pcm: PcmReader;
  readonly sound: HeardSound;
}

/** Clips whose names begin with one of the parts, in their order. */
export function clipNames(clips: string, parts: readonly string[]): string[] {
  const names = readdirSync(clips).filter((name) => /\.(mp4|mov|mpg)$/i.test(name));
  return parts.flatMap((part) => names.filter((name) => name.startsWith(part)));
}

/** Opens a clip; its faces and sound are kept in `folder`. */
export async function openClip(path: string, name: string, folder: string): Promise<SyncClip> {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const source = await openSource(path);
  const facesFolder = join(own, 'faces');
  if (readFaceIndex(facesFolder) === null)
    await analyseFaces({ source, folder: facesFolder, onProgress: () => undefined, signal: never });
  const pcmPath = join(own, 'sound.f32');
  if (!existsSync(pcmPath)) await decodePcmFile({ path, streamIndex: null, outPath: pcmPath, signal: never });
  const pcm = openPcmFile(pcmPath);
  const sound = hearSound({ pcm, startSeconds: 0 }, never);
  return { name, source, faces: openFaceStore(facesFolder), pcm, sound };
}

/** Lips of everybody's tracks, z-scored. */
export function lipsOfClip({ faces, source }: SyncClip): { track: FaceTrack; lips: LipTable }[] {
  const people = measurePeople(faces, never, () => undefined);
  const whole = { startFrame: 0, endFrame: source.table.frameCount };
  return faces.index.tracks.flatMap((track) => {
    const statistics = people.get(track.personId);
    if (statistics === undefined) return [];
    const film = { faces, clock: source.table };
    return [{ track, lips: readTrackLips(film, track, statistics, whole) }];
  });
}

/** Compares the tracks of the person most on screen with a sound. */
export async function compareClip(
  clip: SyncClip,
  expert: SyncExpert,
  sound: HeardSound = clip.sound,
): Promise<OffsetTable[]> {
  const personId = clip.faces.index.people.at(0)?.personId;
  const tables: OffsetTable[] = [];
  for (const { lips, track } of lipsOfClip(clip))
    if (track.personId === personId) tables.push(await compareLips({ expert, sound, signal: never }, lips));
  return tables;
}
