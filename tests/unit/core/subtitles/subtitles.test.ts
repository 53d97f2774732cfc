import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainText, SubtitleSyntaxError } from '../../../../src/core/subtitles/cue.ts';
import { parseSubtitles } from '../../../../src/core/subtitles/parse-subtitles.ts';
import { serialiseSrt, serialiseVtt } from '../../../../src/core/subtitles/serialise-subtitles.ts';

const words = fc
  .array(
    fc.constantFrom('goed', 'zo', '42', '<i>ja</i>', 'één', 'NOTE', 'WEBVTT', '-->', '10:30', '字', '&amp;'),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((list) => list.join(' '))
  // "10:30 --> …" as a line of text is what no subtitle file can say.
  .filter((line) => !/^\d[\d:]* *-->/.test(line));
const cues = fc.array(
  fc
    .record({
      startMs: fc.integer({ min: 0, max: 100 * 3_600_000 }),
      lengthMs: fc.integer({ min: 0, max: 60_000 }),
      lines: fc.array(words, { maxLength: 3 }),
    })
    .map(({ lengthMs, lines, startMs }) => ({ startMs, endMs: startMs + lengthMs, text: lines.join('\n') })),
  { minLength: 1, maxLength: 12 },
);

test('what is written is read again, as SRT and as VTT, with any line ending and a byte order mark', () => {
  fc.assert(
    fc.property(cues, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (list, ending, hasMark) => {
      for (const written of [serialiseSrt(list), serialiseVtt(list)]) {
        const file = (hasMark ? '\uFEFF' : '') + written.replaceAll('\n', ending);
        assert.deepEqual(parseSubtitles(file), list);
      }
    }),
  );
});

test('writing what was read changes nothing more', () => {
  fc.assert(
    fc.property(cues, (list) => {
      const once = serialiseSrt(list);
      assert.equal(serialiseSrt(parseSubtitles(once)), once);
    }),
  );
});

test('no text makes the reader do anything but read or say a line', () => {
  const scraps = fc.constantFrom(
    '1',
    '',
    '00:00:01,000 --> 00:00:02,000',
    '-->',
    'tekst',
    'NOTE x',
    '99:99 --> 1',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(scraps).map((lines) => lines.join('\n')),
      ),
      (content) => {
        try {
          assert.ok(parseSubtitles(content).every((cue) => cue.endMs >= cue.startMs));
        } catch (thrown) {
          assert.ok(thrown instanceof SubtitleSyntaxError);
          assert.ok(thrown.line >= 1 && thrown.line <= content.split(/\r\n|\n|\r/).length);
        }
      },
    ),
  );
});

test('reads what is found in the wild', () => {
  const file = [
    '\uFEFF1',
    '00:00:01.500 --> 00:00:02,75',
    '<i>Goedemorgen</i>',
    'allemaal',
    '2', // no blank line before this cue
    '0:00:03,000-->0:00:04,000 X1:100 Y1:200',
    'Amsterdam --> Utrecht',
    '',
    '00:05 --> 00:06.25', // no counter, no hours
    'eerste helft',
    '',
    'tweede helft', // a blank line inside the text
    '',
    '4',
    '00:00:07,000 --> 00:00:08,000', // no text
    '',
    '4',
    '00:00:06,500 --> 00:00:09,000', // earlier than the one before, same counter
    '12',
    '',
    '',
  ].join('\r\n');
  assert.deepEqual(parseSubtitles(file), [
    { startMs: 1500, endMs: 2750, text: '<i>Goedemorgen</i>\nallemaal' },
    { startMs: 3000, endMs: 4000, text: 'Amsterdam --> Utrecht' },
    { startMs: 5000, endMs: 6250, text: 'eerste helft\ntweede helft' },
    { startMs: 7000, endMs: 8000, text: '' },
    { startMs: 6500, endMs: 9000, text: '12' },
  ]);
});

test('VTT headers, notes, styles and names of cues are no text', () => {
  const file = [
    'WEBVTT - A title',
    'Kind: captions',
    '',
    'STYLE',
    '::cue { color: lime }',
    '',
    'intro',
    '00:01.000 --> 00:02.000 align:start position:10%',
    '<v Anna>Hello <c.loud>there</c>',
    '',
    'NOTE nothing to see',
    'here',
    '',
    '00:02.000 --> 00:03.000',
    'Bye',
  ].join('\n');
  const list = parseSubtitles(file);
  assert.deepEqual(
    list.map((cue) => [cue.startMs, plainText(cue.text)]),
    [
      [1000, 'Hello there'],
      [2000, 'Bye'],
    ],
  );
});

test('says the line that cannot be read', () => {
  const lineOf = (content: string): number => {
    try {
      parseSubtitles(content);
    } catch (thrown) {
      if (thrown instanceof SubtitleSyntaxError) return thrown.line;
    }
    return 0;
  };
  assert.equal(lineOf('1\n00:00:01,000 --> 00:00:02,000\nok\n\n2\n00:00:0x,000 --> 00:00:05,000\n'), 6);
  assert.equal(lineOf('1\n00:00:01,000 --> 00:00:02,000\nok\n\n2\n00:00:03,000 --> later\nno\n'), 6);
  assert.equal(lineOf('1\n00:00:05,000 --> 00:00:02,000\nbackwards\n'), 2);
  assert.equal(lineOf('just a letter\nto my aunt\n'), 1);
  assert.equal(lineOf(''), 1);
});

test('marks are not spoken', () => {
  assert.equal(plainText('{\\an8}<b>Ja</b>, 2 < 3 <00:01.000>hoor'), 'Ja, 2 < 3 hoor');
});
