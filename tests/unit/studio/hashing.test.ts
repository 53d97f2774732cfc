import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openPcmFile } from '../../../src/engine/audio/pcm-file.ts';
import { sha256OfFile, sha256OfSamples } from '../../../src/studio/hashing.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const sound = Float32Array.from({ length: 1000 }, (_, index) => Math.sin(index));

test('any stretch of a sound is hashed as it sounds, with silence outside', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'a.f32');
    writeFileSync(path, sound);
    const pcm = openPcmFile(path);
    fc.assert(
      fc.property(
        fc.integer({ min: -1500, max: 1500 }),
        fc.integer({ min: 0, max: 2500 }),
        (start, count) => {
          const expected = Float32Array.from({ length: count }, (_, index) => sound[start + index] ?? 0);
          const hash = createHash('sha256').update(new Uint8Array(expected.buffer)).digest('hex');
          assert.equal(sha256OfSamples(pcm, start, count), hash);
        },
      ),
    );
    assert.equal(sha256OfSamples(pcm, 0, 1000), await sha256OfFile(path));
    pcm.close();
  }));
