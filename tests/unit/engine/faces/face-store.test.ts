import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { appearanceBytes } from '../../../../src/engine/faces/face-appearance.ts';
import {
  encodeFaceIndex,
  faceIndexPath,
  openFaceStore,
  readFaceIndex,
} from '../../../../src/engine/faces/face-store.ts';
import { judgeCovers } from '../../../../src/engine/faces/mouth-visibility.ts';
import { trackPath, TrackReader, TrackWriter } from '../../../../src/engine/faces/track-file.ts';
import { meshFloatCount, type FaceIndex, type FaceTrack } from '../../../../src/engine/faces/types.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

const pose = { yawDegrees: 1.5, pitchDegrees: -2.5, rollDegrees: 3.5 };

function record(value: number, appearance = 100) {
  return {
    presence: 0.9,
    mouthVisibility: 1,
    pose,
    mesh: new Float32Array(meshFloatCount).fill(value),
    appearance: new Uint8Array(appearanceBytes).fill(appearance),
  };
}

function trackOf(id: number, personId: number, range: readonly [number, number]): FaceTrack {
  const [startFrame, endFrame] = range;
  const medianBox = { x: 1, y: 2, width: 3, height: 4 };
  return {
    id,
    personId,
    shotIndex: 0,
    startFrame,
    endFrame,
    observedFrames: 1,
    medianBox,
    meanPresence: 0.9,
  };
}

function indexOf(tracks: readonly FaceTrack[]): FaceIndex {
  const shots = [{ startFrame: 0, endFrame: 500 }];
  return {
    frameCount: 500,
    width: 640,
    height: 360,
    shots,
    tracks,
    people: [{ personId: 1, observedFrames: 2 }],
  };
}

/** Writes a track seen in the given frames; each mesh is filled with `id × 1000 + frame`. */
function writeTrack(folder: string, id: number, frames: readonly number[]): void {
  const writer = new TrackWriter(trackPath(folder, id), frames[0]);
  for (const frame of frames) writer.append(frame, record(id * 1000 + frame));
  writer.close();
}

test('what was written is read, in any order, with gaps as null', () =>
  withTempFolder(async (folder) => {
    const seen = [10, 11, 12, 40, 41, 90, 150];
    writeTrack(folder, 1, seen);
    await writeFile(faceIndexPath(folder), encodeFaceIndex(indexOf([trackOf(1, 1, [10, 151])]), 'pack'));
    const store = openFaceStore(folder);
    for (const frame of [150, 9, 10, 13, 41, 151, 90, 12, 89, 40, -1, 500])
      assert.equal(store.read(1, frame)?.mesh[700] ?? null, seen.includes(frame) ? 1000 + frame : null);
    const one = store.read(1, 40);
    const another = store.read(1, 41);
    assert.equal(one?.mesh[0], 1040, 'a later read does not touch what an earlier one gave');
    assert.equal(another?.frameIndex, 41);
    assert.deepEqual(another.pose, pose);
    assert.ok(Math.abs(another.presence - 0.9) < 1e-6);
    assert.equal(store.read(99, 40), null);
    store.close();
  }));

test('a person is read across tracks, more tracks than files stay open', () =>
  withTempFolder(async (folder) => {
    const tracks = Array.from({ length: 20 }, (_, i) =>
      trackOf(i + 1, i % 2 === 0 ? 1 : 2, [i * 10, i * 10 + 3]),
    );
    for (const { id, startFrame } of tracks) writeTrack(folder, id, [startFrame, startFrame + 2]);
    await writeFile(faceIndexPath(folder), encodeFaceIndex(indexOf(tracks), 'pack'));
    const store = openFaceStore(folder);
    for (let round = 0; round < 2; round += 1)
      for (const { id, startFrame, personId } of tracks) {
        assert.equal(store.readPerson(personId, startFrame)?.trackId, id);
        assert.equal(store.readPerson(personId, startFrame + 1), null);
        assert.equal(store.readPerson(3 - personId, startFrame), null);
      }
    store.close();
  }));

test('an index of another version, of other models or none at all does not count', () =>
  withTempFolder(async (folder) => {
    assert.equal(readFaceIndex(folder), null);
    assert.throws(() => openFaceStore(folder), /no face analysis/);
    const index = indexOf([]);
    await writeFile(faceIndexPath(folder), encodeFaceIndex(index, 'pack'));
    assert.deepEqual(readFaceIndex(folder), index);
    assert.deepEqual(readFaceIndex(folder, 'pack'), index);
    assert.equal(readFaceIndex(folder, 'newer pack'), null);
    await writeFile(faceIndexPath(folder), JSON.stringify({ version: 0, facePackSha256: 'pack', index }));
    assert.equal(readFaceIndex(folder), null);
    await writeFile(faceIndexPath(folder), '{"version":1,');
    assert.equal(readFaceIndex(folder), null);
  }));

test('frames whose lower face looks strange have the mouth covered, brighter ones have not', () =>
  withTempFolder((folder) => {
    const path = trackPath(folder, 1);
    const writer = new TrackWriter(path, 0);
    const covered = (frame: number): boolean => frame >= 60 && frame < 70;
    for (let frame = 0; frame < 120; frame += 1) {
      if (frame === 30) continue;
      // In frames 80 to 89 the whole face is lit more brightly; in covered frames only its lower part changes.
      const one = record(frame, frame >= 80 && frame < 90 ? 160 : 100 + (frame % 7));
      if (covered(frame)) one.appearance.fill(30, 0, 48 * 3);
      writer.append(frame, one);
    }
    writer.close();
    judgeCovers(path, 120);
    const reader = new TrackReader(path);
    for (let frame = 0; frame < 120; frame += 1) {
      const visibility = reader.read(frame)?.mouthVisibility;
      assert.equal(visibility, frame === 30 ? undefined : covered(frame) ? 0 : 1, `frame ${frame}`);
    }
    reader.close();
    return Promise.resolve();
  }));
