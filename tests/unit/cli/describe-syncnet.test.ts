import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSyncNet } from '../../../src/cli/describe-syncnet.ts';
import { syncReportSchema } from '../../../src/contract/sync-report.ts';
import { madeSyncReport } from '../../support/made-sync-report.ts';

test('SyncNet is quoted with both signs, its doubts in words, and not at all when it was not asked', () => {
  assert.deepEqual(describeSyncNet(madeSyncReport([{ personId: 1 }])), []);
  const numbers = {
    lseD: 7.214,
    lseC: 6.9,
    avOffsetFrames: -2,
    offsetMs: 80,
    offsetFrames: 2.4,
    windows: 120,
  };
  const seen = { trackId: 1, personId: 1, startSeconds: 0, endSeconds: 5, perSecond: [] } as const;
  const report = syncReportSchema.parse({
    ...madeSyncReport([{ personId: 1 }]),
    syncNet: [
      { ...seen, evidence: 'ok', doubt: null, numbers },
      { ...seen, evidence: 'low', doubt: 'small-face', numbers: { ...numbers, offsetMs: 0 } },
      { ...seen, evidence: 'low', doubt: 'short', numbers: null },
    ],
  });
  const [head, good, small, short] = describeSyncNet(report);
  assert.match(head, /SyncNet/);
  assert.match(
    good,
    /0:00 – 0:05 +face 1: the sound is 80 ms late \(2\.4 frames\); LSE-D 7\.21, LSE-C 6\.90, its own AV offset -2$/,
  );
  assert.match(small, /in sync; LSE-D .*; smaller than the 100 pixels/);
  assert.match(short, /face 1: not seen long enough/);
});
