import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import type { FaceIndex } from '../../../../src/engine/faces/types.ts';
import { choosePerson, isOnScreen } from '../../../../src/studio/dub/choose-face.ts';
import { steadyClock } from '../../../support/film-clock.ts';

const track = (
  id: number,
  personId: number,
  x: number,
  [startFrame, endFrame]: readonly [number, number],
) => ({
  ...{ id, personId, shotIndex: 0, startFrame, endFrame, observedFrames: endFrame - startFrame },
  medianBox: { x, y: 100, width: 100, height: 100 },
  meanPresence: 0.9,
});
/** Two people beside each other, who change places after ten seconds. */
const faces: FaceIndex = {
  ...{ frameCount: 500, width: 640, height: 360, shots: [] },
  tracks: [
    track(1, 1, 100, [0, 250]),
    track(2, 2, 400, [0, 250]),
    track(3, 1, 400, [250, 500]),
    track(4, 2, 100, [250, 400]),
  ],
  people: [
    { personId: 1, observedFrames: 500 },
    { personId: 2, observedFrames: 400 },
  ],
};
const clock = steadyClock(500, 25);
const at = (seconds: number, x: number, y: number) => ({ kind: 'at', seconds, x, y }) as const;
const fails = (code: string) => (thrown: unknown) => thrown instanceof DubwrightError && thrown.code === code;

test('the person most on screen unless somebody is named', () => {
  assert.equal(choosePerson(faces, { kind: 'most-seen' }, clock)?.personId, 1);
  assert.equal(choosePerson(faces, { kind: 'person', personId: 2 }, clock)?.personId, 2);
  assert.equal(choosePerson({ ...faces, tracks: [], people: [] }, { kind: 'most-seen' }, clock), null);
  assert.throws(() => choosePerson(faces, { kind: 'person', personId: 3 }, clock), fails('FACE_UNKNOWN'));
});

test('a point finds whoever is there then, also a little beside the face, and the nearer of two', () => {
  assert.equal(choosePerson(faces, at(2, 150, 150), clock)?.personId, 1);
  assert.equal(choosePerson(faces, at(2, 470, 150), clock)?.personId, 2);
  assert.equal(choosePerson(faces, at(12, 150, 150), clock)?.personId, 2);
  assert.equal(choosePerson(faces, at(2, 210, 150), clock)?.personId, 1);
  assert.throws(() => choosePerson(faces, at(2, 300, 20), clock), fails('FACE_NOT_CHOSEN'));
  assert.throws(() => choosePerson(faces, at(18, 150, 150), clock), fails('FACE_NOT_CHOSEN'));
});

test('a person is on screen where one of their tracks is', () => {
  assert.ok(isOnScreen(faces, 2, { startFrame: 399, endFrame: 450 }));
  assert.ok(!isOnScreen(faces, 2, { startFrame: 400, endFrame: 450 }));
});
