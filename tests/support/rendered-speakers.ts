import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a rendered speaker's truth says, as far as it is measured against here. */
export interface SpeakerTruth {
  readonly seed: number;
  readonly language: string;
  readonly sex: 'female' | 'male';
  readonly frameCount: number;
  readonly frameRate: { readonly num: number; readonly den: number };
  /** Distance between the inner edges of the lips in each frame. */
  readonly openingCm: readonly number[];
  readonly sentences: readonly { readonly startSeconds: number; readonly endSeconds: number }[];
}

/** A film of a rendered speaker; the offset of its sound is 0 by construction. */
export interface RenderedSpeaker {
  readonly path: string;
  readonly truth: SpeakerTruth;
}

const maker = fileURLToPath(new URL('../../training/speakers/make-speakers.ts', import.meta.url));

/** Why no speaker can be rendered on this machine, or null when one can. */
export function whyNoSpeakers(): string | null {
  const probe = spawnSync('python3', ['-c', 'import ctypes; ctypes.CDLL("libespeak-ng.so.1")']);
  return probe.status === 0 ? null : 'rendered speakers need Python 3 and libespeak-ng';
}

/** Films that lie in a folder, with their truths, by speaker number. */
export function readSpeakers(folder: string): readonly RenderedSpeaker[] {
  return readdirSync(folder)
    .filter((name) => /^speaker-\d+-.*fps\.mkv$/.test(name))
    .map((name): RenderedSpeaker => {
      const path = join(folder, name);
      const truth = JSON.parse(readFileSync(path.replace(/\.mkv$/, '.json'), 'utf8')) as SpeakerTruth;
      return { path, truth };
    })
    .sort((a, b) => a.truth.seed - b.truth.seed);
}

/**
 * Renders speakers that are not in the folder yet, then reads them all.
 * @throws Error with the maker's words
 */
export function renderSpeakers(folder: string, options: Record<string, number>): readonly RenderedSpeaker[] {
  const named = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const made = spawnSync(process.execPath, [maker, '--out', folder, ...named], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`make-speakers: ${made.stderr}`);
  return readSpeakers(folder);
}
