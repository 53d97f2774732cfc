import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { faceIndexPath, openFaceStore } from '../../src/engine/faces/face-store.ts';
import { lipShapeOf } from '../../src/engine/faces/lip-shape.ts';
import type { FaceIndex } from '../../src/engine/faces/types.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { ffmpegText, makeFilm } from '../support/make-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const demoFilm = fileURLToPath(new URL('../../resources/demo/speech.mp4', import.meta.url));

async function analyse(path: string, folder: string): Promise<{ index: FaceIndex; doneFrames: number[] }> {
  const doneFrames: number[] = [];
  const index = await analyseFaces({
    source: await openSource(path),
    folder,
    onProgress: ({ stage, doneFrames: done }) => {
      assert.equal(stage, 'faces');
      doneFrames.push(done);
    },
    signal: new AbortController().signal,
  });
  return { index, doneFrames };
}

test('the bundled speech: one person through both shots, each a track of its own', () =>
  withTempFolder(async (temp) => {
    const folder = join(temp, 'faces');
    const { index, doneFrames } = await analyse(demoFilm, folder);
    assert.equal(index.shots.length, 2);
    assert.equal(index.tracks.length, 2);
    assert.deepEqual(index.people.length, 1);
    assert.ok(index.people[0].observedFrames >= 0.98 * index.frameCount);
    assert.deepEqual(
      doneFrames,
      Array.from({ length: index.frameCount }, (_, i) => i + 1),
    );
    index.tracks.forEach((track, i) => {
      const shot = index.shots[track.shotIndex];
      assert.equal(track.shotIndex, i);
      assert.ok(track.startFrame >= shot.startFrame && track.endFrame <= shot.endFrame);
    });

    const store = openFaceStore(folder);
    const openings: number[] = [];
    for (let frame = 0; frame < index.frameCount; frame += 1) {
      const seen = store.readPerson(1, frame);
      if (seen === null) continue;
      openings.push(lipShapeOf(seen.mesh).innerOpening);
      assert.ok(Math.abs(seen.pose.yawDegrees) < 45 && Math.abs(seen.pose.rollDegrees) < 20);
      assert.equal(seen.mouthVisibility, 1, `frame ${frame}: nothing is before this mouth`);
    }
    store.close();
    assert.ok(Math.max(...openings) > Math.min(...openings) + 0.1, 'the speaker opens the mouth');

    // The second call finds the first one's work and does nothing.
    const again = await analyse(demoFilm, folder);
    assert.deepEqual(again.index, index);
    assert.deepEqual(again.doneFrames, []);
    assert.deepEqual(await readdir(temp), ['faces'], 'no unfinished folder is left');
  }));

test('something that passes before the mouth hides it and loses nobody', () =>
  withTempFolder(async (temp) => {
    const film = join(temp, 'covered.mp4');
    // A skin-coloured disc goes through the lower half of the face from left to right in frames 30 to 70.
    const hand =
      'color=c=0xC08060:s=180x180:r=25,format=yuva420p,' +
      "geq=lum='lum(X,Y)-20*sin(X/9)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(hypot(X-90,Y-90),88),255,0)'";
    const overlay = "overlay=x='(n-30)*14-180':y=230:enable='between(n,30,70)':shortest=1";
    const encode = ['-frames:v', '110', '-an', '-c:v', 'libx264', '-qp', '18'];
    await ffmpegText([
      '-i',
      demoFilm,
      '-f',
      'lavfi',
      '-i',
      hand,
      '-filter_complex',
      overlay,
      ...encode,
      film,
    ]);
    const folder = join(temp, 'faces');
    const { index } = await analyse(film, folder);
    assert.equal(index.people.length, 1);
    assert.equal(index.tracks.length, 1);
    assert.equal(index.tracks[0].startFrame, 0);
    assert.equal(index.tracks[0].endFrame, 110);
    const store = openFaceStore(folder);
    const visibility = Array.from(
      { length: 110 },
      (_, frame) => store.read(index.tracks[0].id, frame)?.mouthVisibility ?? 0,
    );
    store.close();
    const free = [...visibility.slice(0, 40), ...visibility.slice(71)];
    assert.ok(Math.min(...free) > 0.8, 'free before and after');
    // The disc is right before the mouth where its centre passes the face's.
    const { x, width } = index.tracks[0].medianBox;
    const middle = 30 + Math.round((x + width / 2 + 90) / 14);
    const covered = visibility.slice(middle - 2, middle + 3);
    assert.ok(covered.reduce((sum, value) => sum + value, 0) / 5 < 0.35, visibility.join(' '));
  }));

test('two faces at the same time are two people, however alike', () =>
  withTempFolder(async (temp) => {
    const film = join(temp, 'twins.mp4');
    const beside = '[0:v]split[a][b];[b]hflip[c];[a][c]hstack';
    const encode = ['-frames:v', '40', '-an', '-c:v', 'libx264', '-qp', '20'];
    await ffmpegText(['-i', demoFilm, '-filter_complex', beside, ...encode, film]);
    const { index } = await analyse(film, join(temp, 'faces'));
    assert.deepEqual(
      index.tracks.map(({ startFrame, endFrame, observedFrames }) => [startFrame, endFrame, observedFrames]),
      [
        [0, 40, 40],
        [0, 40, 40],
      ],
    );
    assert.equal(index.people.length, 2);
    const [left, right] = index.tracks.map(({ medianBox }) => medianBox.x).sort((one, other) => one - other);
    assert.ok(left < index.width / 2 && right > index.width / 2);
  }));

test('who leaves the picture and comes back is the same person', () =>
  withTempFolder(async (temp) => {
    const film = join(temp, 'leaves.mp4');
    // Out to the right in frames 20 to 40, away for two seconds, back in frames 90 to 110.
    const path = "x='if(lt(n,20),0,if(lt(n,40),(n-20)*27,if(lt(n,90),540,if(lt(n,110),540-(n-90)*27,0))))'";
    const filter = `[1:v][0:v]overlay=${path}:y=0:shortest=1`;
    const wall = 'color=c=0x708090:s=512x512:r=25:d=6';
    const encode = ['-frames:v', '130', '-an', '-c:v', 'libx264', '-qp', '20'];
    await ffmpegText(['-i', demoFilm, '-f', 'lavfi', '-i', wall, '-filter_complex', filter, ...encode, film]);
    const { index } = await analyse(film, join(temp, 'faces'));
    assert.equal(index.people.length, 1);
    assert.equal(index.tracks[0].startFrame, 0);
    assert.ok(index.tracks[0].endFrame >= 20 && index.tracks[0].endFrame <= 40);
    assert.ok(index.tracks[1].startFrame >= 90 && index.tracks[1].startFrame <= 112);
    assert.equal(index.tracks.at(-1)?.endFrame, 130);
  }));

test('a film without a face has an empty index', () =>
  withTempFolder(async (temp) => {
    const film = await makeFilm(temp, { name: 'bars.mp4', width: 320, height: 240, frameCount: 40 });
    const { index } = await analyse(film, join(temp, 'faces'));
    assert.deepEqual(index.tracks, []);
    assert.deepEqual(index.people, []);
    assert.deepEqual(index.shots, [{ startFrame: 0, endFrame: 40 }]);
    assert.deepEqual([index.frameCount, index.width, index.height], [40, 320, 240]);
  }));

test('an analysis that is cancelled leaves nothing; a stale one is made anew', () =>
  withTempFolder(async (temp) => {
    const folder = join(temp, 'faces');
    const source = await openSource(demoFilm);
    const controller = new AbortController();
    const onProgress = ({ doneFrames }: { doneFrames: number }): void => {
      if (doneFrames === 5) controller.abort();
    };
    const cancelled = analyseFaces({ source, folder, onProgress, signal: controller.signal });
    await assert.rejects(cancelled, { code: 'CANCELLED' });
    assert.deepEqual(await readdir(temp), []);

    const film = await makeFilm(temp, { name: 'bars.mp4', width: 160, height: 120, frameCount: 5 });
    const { index } = await analyse(film, folder);
    await writeFile(faceIndexPath(folder), JSON.stringify({ version: 0 }));
    await writeFile(join(folder, 'left-over'), '');
    assert.deepEqual((await analyse(film, folder)).index, index);
    assert.ok(!existsSync(join(folder, 'left-over')));
  }));
