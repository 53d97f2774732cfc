import type { DubRequest, SegmentFace } from '../../contract/dub.ts';
import type { FrameClock } from '../../core/time/frame-clock.ts';
import type { FrameRange } from '../../core/time/frame-range.ts';
import type { FaceIndex } from '../../engine/faces/types.ts';
import { speakerPerRange } from '../../engine/sync/speaker-activity.ts';
import type { SpeakerActivity } from '../../engine/sync/speaker-activity.ts';
import type { FilmFiles } from '../../engine/host/tasks.ts';
import type { Person } from './choose-face.ts';
import type { RenderTools } from './render-missing.ts';

/** What the faces of segments are chosen from. */
export interface FaceChoiceFacts {
  readonly selector: DubRequest['face'];
  readonly faces: FaceIndex;
  /** Person of the whole film: the one asked for, else the one most on screen. */
  readonly person: Person;
  /** Null when nobody listened, or nothing was to be heard. */
  readonly activity: SpeakerActivity | null;
  readonly clock: FrameClock;
}

/**
 * Whose lips a segment dubs. It depends on the segment's own frames and the film alone, so that a segment keeps its
 * face, and its take, whatever becomes of its neighbours.
 */
export function faceOfSegment(range: FrameRange, facts: FaceChoiceFacts): SegmentFace {
  const { activity, clock, faces, person, selector } = facts;
  if (selector.kind === 'person' || selector.kind === 'at') {
    return { personId: person.personId, reason: 'requested' };
  }
  if (faces.people.length === 1) return { personId: person.personId, reason: 'only-face' };
  const heard =
    selector.kind === 'speaking' && activity !== null ? speakerPerRange(activity, clock, range) : null;
  if (heard?.isClear === true && heard.personId !== null) {
    return { personId: heard.personId, reason: 'speaking' };
  }
  return { personId: person.personId, reason: 'most-seen' };
}

/** Who speaks when in the film; null where that does not matter, or nothing is to be heard. */
export async function listenForSpeakers(
  request: {
    readonly selector: DubRequest['face'];
    readonly faces: FaceIndex;
    readonly film: FilmFiles;
  },
  { engine, log, signal }: Pick<RenderTools, 'engine' | 'log' | 'signal'>,
): Promise<SpeakerActivity | null> {
  const { faces, film, selector } = request;
  if (selector.kind !== 'speaking' || faces.people.length < 2) return null;
  const { activity } = await log.stage('speakers', () =>
    engine.call('filmSync', film, { onEvent: log.fromEngine, signal }),
  );
  return activity;
}

/** Who is dubbed, in one sentence for the log; null where there is nothing to choose. */
export function sentenceAboutFaces(faces: FaceIndex, chosen: readonly SegmentFace[]): string | null {
  if (faces.people.length < 2) return null;
  const byPerson = [...Map.groupBy(chosen, ({ personId }) => personId)].toSorted(([a], [b]) => a - b);
  const said = byPerson.map(([personId, own]) => {
    const unsure = own.filter(({ reason }) => reason === 'most-seen').length;
    const count = own.length === 1 ? '1 segment' : `${own.length} segments`;
    const doubt = unsure > 0 && unsure < own.length ? `, in ${unsure} of them as the one most on screen` : '';
    const reason = unsure === own.length ? 'most on screen' : 'speaking there';
    const why = own.every((one) => one.reason === 'requested') ? 'as asked' : reason;
    return `person ${personId} in ${count} (${why}${doubt})`;
  });
  return `${faces.people.length} people are in the film; dubbed are the lips of ${said.join(', ')}`;
}
