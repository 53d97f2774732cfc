import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { slicePcm } from '../../../../src/engine/audio/pcm-file.ts';
import { hearSound } from '../../../../src/engine/sync/heard-sound.ts';
import { compareLips, scoreOffsets, type LipsScore } from '../../../../src/engine/sync/score-lips.ts';
import { createSyncExpert, type SyncExpert } from '../../../../src/engine/sync/sync-expert.ts';
import type { LipTable, PlacedSound } from '../../../../src/engine/sync/types.ts';
import { arrayPcm } from '../../../support/array-pcm.ts';
import { madeLips, madeOpening, madeVoice } from '../../../support/made-speech.ts';
import { writeExpert } from '../../../support/sync-expert-graphs.ts';

const signal = new AbortController().signal;
const frameRate = 25;

describe('scoring lips against a sound, with an expert that knows loudness', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dubwright-test-'));
  const opening = madeOpening(5);
  let expert: SyncExpert;
  before(async () => {
    writeExpert(folder, 'loudness');
    expert = await createSyncExpert({ modelsFolder: folder, threads: 1 });
  });
  after(async () => {
    await expert.close();
    rmSync(folder, { recursive: true });
  });

  const score = (lips: LipTable, sound: PlacedSound): Promise<LipsScore> =>
    scoreOffsets({ expert, sound: hearSound(sound, signal), signal }, lips, frameRate);
  const placed = (samples: Float32Array, startSeconds = 0): PlacedSound => ({
    pcm: arrayPcm(samples),
    startSeconds,
  });

  it('finds sound and lips that belong together in sync', async () => {
    const { confidence, curve, distance, evidence, offsetFrames, offsetMs, seconds } = await score(
      madeLips(opening, 8),
      placed(madeVoice(opening, 8)),
    );
    assert.ok(Math.abs(offsetMs) < 4, `${offsetMs} ms`);
    assert.equal(offsetFrames, Math.round(offsetMs / 4) / 10);
    assert.equal(evidence, 'ok');
    assert.ok(distance < 0.4 && confidence > 0.3, `${distance} ${confidence}`);
    assert.equal(curve.length, 61);
    assert.deepEqual(
      seconds.map(({ second }) => second),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
    for (const second of seconds) assert.ok(Math.abs(second.offsetMs) < 15, JSON.stringify(second));
  });

  it('says "late" with a plus: sound that comes 120 ms after the lips', async () => {
    const { offsetFrames, offsetMs } = await score(madeLips(opening, 8), placed(madeVoice(opening, 8, 0.12)));
    assert.ok(Math.abs(offsetMs - 120) < 5, `${offsetMs} ms`);
    assert.ok(Math.abs(offsetFrames - 3) <= 0.1);
  });

  it('shifts the offset by as much as the sound is shifted', async () => {
    const voice = madeVoice(opening, 8);
    const lips = madeLips(opening, 8);
    const still = await score(lips, placed(voice));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -20, max: 20 }), async (steps) => {
        const { offsetMs } = await score(lips, placed(voice, steps * 0.02));
        assert.ok(Math.abs(offsetMs - still.offsetMs - steps * 20) < 6, `${steps}: ${offsetMs} ms`);
      }),
      { numRuns: 8, seed: 3 },
    );
  });

  it('gives in blocks what it gives at once, for a film longer than a block', async () => {
    const lips = madeLips(opening, 47);
    const sound = hearSound(placed(madeVoice(opening, 47, -0.2)), signal);
    const whole = (await compareLips({ expert, sound, signal }, lips)).sums([[0, 47 * 50]]);
    const start = 18 * 50;
    const heard = await expert.soundEmbeddings(sound, start, 400);
    const longer = await expert.soundEmbeddings(sound, start - 300, 900);
    heard.data.forEach((value, i) => assert.ok(Math.abs(value - longer.data[300 * heard.size + i]) < 1e-5));
    const seen = await expert.lipEmbeddings(lips, start, 400);
    const seenLonger = await expert.lipEmbeddings(lips, start - 300, 900);
    seen.data.forEach((value, i) => assert.ok(Math.abs(value - seenLonger.data[300 * seen.size + i]) < 1e-5));
    assert.ok(Math.abs(whole.comparedSeconds - 47) < 1);
    assert.equal(whole.curve.indexOf(Math.min(...whole.curve)), 20);
  });

  it('reads no more than a block of sound at a time', async () => {
    const pcm = arrayPcm(madeVoice(opening, 60));
    const sound = hearSound({ pcm, startSeconds: 0 }, signal);
    await compareLips({ expert, sound, signal }, madeLips(opening, 60));
    assert.ok(pcm.largestRead() < 16_000 * 11, `${pcm.largestRead()} samples`);
  });

  it('takes the bias of its card off', async () => {
    const biased = join(folder, 'biased');
    writeExpert(biased, 'loudness', { biasMs: 30 });
    const other = await createSyncExpert({ modelsFolder: biased, threads: 1 });
    const sound = hearSound(placed(madeVoice(opening, 6)), signal);
    const lips = madeLips(opening, 6);
    const plain = await scoreOffsets({ expert, sound, signal }, lips, frameRate);
    const corrected = await scoreOffsets({ expert: other, sound, signal }, lips, frameRate);
    await other.close();
    assert.ok(Math.abs(plain.offsetMs - corrected.offsetMs - 30) < 0.11);
  });

  it('finds the same at any frame rate', async () => {
    const voice = placed(madeVoice(opening, 6, 0.06));
    for (const rate of [12, 22.13, 24, 29.97, 50, 59.94]) {
      const { offsetMs } = await score(madeLips(opening, 6, rate), voice);
      assert.ok(Math.abs(offsetMs - 60) < 10, `${rate} frames/s: ${offsetMs} ms`);
    }
  });

  it('calls too little evidence by its name', async (t) => {
    const lips = madeLips(opening, 8);
    const cases: readonly (readonly [string, LipTable, PlacedSound])[] = [
      ['silence', lips, placed(new Float32Array(8 * 16_000))],
      [
        'a mouth seen for half a second',
        { ...lips, features: lips.features.map((x, i) => (i < 12 * 12 ? x : NaN)) },
        placed(madeVoice(opening, 8)),
      ],
      [
        'a mouth that never moves',
        { ...lips, features: new Float32Array(lips.features.length) },
        placed(madeVoice(opening, 8)),
      ],
      ['nobody', { features: new Float32Array(0), seconds: [] }, placed(madeVoice(opening, 8))],
      ['a sound that ends before the mouth is seen', lips, placed(madeVoice(opening, 2), -3)],
    ];
    for (const [name, table, sound] of cases)
      await t.test(name, async () => {
        const { comparedSeconds, evidence, ...numbers } = await score(table, sound);
        assert.equal(evidence, 'low');
        for (const value of [comparedSeconds, numbers.offsetMs, numbers.confidence, numbers.distance])
          assert.ok(Number.isFinite(value));
      });
  });

  it('leaves unseen stretches and pauses out', async () => {
    const lips = madeLips(opening, 10);
    const hidden = lips.features.map((value, i) => (i >= 100 * 12 && i < 200 * 12 ? NaN : value));
    const voice = madeVoice(opening, 10);
    const { comparedSeconds, offsetMs } = await score({ ...lips, features: hidden }, placed(voice));
    assert.ok(Math.abs(comparedSeconds - 6) < 0.3, `${comparedSeconds} s`);
    assert.ok(Math.abs(offsetMs) < 8);
    voice.fill(0, 0, 3 * 16_000);
    const quiet = await score(lips, placed(voice));
    assert.ok(Math.abs(quiet.comparedSeconds - 7) < 0.3, `${quiet.comparedSeconds} s`);
  });

  it('hears a stretch of voice like the whole voice when it is given its level', async () => {
    const voice = arrayPcm(madeVoice(opening, 12));
    const { level } = hearSound({ pcm: voice, startSeconds: 0 }, signal);
    const part = { pcm: slicePcm(voice, 4 * 16_000, 4 * 16_000), startSeconds: 4 };
    const sound = hearSound(part, signal, level);
    const whole = hearSound({ pcm: voice, startSeconds: 0 }, signal);
    const [a, b] = [
      await expert.soundEmbeddings(sound, 250, 100),
      await expert.soundEmbeddings(whole, 250, 100),
    ];
    a.data.forEach((value, i) => assert.ok(Math.abs(value - b.data[i]) < 1e-5));
  });

  it('stops when it is told to', async () => {
    const sound = hearSound(placed(madeVoice(opening, 4)), signal);
    await assert.rejects(compareLips({ expert, sound, signal: AbortSignal.abort() }, madeLips(opening, 4)), {
      name: 'AbortError',
    });
  });
});
