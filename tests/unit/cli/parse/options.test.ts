import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneOf, parseFacePlace, parseLevelDb, parseOrdinal } from '../../../../src/cli/parse/options.ts';

describe('options of the command line', () => {
  it('reads a place in the film', () => {
    assert.deepEqual(parseFacePlace('12.4s:640,360'), { at: { unit: 'ms', value: 12_400 }, x: 640, y: 360 });
    assert.deepEqual(parseFacePlace('1:02.5:0,7.5'), { at: { unit: 'ms', value: 62_500 }, x: 0, y: 7.5 });
    assert.deepEqual(parseFacePlace('310f:1,2'), { at: { unit: 'frames', value: 310 }, x: 1, y: 2 });
    for (const text of ['640,360', '12s', '12s:640', '12s:640;360', '12s:-1,3']) {
      assert.throws(() => parseFacePlace(text), { code: 'USAGE' }, text);
    }
  });

  it('reads levels within bounds', () => {
    assert.equal(parseLevelDb('-18'), -18);
    assert.equal(parseLevelDb('-18.5 dB'), -18.5);
    assert.equal(parseLevelDb('0'), 0);
    for (const text of ['loud', '-61', '13', '', '--3'])
      assert.throws(() => parseLevelDb(text), { code: 'USAGE' });
  });

  it('reads numbers from 1 on', () => {
    assert.equal(parseOrdinal('2'), 2);
    for (const text of ['0', '-1', '1.5', 'two', ''])
      assert.throws(() => parseOrdinal(text), { code: 'USAGE' });
  });

  it('names the words an option takes', () => {
    const codec = oneOf('--codec', ['h264', 'hevc', 'ffv1']);
    assert.equal(codec('HEVC'), 'hevc');
    assert.throws(() => codec('divx'), {
      details: { problem: '--codec takes h264, hevc or ffv1, not "divx"' },
    });
  });
});
