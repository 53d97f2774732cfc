import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Truth } from '../../scripts/demo/truth.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import { lipShapeOf } from '../../src/engine/faces/lip-shape.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { probeMedia } from '../../src/engine/media/probe.ts';

const demo = fileURLToPath(new URL('../../resources/demo', import.meta.url));
const film = join(demo, 'speech.mp4');
const readTruth = (name: string): Truth => JSON.parse(readFileSync(join(demo, name), 'utf8')) as Truth;
const speech = readTruth('truth-speech.json');
const voice = readTruth('truth-voice.json');

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (f: (index: number) => number): number => a.reduce((total, _, index) => total + f(index), 0);
  const together = sum((i) => (a[i] - meanA) * (b[i] - meanB));
  return together / Math.sqrt(sum((i) => (a[i] - meanA) ** 2) * sum((i) => (b[i] - meanB) ** 2));
}

let folder = '';
let faces: FaceStore;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dubwright-test-'));
  await analyseFaces({
    source: await openSource(film),
    folder: join(folder, 'faces'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  faces = openFaceStore(join(folder, 'faces'));
});

after(async () => {
  faces.close();
  await rm(folder, { recursive: true, force: true });
});

/** Measured inner-lip opening per frame, in eye-corner distances; null where the speaker was not seen. */
function measuredOpenings(): (number | null)[] {
  return Array.from({ length: speech.frameCount }, (_, frame) => {
    const seen = faces.readPerson(faces.index.people[0].personId, frame);
    return seen ? lipShapeOf(seen.mesh).innerOpening : null;
  });
}

test('all of it together is smaller than 3 MB', () => {
  const bytes = readdirSync(demo).reduce((sum, name) => sum + statSync(join(demo, name)).size, 0);
  assert.ok(bytes < 3_000_000, `${bytes} bytes`);
});

test('the film is 12 s of H.264 at 25 frames a second with AAC sound, and the voice is as long', async () => {
  const { video, table } = await openSource(film);
  const { audio } = await probeMedia(film);
  assert.equal(video.codec, 'h264');
  assert.deepEqual(video.frameRate, { num: 25, den: 1 });
  assert.equal(table.frameCount, 300);
  assert.deepEqual([video.width, video.height], [512, 512]);
  assert.deepEqual(
    audio.map((stream) => stream.codec),
    ['aac'],
  );
  const sound = await probeMedia(join(demo, 'voice.wav'));
  assert.ok(Math.abs(sound.durationSeconds - 12) < 0.05, `${sound.durationSeconds} s`);
});

test('the truth covers every frame of the film', () => {
  for (const truth of [speech, voice]) {
    assert.equal(truth.frameCount, 300);
    for (const list of [truth.openingCm, truth.widthCm, truth.protrusionCm, truth.jawCm])
      assert.equal(list.length, truth.frameCount);
    assert.ok(truth.bilabialFrames.length >= 10);
    for (const frame of truth.bilabialFrames) assert.equal(truth.openingCm[frame], 0);
    assert.ok(Math.max(...truth.openingCm) > 1);
  }
  assert.equal(speech.pixels?.length, speech.frameCount);
  assert.equal(speech.language, 'nl');
  assert.equal(voice.language, 'en');
});

test('the speaker is found in at least 98 % of the frames, one person in two shots', () => {
  const { shots, people } = faces.index;
  assert.deepEqual(
    shots.map((shot) => shot.startFrame),
    speech.shotStarts,
  );
  assert.equal(people.length, 1);
  const seen = measuredOpenings().filter((opening) => opening !== null).length;
  assert.ok(seen >= 0.98 * speech.frameCount, `${seen} frames`);
});

test('the opening that the face mesh measures follows the true one in both shots', (t) => {
  const measured = measuredOpenings();
  const [first, second] = faces.index.shots;
  for (const shot of [{ startFrame: 0, endFrame: speech.frameCount }, first, second]) {
    const frames = measured.flatMap((opening, frame) =>
      opening !== null && frame >= shot.startFrame && frame < shot.endFrame ? [{ opening, frame }] : [],
    );
    const r = correlation(
      frames.map(({ opening }) => opening),
      frames.map(({ frame }) => speech.openingCm[frame]),
    );
    t.diagnostic(`frames ${shot.startFrame} to ${shot.endFrame}: r = ${r.toFixed(3)}`);
    assert.ok(r >= 0.9, `r = ${r}`);
  }
});

test('closed lips are seen as closed', (t) => {
  const measured = measuredOpenings();
  const of = (wanted: (frame: number) => boolean): number[] =>
    measured.filter((opening, frame): opening is number => opening !== null && wanted(frame));
  const bilabial = of((frame) => speech.bilabialFrames.includes(frame));
  const open = of((frame) => speech.openingCm[frame] > 0.6);
  t.diagnostic(
    `bilabial: at most ${Math.max(...bilabial).toFixed(4)}; open: at least ${Math.min(...open).toFixed(4)}`,
  );
  assert.ok(Math.max(...bilabial) < Math.min(...open) * 0.75);
});

test('the marked lip pixels are where the face mesh sees the lips', () => {
  const offsets = (speech.pixels ?? []).flatMap((lips, frame) => {
    const mesh = faces.readPerson(faces.index.people[0].personId, frame)?.mesh;
    if (!mesh) return [];
    const [leftX, leftY] = [mesh[61 * 3], mesh[61 * 3 + 1]];
    const [rightX, rightY] = [mesh[291 * 3], mesh[291 * 3 + 1]];
    const width = Math.hypot(rightX - leftX, rightY - leftY);
    const dx = (lips.left[0] + lips.right[0]) / 2 - (leftX + rightX) / 2;
    const dy = (lips.left[1] + lips.right[1]) / 2 - (leftY + rightY) / 2;
    return [Math.hypot(dx, dy) / width];
  });
  const median = offsets.sort((a, b) => a - b)[Math.floor(offsets.length / 2)];
  assert.ok(median < 0.15, `${median} mouth widths`);
});
