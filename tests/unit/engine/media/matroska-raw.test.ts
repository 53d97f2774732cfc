import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  rawFourcc,
  rawFrameHeader,
  rawStreamHeader,
  ticksToNs,
} from '../../../../src/engine/media/matroska-raw.ts';
import { planarTwin } from '../../../../src/engine/media/planar-formats.ts';

test('ticks of every time base in use come back from nanoseconds', () => {
  const timeBase = fc.record({
    num: fc.constantFrom(1, 1001, 512),
    den: fc.integer({ min: 1, max: 400_000_000 }),
  });
  fc.assert(
    fc.property(timeBase, fc.integer({ min: 0, max: 2 ** 40 }), ({ num, den }, tick) => {
      fc.pre((tick * num) / den < 1e6); // 11 days
      const ns = ticksToNs(tick, { num, den });
      // As av_rescale_q does it: to the nearest.
      const back =
        (2n * BigInt(ns) * BigInt(den) + BigInt(num) * 1_000_000_000n) / (2n * BigInt(num) * 1_000_000_000n);
      assert.equal(Number(back), tick);
    }),
  );
});

test("formats have the names that ffmpeg's raw tables know", () => {
  const name = (format: string) => Buffer.from(rawFourcc(format) ?? []).toString('latin1');
  assert.equal(name('yuv420p'), 'I420');
  assert.equal(name('yuv422p10le'), 'Y3\n\n');
  assert.equal(name('yuva444p16le'), 'Y4\0\u0010');
  assert.equal(name('gray12le'), 'Y1\0\u000c');
  assert.equal(name('gbrp'), 'G3\0\u0008');
  for (const unknown of ['yuv440p10le', 'yuva422p12le', 'gbrap14le', 'nv12', 'rgb24', '']) {
    assert.equal(rawFourcc(unknown), null, unknown);
  }
});

test('a frame header announces exactly the bytes that follow it', () => {
  const samples = fc.integer({ min: 1, max: 2 ** 31 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 0, max: 2 ** 50 }), (byteCount, timeNs) => {
      const header = Buffer.from(rawFrameHeader(timeNs, 40_000_000, byteCount));
      assert.equal(header.readUInt32BE(0), 0x1f43b675);
      const clusterSize = Number(header.readBigUInt64BE(4) & 0x00ff_ffff_ffff_ffffn);
      assert.equal(12 + clusterSize, header.length + byteCount);
    }),
  );
});

test('a format without a carrier is refused', () => {
  const shape = {
    width: 2,
    height: 2,
    colour: { range: 'tv', space: 'unknown', primaries: 'unknown', transfer: 'unknown' },
    sampleAspectRatio: { num: 1, den: 1 },
    frameRate: { num: 25, den: 1 },
  };
  assert.throws(() => rawStreamHeader({ ...shape, format: planarTwin('yuv440p10le') }), RangeError);
  assert.ok(rawStreamHeader({ ...shape, format: planarTwin('yuv420p') }).length > 50);
});
