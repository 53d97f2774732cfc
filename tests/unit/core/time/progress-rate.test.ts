import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ProgressMeter } from '../../../../src/core/time/progress-rate.ts';

test('says nothing before there is something to measure', () => {
  const meter = new ProgressMeter();
  assert.deepEqual(meter.add(0, 0, 100), { framesPerSecond: null, secondsLeft: null });
  assert.deepEqual(meter.add(300, 8, 100), { framesPerSecond: null, secondsLeft: null });
});

test('a steady job has its rate, and the rest of its time', () => {
  const meter = new ProgressMeter();
  let last = meter.add(0, 0, 1000);
  for (let ms = 100; ms <= 4_000; ms += 100) last = meter.add(ms, ms / 40, 1000);
  assert.deepEqual(last, { framesPerSecond: 25, secondsLeft: 36 });
});

test('the rate follows the recent past, not the whole run', () => {
  const meter = new ProgressMeter();
  for (let ms = 0; ms <= 60_000; ms += 200) meter.add(ms, ms / 100, 10_000);
  let last = meter.add(60_000, 600, 10_000);
  for (let ms = 200; ms <= 8_000; ms += 200) last = meter.add(60_000 + ms, 600 + ms / 20, 10_000);
  assert.ok(Math.abs((last.framesPerSecond ?? 0) - 50) < 0.01, `${String(last.framesPerSecond)} is not 50`);
});

test('a count that begins anew is measured anew', () => {
  const meter = new ProgressMeter();
  for (let ms = 0; ms <= 2_000; ms += 100) meter.add(ms, ms / 10, 500);
  assert.equal(meter.add(2_100, 0, 500).framesPerSecond, null);
  assert.equal(meter.add(3_100, 10, 500).framesPerSecond, 10);
});
