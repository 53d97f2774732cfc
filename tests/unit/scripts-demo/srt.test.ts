import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSrt } from '../../../scripts/demo/srt.ts';

test('cues carry hours, minutes, seconds and milliseconds', () => {
  const text = formatSrt([
    { text: 'One.', startSeconds: 0.4504, endSeconds: 59.9996 },
    { text: 'Two.', startSeconds: 3661.001, endSeconds: 3662 },
  ]);
  assert.equal(text, '1\n00:00:00,450 --> 00:01:00,000\nOne.\n\n2\n01:01:01,001 --> 01:01:02,000\nTwo.\n');
});
