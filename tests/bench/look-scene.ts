import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore, readFaceIndex } from '../../src/engine/faces/face-store.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import type { LipScene, PcmReader } from '../../src/engine/lipsync/types.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { sharedFolder } from '../support/shared-media.ts';
import type { LookCase } from './look-cases.ts';

const demo = join(import.meta.dirname, '../../resources/demo');

/** The files of a case; null where this machine does not have them. */
export function filesOf(look: LookCase): { readonly film: string; readonly voice: string } | null {
  if (look.clip === null) return { film: join(demo, 'speech.mp4'), voice: join(demo, look.voice) };
  const [clips, voices] = [sharedFolder('clips'), sharedFolder('voices')];
  if (clips === null || voices === null) return null;
  const files = { film: join(clips, look.clip), voice: join(voices, look.voice) };
  return existsSync(files.film) && existsSync(files.voice) ? files : null;
}

/** Faces of a film, from `folder` when they were found before. */
export async function facesOf(path: string, folder: string, signal: AbortSignal): Promise<FaceStore> {
  if (readFaceIndex(folder) === null) {
    await analyseFaces({ source: await openSource(path), folder, onProgress: () => undefined, signal });
  }
  return openFaceStore(folder);
}

/** A sound file as 16 kHz mono, decoded once. */
export async function soundOf(path: string, folder: string, signal: AbortSignal): Promise<PcmReader> {
  mkdirSync(folder, { recursive: true });
  const outPath = join(folder, `${basename(path)}.f32`);
  if (!existsSync(outPath)) await decodePcmFile({ path, streamIndex: null, outPath, signal });
  return openPcmFile(outPath);
}

/** A film ready for an engine; what is worked out stays in `folder`. */
export async function sceneOf(film: string, folder: string, signal: AbortSignal): Promise<LipScene> {
  const source = await openSource(film);
  const faces = await facesOf(film, join(folder, 'faces'), signal);
  const originalSound = source.info.audio.length > 0 ? await soundOf(film, folder, signal) : null;
  return { source, faces, originalSound, cacheFolder: join(folder, 'cache') };
}
