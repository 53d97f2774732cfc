import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedFolder } from './shared-media.ts';

const demoFolder = fileURLToPath(new URL('../../resources/demo', import.meta.url));

/** A short film with one speaker's face in nearly every frame: the bundled demo, else a shared clip, else null. */
export function speakerFilm(): string | null {
  const names = existsSync(demoFolder) ? readdirSync(demoFolder) : [];
  const demo = names.find((name) => name.startsWith('speech.'));
  if (demo !== undefined) return join(demoFolder, demo);
  const clips = sharedFolder('clips');
  return clips === null ? null : join(clips, 'desk-man-6s-700-22fps.mp4');
}
