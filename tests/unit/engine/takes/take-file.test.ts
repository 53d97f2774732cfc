import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import type { Patch, PlanarFormat } from '../../../../src/engine/media/frame.ts';
import { openTakeReader, readTakeInfo, takeIsIntact } from '../../../../src/engine/takes/take-reader.ts';
import { createTakeWriter } from '../../../../src/engine/takes/take-writer.ts';
import type { TakeWriter } from '../../../../src/engine/takes/take-writer.ts';

const folder = await mkdtemp(join(tmpdir(), 'dubwright-take-'));
after(() => rm(folder, { recursive: true }));

const yuv420p: PlanarFormat = {
  name: 'yuv420p',
  model: 'yuv',
  planeCount: 3,
  bitDepth: 8,
  chromaShiftX: 1,
  chromaShiftY: 1,
};
const yuv422p10: PlanarFormat = { ...yuv420p, name: 'yuv422p10le', bitDepth: 10, chromaShiftY: 0 };
const outcome = {
  patchedFrames: 3,
  framesWithoutFace: 1,
  notes: ['één zin'],
  stageMs: { warp: 1.5 },
  sync: null,
};

function patchOf(format: PlanarFormat, frameIndex: number, width = 16, height = 12): Patch {
  const plane = (w: number, h: number, seed: number) => {
    const samples = format.bitDepth > 8 ? new Uint16Array(w * h) : new Uint8Array(w * h);
    return { data: samples.map((_, i) => (i * 7 + seed * 31 + frameIndex) % 251), width: w, height: h };
  };
  const [cw, ch] = [width >> format.chromaShiftX, height >> format.chromaShiftY];
  return {
    frameIndex,
    box: { x: 2 * frameIndex, y: 4, width, height },
    planes: [plane(width, height, 0), plane(cw, ch, 1), plane(cw, ch, 2)],
  };
}

const figures = {
  ...{ offsetMs: -12.5, offsetFrames: -0.3, confidence: 0.41, distance: 0.82, comparedSeconds: 2.5 },
  evidence: 'ok' as const,
};
const sync = { expert: 'e', take: figures, original: null, film: figures, lipMovement: 0.9 };

function startTake(takePath: string, format = yuv420p): Promise<TakeWriter> {
  const timeBase = { num: 1, den: 25 };
  return createTakeWriter({ takePath, startFrame: 10, endFrame: 20, format, timeBase, key: 'k' });
}

async function writeTake(name: string, format: PlanarFormat, patches: readonly Patch[]): Promise<string> {
  const takePath = join(folder, name);
  const writer = await startTake(takePath, format);
  for (const patch of patches) await writer.add(patch);
  await writer.finish(outcome);
  return takePath;
}

for (const format of [yuv420p, yuv422p10]) {
  test(`patches in ${format.name} come back as they were, in order and by frame`, async () => {
    const patches = [
      patchOf(format, 10),
      patchOf(format, 13, 20, 8),
      patchOf(format, 14),
      patchOf(format, 19, 8, 8),
    ];
    const takePath = await writeTake(`${format.name}.take`, format, patches);
    const reader = await openTakeReader(takePath);
    const read: Patch[] = [];
    for await (const patch of reader) read.push(patch);
    assert.deepEqual(read, patches);
    for (const frame of [13, 10, 11, 19, 14, 12, 20, 0]) {
      assert.deepEqual(
        await reader.patchAt(frame),
        patches.find((patch) => patch.frameIndex === frame) ?? null,
      );
    }
    await reader.close();
    const { key, startFrame, endFrame, patchCount, format: stored, outcome: said } = reader.info;
    assert.deepEqual([key, startFrame, endFrame, patchCount, stored], ['k', 10, 20, 4, format]);
    assert.deepEqual(said, outcome);
    assert.equal(await takeIsIntact(takePath), true);
  });
}

test('a take without patches is a take', async () => {
  const takePath = await writeTake('empty – leeg.take', yuv420p, []);
  assert.equal((await readTakeInfo(takePath))?.patchCount, 0);
  assert.equal(await takeIsIntact(takePath), true);
});

test('every cut and every flipped byte is noticed', async () => {
  const whole = await readFile(await writeTake('whole.take', yuv420p, [patchOf(yuv420p, 10)]));
  const damagedPath = join(folder, 'damaged.take');
  for (let length = 0; length < whole.length; length += 13) {
    await writeFile(damagedPath, whole.subarray(0, length));
    assert.equal(await readTakeInfo(damagedPath), null, `cut at ${length}`);
  }
  for (let at = 0; at < whole.length; at += 3) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 0x5a;
    await writeFile(damagedPath, flipped);
    // Four bytes of the trailer are padding.
    if (at >= whole.length - 12 && at < whole.length - 8) continue;
    assert.equal(await takeIsIntact(damagedPath), false, `flipped at ${at} of ${whole.length}`);
  }
  await rm(damagedPath);
  assert.equal(await readTakeInfo(damagedPath), null);
});

test('an aborted or failed take leaves nothing, and an older take stays', async () => {
  const takePath = await writeTake('older.take', yuv420p, []);
  const before = await readdir(folder);
  const target = { takePath, startFrame: 10, endFrame: 20, format: yuv420p, timeBase: { num: 1, den: 25 } };
  const aborted = await createTakeWriter({ ...target, key: 'new' });
  await aborted.add(patchOf(yuv420p, 10));
  await aborted.abort();

  const failing = await createTakeWriter({ ...target, key: 'new' });
  await failing.add(patchOf(yuv420p, 11));
  await assert.rejects(failing.add(patchOf(yuv420p, 11)), RangeError);

  const controller = new AbortController();
  const cancelled = await createTakeWriter({ ...target, key: 'new', signal: controller.signal });
  controller.abort();
  await assert.rejects(cancelled.add(patchOf(yuv420p, 12)), { code: 'CANCELLED' });

  assert.deepEqual(await readdir(folder), before);
  assert.equal((await readTakeInfo(takePath))?.key, 'k');
});

test('a folder that is not there is an error of the output', async () => {
  const takePath = join(folder, 'no', 'such.take');
  const target = { takePath, startFrame: 0, endFrame: 1, format: yuv420p, timeBase: { num: 1, den: 25 } };
  await assert.rejects(createTakeWriter({ ...target, key: 'k' }), (thrown: unknown) => {
    assert.ok(thrown instanceof DubwrightError);
    return thrown.code === 'OUTPUT_NOT_WRITABLE';
  });
});

test('lips are kept beside the patches, those that nobody told are left out', async () => {
  const takePath = join(folder, 'lips.take');
  const writer = await startTake(takePath);
  const lipsOf = (frame: number): Float32Array => Float32Array.from({ length: 12 }, (_, i) => frame + i / 16);
  for (const frame of [10, 12, 13, 19]) {
    await writer.add(patchOf(yuv420p, frame), frame === 13 ? undefined : lipsOf(frame));
  }
  await assert.rejects(writer.add(patchOf(yuv420p, 19), new Float32Array(11)), RangeError);
  const again = await startTake(takePath);
  for (const frame of [10, 12, 13, 19]) {
    await again.add(patchOf(yuv420p, frame), frame === 13 ? undefined : lipsOf(frame));
  }
  await again.finish({ ...outcome, sync });
  const reader = await openTakeReader(takePath);
  const lips = await reader.readLips();
  assert.deepEqual(lips, new Map([10, 12, 19].map((frame) => [frame, lipsOf(frame)])));
  assert.deepEqual(reader.info.outcome.sync, sync);
  assert.deepEqual(await reader.patchAt(13), patchOf(yuv420p, 13));
  await reader.close();

  // One flipped bit in the lips: the pixels are none the worse, the lips are refused.
  const bytes = await readFile(takePath);
  const footerBytes = bytes.readUInt32LE(bytes.length - 20);
  bytes[bytes.length - 32 - footerBytes - 1] ^= 1;
  await writeFile(takePath, bytes);
  const damaged = await openTakeReader(takePath);
  await assert.rejects(damaged.readLips(), (thrown) => thrown instanceof DubwrightError);
  assert.deepEqual(await damaged.patchAt(19), patchOf(yuv420p, 19));
  await damaged.close();
});

test('a take of the first version, without lips and without a score, is still read', async () => {
  const takePath = await writeTake('first.take', yuv420p, [patchOf(yuv420p, 11)]);
  const bytes = await readFile(takePath);
  // Its footer did not speak of scores; the rest was the same.
  const trailerAt = bytes.length - 32;
  const footerBytes = bytes.readUInt32LE(trailerAt + 12);
  const indexOffset = bytes.readDoubleLE(trailerAt);
  const older = Buffer.from(JSON.stringify({ ...outcome, sync: undefined }));
  const index = bytes.subarray(indexOffset, trailerAt - footerBytes);
  const trailer = Buffer.from(bytes.subarray(trailerAt));
  trailer.writeUInt32LE(older.length, 12);
  trailer.writeUInt32LE(crc32(older, crc32(index)), 16);
  const first = Buffer.concat([bytes.subarray(0, indexOffset), index, older, trailer]);
  first[7] = 1;
  await writeFile(takePath, first);
  const reader = await openTakeReader(takePath);
  assert.equal(await reader.readLips(), null);
  assert.deepEqual(reader.info.outcome, outcome);
  assert.deepEqual(await reader.patchAt(11), patchOf(yuv420p, 11));
  await reader.close();
});
