import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PcmFile, sha256OfSamples } from '../../../src/studio/pcm-file.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const sound = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index));

test('any stretch is read as it lies, with silence outside the sound, and hashed as it is read', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'a.f32');
    writeFileSync(path, sound);
    const pcm = new PcmFile(path);
    assert.equal(pcm.sampleCount, 1000);
    fc.assert(
      fc.property(
        fc.integer({ min: -1500, max: 1500 }),
        fc.integer({ min: 0, max: 2500 }),
        (start, count) => {
          const expected = Float32Array.from({ length: count }, (_, index) => sound[start + index] ?? 0);
          assert.deepEqual(pcm.read(start, count), expected);
          const hash = createHash('sha256').update(new Uint8Array(expected.buffer)).digest('hex');
          assert.equal(sha256OfSamples(pcm, start, count), hash);
        },
      ),
    );
    pcm.close();
    return Promise.resolve();
  }));
