import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import prettier from 'prettier';
import { errorText } from '../../../src/contract/error-text.ts';
import { errorsPage } from '../../../src/contract/errors-page.ts';
import { DubwrightError, errorCodes, fromErrorRecord, toErrorRecord } from '../../../src/contract/errors.ts';
import { exitCodes } from '../../../src/contract/exit-codes.ts';

describe('error texts', () => {
  const fullDetails = {
    path: '/films/naïve film.mp4',
    reason: 'moov atom not found\nsecond line',
    provider: 'webgpu',
    tool: 'ffprobe',
    face: 7,
    known: 'faces 1 and 2',
    signal: 'SIGSEGV',
  };
  for (const code of errorCodes) {
    it(`${code} has one sentence and one remedy, with and without details`, () => {
      for (const details of [{}, fullDetails]) {
        const { sentence, remedy } = errorText(code, details);
        for (const text of [sentence, remedy]) {
          assert.match(text, /^["A-Zf].*\.$/, text);
          assert.doesNotMatch(text, /undefined|null|\[object|\n| {2}|\.\.$/, text);
        }
        assert.doesNotMatch(sentence, /\. [A-Z]/, 'one sentence');
      }
    });
  }

  it('names the file and the reason, on one line', () => {
    const { sentence } = errorText('MEDIA_UNREADABLE', fullDetails);
    assert.equal(
      sentence,
      '"/films/naïve film.mp4" is not a film or sound that ffmpeg can read (moov atom not found).',
    );
    assert.ok(errorText('INTERNAL', { cause: 'x'.repeat(5000) }).sentence.length < 300);
  });
});

describe('exit codes', () => {
  it('are never 0, and those of sysexits.h or of Ctrl-C', () => {
    for (const code of errorCodes) {
      assert.ok((exitCodes[code] >= 64 && exitCodes[code] <= 78) || exitCodes[code] === 130, code);
    }
  });

  it('are documented as they are (DUBWRIGHT_WRITE_DOCS=1 writes the page)', async () => {
    const page = new URL('../../../docs/errors.md', import.meta.url);
    const options = await prettier.resolveConfig(page);
    const expected = await prettier.format(errorsPage(), { ...options, parser: 'markdown' });
    if (process.env['DUBWRIGHT_WRITE_DOCS'] === '1') writeFileSync(page, expected);
    assert.equal(readFileSync(page, 'utf8'), expected);
  });
});

describe('error records', () => {
  it('keep code, details and stack across a border', () => {
    const error = new DubwrightError('FACE_UNKNOWN', { face: 3 });
    const back = fromErrorRecord(structuredClone(toErrorRecord(error)));
    assert.deepEqual([back.code, back.details, back.stack], [error.code, error.details, error.stack]);
  });

  it('turn aborts into CANCELLED and strangers into INTERNAL', () => {
    assert.equal(toErrorRecord(AbortSignal.abort().reason).code, 'CANCELLED');
    assert.deepEqual(toErrorRecord('just text').details, { cause: 'just text' });
    assert.equal(toErrorRecord(new RangeError('too far')).code, 'INTERNAL');
  });
});
