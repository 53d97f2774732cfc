import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FaceIndex } from '../../src/engine/faces/types.ts';
import { taskHandlers } from '../../src/engine/host/handlers/table.ts';
import { bundledModelsFolder } from '../../src/engine/models/bundled-cards.ts';
import type { SpeakerActivity } from '../../src/engine/sync/speaker-activity.ts';
import { faceOfSegment } from '../../src/studio/dub/choose-faces.ts';
import { ffmpegText } from '../support/make-media.ts';
import { sharedFolder, sharedMediaMissing } from '../support/shared-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { steadyClock } from '../support/film-clock.ts';

const demo = fileURLToPath(new URL('../../resources/demo/speech.mp4', import.meta.url));
const clips = sharedFolder('clips');
const noExpert = existsSync(join(bundledModelsFolder, 'bundled.json')) ? false : 'the expert is not there';
const noDebate = clips === null ? sharedMediaMissing : noExpert;
const context = { emit: () => undefined, signal: new AbortController().signal };

/** The demo's two shots beside each other; its sound is the left one's for three seconds, then the right one's. */
async function makeConversation(folder: string): Promise<string> {
  const path = join(folder, 'conversation.mp4');
  const graph = [
    '[0:v]trim=start_frame=0:end_frame=144,setpts=PTS-STARTPTS[left]',
    '[0:v]trim=start_frame=155:end_frame=299,setpts=PTS-STARTPTS[right]',
    '[left][right]hstack[v]',
    '[0:a]atrim=0:3,asetpts=PTS-STARTPTS[first]',
    '[0:a]atrim=9.2:11.96,asetpts=PTS-STARTPTS[second]',
    '[first][second]concat=n=2:v=0:a=1[a]',
  ];
  await ffmpegText([
    ...['-i', demo, '-filter_complex', graph.join(';'), '-map', '[v]', '-map', '[a]', '-crf', '16', path],
  ]);
  return path;
}

/** Who speaks when in a film, from the file to the answer. */
async function listenTo(
  sourcePath: string,
  cacheFolder: string,
): Promise<{ readonly faces: FaceIndex; readonly activity: SpeakerActivity }> {
  const { faces, facesFolder } = await taskHandlers.analyse({ sourcePath, cacheFolder }, context);
  const originalPcmPath = join(cacheFolder, 'sound.f32');
  await taskHandlers.decodeSound({ path: sourcePath, streamIndex: null, outPath: originalPcmPath }, context);
  const film = { sourcePath, facesFolder, cacheFolder, originalPcmPath };
  const { activity } = await taskHandlers.filmSync(film, context);
  assert.ok(activity !== null);
  return { faces, activity };
}

/** The person whose face lies in the left (right) half. */
function personAt(faces: FaceIndex, half: 'left' | 'right'): number {
  const track = faces.tracks.find(
    ({ medianBox: { x, width } }) => x + width / 2 < faces.width / 2 === (half === 'left'),
  );
  return track?.personId ?? -1;
}

test(
  'of two rendered speakers beside each other, each is chosen where the sound is theirs',
  { skip: noExpert },
  () =>
    withTempFolder(async (folder) => {
      const { activity, faces } = await listenTo(await makeConversation(folder), folder);
      assert.equal(faces.people.length, 2);
      const [person] = faces.people;
      const facts = {
        selector: { kind: 'speaking' },
        faces,
        person,
        activity,
        clock: steadyClock(144, 25),
      } as const;
      const faceAt = (startFrame: number, endFrame: number): unknown =>
        faceOfSegment({ startFrame, endFrame }, facts);
      assert.deepEqual(faceAt(0, 75), { personId: personAt(faces, 'left'), reason: 'speaking' });
      assert.deepEqual(faceAt(75, 144), { personId: personAt(faces, 'right'), reason: 'speaking' });
    }),
);

test('in the debate, it is the one on the right who is heard', { skip: noDebate }, () =>
  withTempFolder(async (folder) => {
    const film = join(clips ?? '', 'debate-two-faces-17s-640x368-24fps.mp4');
    const { activity, faces } = await listenTo(film, folder);
    const clock = steadyClock(faces.frameCount, 24);
    const right = faces.tracks.find(({ medianBox, startFrame }) => startFrame > 0 && medianBox.x > 320);
    const [person] = faces.people;
    const facts = { selector: { kind: 'speaking' }, faces, person, activity, clock } as const;
    for (const [startFrame, endFrame] of [
      [61, 180],
      [180, 300],
      [300, 410],
    ])
      assert.deepEqual(faceOfSegment({ startFrame, endFrame }, facts), {
        personId: right?.personId,
        reason: 'speaking',
      });
  }),
);
