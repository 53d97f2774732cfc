import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import { readSubtitles } from '../../../../src/studio/dub/read-subtitles.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

const srt = (text: string): string => `1\r\n00:00:01,000 --> 00:00:02,000\r\n${text}\r\n`;

test('reads the encodings that subtitle files come in', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'a.srt');
    const text = 'één café';
    const littleEndian = Buffer.from(`\uFEFF${srt(text)}`, 'utf16le');
    const files = [
      Buffer.from(srt(text), 'utf8'),
      Buffer.from(`\uFEFF${srt(text)}`, 'utf8'),
      littleEndian,
      Buffer.from(littleEndian).swap16(),
      Buffer.from(srt(text), 'latin1'),
    ];
    for (const bytes of files) {
      writeFileSync(path, bytes);
      assert.deepEqual(await readSubtitles(path), [{ startMs: 1000, endMs: 2000, text }]);
    }
  }));

test('says which line cannot be read', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'a.srt');
    writeFileSync(path, `${srt('ok')}\r\n2\r\n00:00:03,000 --> soon\r\n`);
    await assert.rejects(readSubtitles(path), (thrown) => {
      assert.ok(thrown instanceof DubwrightError);
      assert.deepEqual([thrown.code, thrown.details['line']], ['SUBTITLES_UNREADABLE', 6]);
      return true;
    });
  }));
