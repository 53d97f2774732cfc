import { DubwrightError } from '../../contract/errors.ts';
import type { FaceSelector } from '../../contract/dub.ts';
import { frameAtSeconds } from '../../core/time/frame-clock.ts';
import type { FrameClock } from '../../core/time/frame-clock.ts';
import type { FaceIndex, FaceTrack } from '../../engine/faces/types.ts';
import type { PixelBox } from '../../engine/media/frame.ts';

/** Somebody in the film, and for how many frames. */
export type Person = FaceIndex['people'][number];

/** Distance from a box's middle in half box sizes: below 1 on both axes is inside. */
function distanceFrom(box: PixelBox, x: number, y: number): number {
  const acrossX = Math.abs(x - (box.x + box.width / 2)) / (box.width / 2);
  const acrossY = Math.abs(y - (box.y + box.height / 2)) / (box.height / 2);
  return Math.max(acrossX, acrossY);
}

/** A head moves within its shot and people do not point exactly: half a box beyond its border still counts. */
const reach = 1.5;

function trackAt(faces: FaceIndex, frame: number, point: { x: number; y: number }): FaceTrack | null {
  const near = faces.tracks
    .filter((track) => frame >= track.startFrame && frame < track.endFrame)
    .map((track) => ({ track, distance: distanceFrom(track.medianBox, point.x, point.y) }))
    .filter(({ distance }) => distance <= reach)
    .toSorted((a, b) => a.distance - b.distance || a.track.id - b.track.id);
  return near[0]?.track ?? null;
}

/**
 * Who is to be dubbed in the film as a whole; choose-faces.ts says who in a segment. Null only when the film shows nobody and nobody in particular was asked for.
 * @throws DubwrightError FACE_UNKNOWN for a number nobody has, FACE_NOT_CHOSEN for a point without a face
 */
export function choosePerson(faces: FaceIndex, selector: FaceSelector, clock: FrameClock): Person | null {
  if (selector.kind === 'most-seen' || selector.kind === 'speaking') return faces.people[0] ?? null;
  const personId = selector.kind === 'person' ? selector.personId : personAt(faces, selector, clock);
  const person = faces.people.find((candidate) => candidate.personId === personId);
  if (person) return person;
  const known = faces.people.map((candidate) => candidate.personId).join(', ');
  throw new DubwrightError('FACE_UNKNOWN', { face: personId, known: known === '' ? 'none' : known });
}

function personAt(faces: FaceIndex, selector: FaceSelector & { kind: 'at' }, clock: FrameClock): number {
  const track = trackAt(faces, frameAtSeconds(clock, selector.seconds), selector);
  if (track) return track.personId;
  const at = `${selector.seconds} s, ${selector.x}, ${selector.y}`;
  throw new DubwrightError('FACE_NOT_CHOSEN', { at });
}

/** Whether a person has a face track somewhere in these frames. */
export function isOnScreen(
  faces: FaceIndex,
  personId: number,
  range: { readonly startFrame: number; readonly endFrame: number },
): boolean {
  return faces.tracks.some(
    (track) =>
      track.personId === personId && track.startFrame < range.endFrame && track.endFrame > range.startFrame,
  );
}
