import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { DubReport } from '../../../src/contract/dub.ts';
import { reviewLines, timecode } from '../../../src/cli/review-lines.ts';

test('a timecode counts frames inside the second', () => {
  assert.equal(timecode(12.2, { num: 25, den: 1 }), '00:00:12:05');
  assert.equal(timecode(3_725 + 29 / 30, { num: 30, den: 1 }), '01:02:05:29');
  assert.equal(timecode(0, { num: 24_000, den: 1001 }), '00:00:00:00');
  // Rounded to microseconds as reports are: still the frame that it was.
  for (let frame = 0; frame < 5000; frame += 7) {
    const seconds = Math.round(((frame * 1001) / 30_000) * 1e6) / 1e6;
    const within = Number(timecode(seconds, { num: 30_000, den: 1001 }).slice(-2));
    assert.equal(within, Math.floor(((seconds - Math.floor(seconds + 1e-6)) * 30_000) / 1001 + 1e-3));
    assert.ok(within >= 0 && within < 30);
  }
});

const segment = (startSeconds: number, reasons: readonly string[]): unknown => ({
  startSeconds,
  review: { needed: reasons.length > 0, reasons },
});
const reportOf = (segments: readonly unknown[], scoredSegments = segments.length): DubReport =>
  ({ frameRate: { num: 25, den: 1 }, scoredSegments, segments }) as unknown as DubReport;

test('says which segments are worth a look and why', () => {
  assert.deepEqual(reviewLines(reportOf([segment(0, []), segment(12.2, ['late']), segment(20, ['late'])])), [
    '2 of 3 segments are worth a look: 2 (00:00:12:05), 3 (00:00:20:00)',
    '  2, 3: late',
  ]);
  assert.deepEqual(reviewLines(reportOf([segment(1, ['still'])])), [
    '1 of 1 segment is worth a look: 1 (00:00:01:00)',
    '  1: still',
  ]);
  assert.match(reviewLines(reportOf([segment(0, [])])).join(), /no segment needs a second look/);
  assert.deepEqual(reviewLines(reportOf([segment(0, [])], 0)), []);
  const many = reviewLines(reportOf(Array.from({ length: 40 }, (_, i) => segment(i, ['late']))));
  assert.match(many[0] ?? '', /8 \(00:00:07:00\), and 32 more$/);
});
