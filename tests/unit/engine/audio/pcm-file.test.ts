import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openPcmFile, pcmFromArray, slicePcm } from '../../../../src/engine/audio/pcm-file.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

const length = 200_000;
const ramp = Float32Array.from({ length }, (_, i) => i / length);

/** What any window must read: the sound where it is, silence elsewhere. */
function expected(samples: Float32Array, start: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => samples[start + i] ?? 0);
}

async function withPcm(body: (path: string) => void): Promise<void> {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'ramp.pcm');
    await writeFile(path, new Uint8Array(ramp.buffer));
    body(path);
  });
}

test('any window of a file reads as the same window of the array, whatever was read before', async () => {
  await withPcm((path) => {
    const file = openPcmFile(path);
    assert.equal(file.sampleCount, length);
    const window = fc.tuple(
      fc.integer({ min: -3000, max: length + 3000 }),
      fc.integer({ min: 0, max: 90_000 }),
    );
    fc.assert(
      fc.property(window, ([start, count]) => {
        assert.deepEqual(file.read(start, count), expected(ramp, start, count));
      }),
      { numRuns: 60 },
    );
    file.close();
    file.close();
    assert.throws(() => file.read(0, 1), /closed/);
  });
});

test('samples handed out stay as they are when more is read', () => {
  const sound = pcmFromArray(ramp);
  const first = sound.read(10, 4);
  first.fill(9);
  assert.deepEqual(sound.read(10, 4), expected(ramp, 10, 4));
});

test('a slice is silent outside itself even where the whole sound is not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: length }),
      fc.integer({ min: 0, max: 800 }),
      fc.integer({ min: -900, max: 900 }),
      fc.integer({ min: 0, max: 1200 }),
      (from, count, start, wanted) => {
        const part = expected(ramp, from, count);
        const slice = slicePcm(pcmFromArray(ramp), from, count);
        assert.equal(slice.sampleCount, count);
        assert.deepEqual(slice.read(start, wanted), expected(part, start, wanted));
      },
    ),
  );
});

test('a missing file says so', () => {
  assert.throws(() => openPcmFile('/nowhere/x.pcm'), { code: 'FILE_NOT_FOUND' });
});

test('fractions of a sample are a mistake of the caller', () => {
  assert.throws(() => pcmFromArray(ramp).read(0.5, 2), RangeError);
});
