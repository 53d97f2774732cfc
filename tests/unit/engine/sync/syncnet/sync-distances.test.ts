import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DistanceLog } from '../../../../../src/engine/sync/syncnet/distance-log.ts';
import { pairwiseDistance, SyncDistances } from '../../../../../src/engine/sync/syncnet/sync-distances.ts';
import type { SyncNetNumbers } from '../../../../../src/engine/sync/syncnet/types.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';
import { withTempFolder } from '../../../../support/temp-folder.ts';

interface Reference {
  readonly curve: readonly number[];
  readonly avOffset: number;
  readonly minDist: number;
  readonly confidence: number;
  readonly frameConfidence: readonly number[];
}

const reference = JSON.parse(
  readFileSync(new URL('../../../../fixtures/syncnet-distances.json', import.meta.url), 'utf8'),
) as Reference;

/** Compares faces with sounds as the product does, window by window. */
async function compare(
  faces: readonly Float32Array[],
  sounds: readonly Float32Array[],
): Promise<SyncNetNumbers | null> {
  return withTempFolder(async (folder) => {
    const log = await DistanceLog.create(join(folder, 'made'));
    try {
      const distances = new SyncDistances(log);
      faces.forEach((face, v) => {
        distances.add(
          face,
          Array.from({ length: 31 }, (_, k) => (v + k < 15 ? null : (sounds.at(v + k - 15) ?? null))),
        );
      });
      return distances.finish();
    } finally {
      log.close();
      assert.deepEqual(await readdir(join(folder, 'made')), []);
    }
  });
}

/** The same as `made_embeddings` of scripts/reference/syncnet_reference.py. */
function madeEmbeddings(): { readonly faces: Float32Array[]; readonly sounds: Float32Array[] } {
  const [count, size, shift] = [60, 24, 4];
  let state = 7;
  const values = Float64Array.from({ length: 2 * count * size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  });
  const face = (v: number, i: number): number => values[v * size + i];
  const rows = (value: (v: number, i: number) => number): Float32Array[] =>
    Array.from({ length: count }, (_, v) => Float32Array.from({ length: size }, (_unused, i) => value(v, i)));
  return {
    faces: rows(face),
    sounds: rows((v, i) => 0.5 * values[(count + v) * size + i] + (v < shift ? 0 : face(v - shift, i))),
  };
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i] - expected[i]) <= tolerance, `${i}: ${actual[i]}, not ${expected[i]}`);
}

test('equals calc_pdist and evaluate in torch and scipy', async () => {
  const { faces, sounds } = madeEmbeddings();
  const numbers = await compare(faces, sounds);
  assert.ok(numbers);
  assertClose(numbers.curve, reference.curve, 1e-5);
  assert.equal(numbers.avOffsetFrames, reference.avOffset);
  assertClose([numbers.lseD, numbers.lseC], [reference.minDist, reference.confidence], 1e-5);
  assertClose(numbers.frameConfidence, reference.frameConfidence, 1e-5);
});

test('a sound that comes n frames late is n · 40 ms late in our sign and −n frames in SyncNet’s', async () => {
  const random = seededRandom(3);
  const scene = Array.from({ length: 90 }, () => Float32Array.from({ length: 12 }, () => random() - 0.5));
  for (const lateFrames of [-15, -6, 0, 1, 15]) {
    // At window v the face shows moment v + 20 and the sound still has moment v + 20 − lateFrames.
    const faces = scene.slice(20, 60);
    const sounds = scene.slice(20 - lateFrames, 60 - lateFrames);
    const numbers = await compare(faces, sounds);
    assert.equal(numbers?.offsetMs, lateFrames * 40);
    assert.equal(numbers.avOffsetFrames, 0 - lateFrames);
  }
});

test('what lies on disk comes back, however long it is', async () => {
  await withTempFolder(async (folder) => {
    const log = await DistanceLog.create(folder);
    for (let row = 0; row < 1000; row++)
      log.append(Float32Array.from({ length: 31 }, (_, k) => row + k / 100));
    assert.equal(log.rowCount, 1000);
    assertClose(
      log.column(30),
      Array.from({ length: 1000 }, (_, row) => row + 0.3),
      1e-3,
    );
    log.close();
    log.close();
    assert.deepEqual(await readdir(folder), []);
  });
});

test('no windows, and embeddings that are no numbers, have no score', async () => {
  assert.equal(await compare([], []), null);
  const broken = [Float32Array.of(1, Number.NaN)];
  assert.equal(await compare(broken, broken), null);
});

test('torch adds its epsilon to the difference, not to the distance', () => {
  const same = Float32Array.of(1, 2, 3, 4);
  assert.ok(Math.abs(pairwiseDistance(same, same) - 2e-6) < 1e-12);
  assert.ok(Math.abs(pairwiseDistance(Float32Array.of(3, 4), null) - 5) < 1e-5);
});
