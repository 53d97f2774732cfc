import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DubwrightError } from '../../src/contract/errors.ts';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { makeFilm, type FilmRecipe } from '../support/make-media.ts';
import { descendantsOf } from '../support/processes.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const films: readonly FilmRecipe[] = [
  { name: 'a.mp4', tones: [{}], outputOptions: ['-movflags', '+faststart'] },
  { name: 'b.mkv', tones: [{}], codecOptions: ['-g', '10'] },
  { name: 'c.avi', codec: 'mpeg4', codecOptions: ['-bf', '2'], tones: [{ codec: 'libmp3lame' }] },
  { name: 'd.mpg', codec: 'mpeg1video', tones: [{ codec: 'mp2' }] },
  { name: 'e.ts', tones: [{ codec: 'mp2' }] },
];
const roundsPerFilm = 10;

/** Numbers that look random and are the same on every machine (Lehmer's generator). */
function seededNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Four kinds of damage: flipped bytes, a lost end, a lost middle, ruined headers. */
function damage(bytes: Buffer, round: number, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const near = Math.min(1500, copy.length);
  if (round % 4 === 0) for (let i = 0; i < 20; i++) copy[random(copy.length)] = random(256);
  if (round % 4 === 1) return copy.subarray(0, random(copy.length));
  if (round % 4 === 3) for (let i = 0; i < 12; i++) copy[random(near)] = random(256);
  const at = random(copy.length);
  return round % 4 === 2 ? Buffer.concat([copy.subarray(0, at), copy.subarray(at + random(2000))]) : copy;
}

async function readAll(path: string): Promise<void> {
  const source = await openSource(path);
  const { frameCount } = source.table;
  let count = 0;
  for await (const frame of await openFrameReader({ source, startFrame: 0, endFrame: frameCount })) {
    assert.equal(frame.index, count++);
  }
  assert.equal(count, frameCount);
}

/** Runs a step that may fail only in a way a person can be told. */
async function mustEndWell(step: Promise<unknown>, name: string): Promise<void> {
  await step.catch((error: unknown) => {
    assert.ok(error instanceof DubwrightError && error.code !== 'INTERNAL', `${name}: ${String(error)}`);
  });
}

for (const film of films) {
  test(`damaged copies of ${film.name} are read as far as they go, or refused by name`, async () => {
    await withTempFolder(async (folder) => {
      const whole = await readFile(await makeFilm(folder, film));
      const random = seededNumbers(20_261);
      for (let round = 0; round < roundsPerFilm; round++) {
        const path = join(folder, `${round}-${film.name}`);
        await writeFile(path, damage(whole, round, random));
        await mustEndWell(readAll(path), `picture of ${round}`);
        const sound = decodePcmFile({ path, streamIndex: null, outPath: join(folder, 'sound.pcm') });
        await mustEndWell(sound, `sound of ${round}`);
      }
      assert.deepEqual(descendantsOf(process.pid), []);
    });
  });
}
