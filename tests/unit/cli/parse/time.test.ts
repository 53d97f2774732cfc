import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseTimeOffset, parseTimePoint } from '../../../../src/cli/parse/time.ts';

describe('a time on the command line', () => {
  const cases: readonly (readonly [string, 'ms' | 'frames', number])[] = [
    ['12.4s', 'ms', 12_400],
    ['12.4', 'ms', 12_400],
    ['.5s', 'ms', 500],
    ['500ms', 'ms', 500],
    ['1:02.5', 'ms', 62_500],
    ['1:00:02.5', 'ms', 3_602_500],
    ['62.3s', 'ms', 62_300],
    ['310f', 'frames', 310],
    [' 0 ', 'ms', 0],
  ];
  for (const [text, unit, value] of cases) {
    it(`reads ${text}`, () => assert.deepEqual(parseTimePoint(text), { unit, value }));
  }

  for (const text of [
    '',
    's',
    '-3s',
    '1:2:3:4',
    '1:75',
    '12,4s',
    '3.5f',
    'NaN',
    'Infinity',
    '1e3s',
    '0x10',
  ]) {
    it(`refuses "${text}"`, () => assert.throws(() => parseTimePoint(text), { code: 'USAGE' }));
  }

  it('reads offsets to both sides', () => {
    assert.deepEqual(parseTimeOffset('-0.5s'), { unit: 'ms', value: -500 });
    assert.deepEqual(parseTimeOffset('-12f'), { unit: 'frames', value: -12 });
    assert.deepEqual(parseTimeOffset('1:00'), { unit: 'ms', value: 60_000 });
    assert.throws(() => parseTimeOffset('--1s'), { code: 'USAGE' });
  });

  it('reads every clock time to the millisecond', () => {
    fc.assert(
      fc.property(fc.nat({ max: 99 * 3600_000 }), (ms) => {
        const clock = `${Math.floor(ms / 3600_000)}:${Math.floor(ms / 60_000) % 60}:${((ms % 60_000) / 1000).toFixed(3)}`;
        assert.deepEqual(parseTimePoint(clock), { unit: 'ms', value: ms });
      }),
    );
  });
});
