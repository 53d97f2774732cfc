import type { PersonTable } from './person-table.ts';

/** Limits of a mouth library. */
export interface LibraryLimits {
  readonly maxMouths: number;
  readonly maxBytes: number;
  /** Film frames to draw from, [start, end); the whole film when absent. */
  readonly range?: readonly [number, number];
}

export const defaultLibraryLimits: LibraryLimits = { maxMouths: 6000, maxBytes: 1.5e9 };

/** Frames are taken in blocks of this length, so that runs of natural motion survive the choice. */
const blockFrames = 48;
const minimumVisibility = 0.45;
const maximumYawDegrees = 40;

/**
 * Which frames of a film become the library: all in which the mouth is well seen, or, where that is more than the
 * limits allow, blocks spread evenly over the film. Deterministic.
 * @param bytesPerMouth estimate, from the face's size.
 * @returns rising frame indices.
 */
export function chooseLibraryFrames(
  table: PersonTable,
  bytesPerMouth: number,
  limits: LibraryLimits = defaultLibraryLimits,
): number[] {
  const [start, end] = limits.range ?? [0, table.frameCount];
  const usable: number[] = [];
  for (let frame = start; frame < end; frame++) {
    const isUsable =
      table.trackIds[frame] >= 0 &&
      table.visibility[frame] >= minimumVisibility &&
      Math.abs(table.poses[2 * frame]) <= maximumYawDegrees;
    if (isUsable) usable.push(frame);
  }
  const room = Math.max(
    1,
    Math.min(limits.maxMouths, Math.floor(limits.maxBytes / Math.max(bytesPerMouth, 1))),
  );
  if (usable.length <= room) return usable;
  const blocks = Math.ceil(usable.length / blockFrames);
  const kept = Math.max(1, Math.floor(room / blockFrames));
  const chosen: number[] = [];
  for (let i = 0; i < kept; i++) {
    const block = Math.floor((i * blocks) / kept);
    chosen.push(...usable.slice(block * blockFrames, (block + 1) * blockFrames));
  }
  return chosen;
}
