import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { test } from 'node:test';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import type { FaceIndex } from '../../src/engine/faces/types.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { ffmpegText } from '../support/make-media.ts';
import { sharedFolder, sharedMediaMissing } from '../support/shared-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const clips = sharedFolder('clips');
const skip = clips === null ? sharedMediaMissing : false;
const clipNames = clips === null ? [] : readdirSync(clips).sort();

interface Finding {
  readonly index: FaceIndex;
  /** Frames with at least one face, as a part of all. */
  readonly faceRate: number;
}

/** Looks at the first seconds of a clip; the pictures are copied, not encoded again. */
async function lookAt(name: string, seconds: number): Promise<Finding> {
  return withTempFolder(async (temp) => {
    const film = join(temp, `head${extname(name)}`);
    await ffmpegText([
      '-i',
      join(clips ?? '', name),
      '-t',
      `${seconds}`,
      '-map',
      '0:v:0',
      '-c',
      'copy',
      film,
    ]);
    const folder = join(temp, 'faces');
    const source = await openSource(film);
    const signal = new AbortController().signal;
    const index = await analyseFaces({ source, folder, onProgress: () => undefined, signal });
    const store = openFaceStore(folder);
    let framesWithFace = 0;
    for (let frame = 0; frame < index.frameCount; frame += 1)
      if (index.people.some(({ personId }) => store.readPerson(personId, frame) !== null))
        framesWithFace += 1;
    store.close();
    return { index, faceRate: framesWithFace / index.frameCount };
  });
}

/** Clips with one speaker, by the beginning of their names: how many seconds to look at, how often a face must be found. */
const speakers: readonly (readonly [prefix: string, seconds: number, leastRate: number])[] = [
  ['anchor', 3, 0.99],
  ['desk-man', 2, 0.99],
  ['blue-wall', 2, 0.99],
  ['commissioner', 2, 0.99],
  ['weekly-address', 1, 0.99],
  ['webcam', 1, 0.99],
  ['grid', 3, 0.95],
];

for (const [prefix, seconds, leastRate] of speakers)
  test(`${prefix}: one speaker in at least ${leastRate * 100} % of frames`, { skip }, async () => {
    const names = clipNames.filter((name) => name.startsWith(prefix));
    assert.ok(names.length > 0);
    for (const name of names) {
      const { index, faceRate } = await lookAt(name, seconds);
      assert.ok(faceRate >= leastRate, `${name}: ${faceRate}`);
      assert.equal(index.people.length, 1, name);
      assert.equal(index.tracks.length, index.shots.length, name);
    }
  });

const clipNamed = (prefix: string): string => clipNames.find((name) => name.startsWith(prefix)) ?? prefix;

test('a debate: exactly two people, one track each in every shot that shows them', { skip }, async () => {
  // A close-up of one of them, then both in a split screen.
  const { index, faceRate } = await lookAt(clipNamed('debate'), 4.5);
  assert.equal(faceRate, 1);
  assert.equal(index.shots.length, 2);
  assert.equal(index.people.length, 2);
  const shown = index.tracks.map(({ personId, shotIndex }) => `${personId} in ${shotIndex}`).sort();
  assert.deepEqual(shown, ['1 in 0', '1 in 1', '2 in 1']);
  for (const track of index.tracks) assert.equal(track.observedFrames, track.endFrame - track.startFrame);
});

test('a large picture with one person: nothing is invented in its empty parts', { skip }, async () => {
  const { index } = await lookAt(clipNamed('sofa'), 3);
  assert.equal(index.tracks.length, 1);
});

test('hands, captions and hard cuts: one person through all of it', { skip }, async () => {
  const { index, faceRate } = await lookAt(clipNamed('captions-hands'), 13);
  assert.ok(faceRate >= 0.99);
  assert.equal(index.people.length, 1);
  assert.ok(index.shots.length >= 4, 'the speaker is cut several times, and changes his shirt');
  assert.equal(index.tracks.length, index.shots.length);
});

test('a drawn character may be a face or none, but is no error', { skip }, async () => {
  const { index } = await lookAt(clipNamed('no-audio-drawn'), 1);
  assert.ok(index.people.length <= 1);
});
