import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeSync, offsetWords, verdict } from '../../../src/cli/describe-sync.ts';
import { madeSyncReport, madeScore } from '../../support/made-sync-report.ts';

describe('a sync report in words', () => {
  it('says late and early as an editor does', () => {
    assert.equal(offsetWords(80, 2), 'the sound is 80 ms late (2.0 frames)');
    assert.equal(offsetWords(-121.4, -3), 'the sound is 121 ms early (3.0 frames)');
    assert.equal(offsetWords(-12, -0.3), 'in sync');
  });

  it('tells too little speech from lips that do not fit', () => {
    assert.match(
      verdict(madeScore({ evidence: 'low', comparedSeconds: 0.4 })),
      /^too little to go by \(0\.4 s of speech with a visible mouth\)$/,
    );
    assert.match(
      verdict(madeScore({ evidence: 'low', comparedSeconds: 6 })),
      /do not agree at any offset \(confidence 0\.42, distance 0\.91\)/,
    );
    assert.equal(
      verdict(madeScore({ offsetMs: null, offsetFrames: null, evidence: 'low' })),
      'never seen speaking',
    );
  });

  it('joins seconds that say the same, and keeps others apart', () => {
    const seconds = [80, 90, 70, null, 80, -200, -210].map((offsetMs, second) => ({
      second,
      ...madeScore({ offsetMs, offsetFrames: offsetMs === null ? null : offsetMs / 40 }),
    }));
    seconds[4] = { ...seconds[4], evidence: 'low' };
    const lines = describeSync(madeSyncReport([{ personId: 1, seconds }]));
    assert.deepEqual(lines.slice(3, 8), [
      '  0:00 – 0:03        the sound is 80 ms late (2.0 frames); confidence 0.42',
      '  0:03 – 0:04        not seen speaking',
      '  0:04 – 0:05        unclear',
      '  0:05 – 0:07        the sound is 200 ms early (5.0 frames); confidence 0.42',
    ]);
  });

  it('gives shots under their person, and who speaks where there are several', () => {
    const report = madeSyncReport([{ personId: 2 }, { personId: 1 }]);
    const lines = describeSync({
      ...report,
      speakers: [
        { startSecond: 0, endSecond: 4, personId: 2 },
        { startSecond: 4, endSecond: 65, personId: null },
      ],
    });
    assert.match(lines[1] ?? '', /^Face 2: the sound is 80 ms late/);
    assert.match(lines[2] ?? '', /^ {2}frames 0 to 99 \(shot 1\): the sound is 80 ms late/);
    assert.deepEqual(lines.slice(-3), [
      'Who speaks:',
      '  0:00 – 0:04        face 2',
      '  0:04 – 1:05        nobody clearly',
    ]);
  });

  it('says so when nobody is seen', () => {
    assert.deepEqual(describeSync(madeSyncReport([])), [
      '/films/film.mp4 against its own sound',
      'No face was found, so there is nothing to compare.',
    ]);
  });

  it('cuts a long story short', () => {
    const seconds = Array.from({ length: 300 }, (_, second) => ({
      second,
      ...madeScore({ offsetMs: second % 2 === 0 ? 80 : -200 }),
    }));
    const lines = describeSync(madeSyncReport([{ personId: 1, seconds }]));
    assert.ok(lines.length < 50);
    assert.match(lines.at(-1) ?? '', /and 260 more stretches/);
  });
});
