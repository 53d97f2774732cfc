import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durationText } from '../../../../src/cli/terminal/duration-text.ts';
import { ProgressDisplay } from '../../../../src/cli/terminal/progress-display.ts';
import type { ShownProgress } from '../../../../src/cli/terminal/progress-display.ts';

function display(isTerminal: boolean): {
  shown: ProgressDisplay;
  written: string[];
  at: (ms: number, frames: number, other?: Partial<ShownProgress>) => void;
} {
  const written: string[] = [];
  let nowMs = 0;
  const shown = new ProgressDisplay({
    write: (text) => written.push(text),
    isTerminal,
    columns: () => 100,
    nowMs: () => nowMs,
  });
  const unknown = { stage: 'render', totalFrames: 1000, framesPerSecond: null, secondsLeft: null };
  const at = (ms: number, doneFrames: number, other: Partial<ShownProgress> = {}): void => {
    nowMs = ms;
    shown.update({ ...unknown, doneFrames, ...other });
  };
  return { shown, written, at };
}

describe('progress', () => {
  it('shows pace and time left as soon as they are known, and says so until then', () => {
    const { written, at } = display(true);
    at(0, 0);
    assert.match(written.join(''), /estimating…$/);
    at(4000, 200, { framesPerSecond: 50, secondsLeft: 16 });
    assert.match(written.at(-1) ?? '', /20 % {2}200\/1000 frames {2}50\.0 frames\/s {2}16 s left$/);
  });

  it('redraws one line on a terminal, at most ten times a second', () => {
    const { written, at } = display(true);
    for (let ms = 0; ms < 1000; ms++) at(ms, ms);
    assert.equal(written.length, 10);
    assert.ok(written.every((text) => text.startsWith('\r\u001b[2K') && !text.includes('\n')));
  });

  it('never writes wider than the terminal', () => {
    const { written, at } = display(true);
    at(0, 0, { totalFrames: 1_000_000_000 });
    at(5000, 999_999_000, { totalFrames: 1_000_000_000, framesPerSecond: 12.5, secondsLeft: 80 });
    for (const text of written) assert.ok(text.replace('\r\u001b[2K', '').length < 100);
  });

  it('adds a line now and then where there is no terminal', () => {
    const { written, at } = display(false);
    for (let ms = 0; ms <= 60_000; ms += 40) at(ms, Math.floor(ms / 60));
    const lines = written.join('').split('\n').length - 1;
    assert.ok(lines >= 11 && lines <= 14, `${lines} lines`);
    assert.ok(!written.join('').includes('\r') && !written.join('').includes('\u001b'));
  });

  it('says once that a stage has ended, and starts the next afresh', () => {
    const { written, at } = display(false);
    at(0, 0, { totalFrames: 10 });
    at(50, 10, { totalFrames: 10 });
    at(60, 10, { totalFrames: 10 });
    at(70, 0, { totalFrames: 10, stage: 'export' });
    assert.deepEqual(
      written.map((text) => /\d+ %/.exec(text)?.[0]),
      ['0 %', '100 %', '0 %'],
    );
  });

  it('steps aside for a note', () => {
    const { shown, written, at } = display(true);
    at(0, 0);
    shown.note('a face is missing');
    assert.deepEqual(written.slice(1), ['\r\u001b[2K', 'a face is missing\n']);
  });
});

describe('durations', () => {
  it('reads as people say them', () => {
    const texts = [-5, 0, 840, 9999, 42_400, 59_700, 187_000, 3_729_000].map(durationText);
    assert.deepEqual(texts, ['0.0 s', '0.0 s', '0.8 s', '10.0 s', '42 s', '1:00', '3:07', '1:02:09']);
  });
});
