import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import { lipFeaturesOf } from '../../src/engine/faces/lip-features.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { bundledModelsFolder } from '../../src/engine/models/bundled-cards.ts';
import { createSyncExpert } from '../../src/engine/sync/sync-expert.ts';
import { measureOffsets } from '../bench/measure-offsets.ts';
import { renderSpeakers, whyNoSpeakers, type RenderedSpeaker } from '../support/rendered-speakers.ts';

const signal = new AbortController().signal;
const missing = whyNoSpeakers();

/** Lag of `later` behind `earlier` in frames, by the parabola through the best whole-frame correlation. */
function lagFrames(later: readonly number[], earlier: readonly number[]): { lag: number; r: number } {
  const reach = 4;
  const curve = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    correlationAt(later, earlier, { lag: i - reach, reach }),
  );
  const best = curve.indexOf(Math.max(...curve));
  const [a, b, c] = [curve[best - 1], curve[best], curve[best + 1]];
  return { lag: best - reach + (a - c) / (2 * (a - 2 * b + c)), r: b };
}

function correlationAt(
  later: readonly number[],
  earlier: readonly number[],
  { lag, reach }: { readonly lag: number; readonly reach: number },
): number {
  const x = later.slice(reach, later.length - reach);
  const y = earlier.slice(reach - lag, reach - lag + x.length);
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const sum = (value: (i: number) => number): number => x.reduce((total, _, i) => total + value(i), 0);
  const cross = sum((i) => (x[i] - mx) * (y[i] - my));
  return cross / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
}

describe('a rendered speaker', { skip: missing ?? false }, () => {
  let folder = '';
  let speaker: RenderedSpeaker;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dubwright-test-'));
    // Speaker 10 is filmed at 29.97: the rate whose frames do not start at whole milliseconds.
    [speaker] = renderSpeakers(folder, { first: 10, count: 1, seconds: 3, size: 256 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('shows frame i in the middle of its time and is heard from the film’s start', async () => {
    const { truth } = speaker;
    const { table } = await openSource(speaker.path);
    assert.equal(table.frameCount, truth.frameCount);
    for (let i = 0; i < table.frameCount; i++) {
      const middle = (((table.ticks[i] + table.ticks[i + 1]) / 2) * table.timeBase.num) / table.timeBase.den;
      const wanted = ((i + 0.5) * truth.frameRate.den) / truth.frameRate.num;
      assert.ok(
        Math.abs(middle - wanted) < 0.0011,
        `frame ${i} is shown around ${middle} s, not ${wanted} s`,
      );
    }
    const outPath = join(folder, 'sound.f32');
    await decodePcmFile({ path: speaker.path, streamIndex: null, outPath, signal });
    const pcm = openPcmFile(outPath);
    const first = pcm.read(0, pcm.sampleCount).findIndex((sample) => Math.abs(sample) > 150 / 32_768);
    pcm.close();
    // The maker keeps 10 ms before a sentence's first audible sample.
    const onset = truth.sentences[0].startSeconds + 0.01;
    const heard = first / pcm.sampleRateHz;
    assert.ok(Math.abs(heard - onset) < 0.002, `heard from ${heard} s, spoken from ${onset} s`);
  });

  test('has lips that the face mesh follows without delay', async () => {
    const source = await openSource(speaker.path);
    const faces = join(folder, 'faces');
    await analyseFaces({ source, folder: faces, onProgress: () => undefined, signal });
    const store = openFaceStore(faces);
    const [person] = store.index.people;
    const opening = speaker.truth.openingCm.map((_, frame) => {
      const seen = store.readPerson(person.personId, frame);
      assert.ok(seen !== null, `no face in frame ${frame}`);
      return lipFeaturesOf(seen.mesh)[0];
    });
    store.close();
    const { lag, r } = lagFrames(opening, speaker.truth.openingCm);
    const { num, den } = speaker.truth.frameRate;
    const lagMs = (lag * 1000 * den) / num;
    assert.ok(r > 0.9, `opening follows the truth with r = ${r.toFixed(3)}`);
    assert.ok(Math.abs(lagMs) < 5, `opening lags by ${lagMs.toFixed(1)} ms`);
  });

  test('is in sync to the expert, and out of it by as much as its sound is moved', async (t) => {
    if (!existsSync(join(bundledModelsFolder, 'sync-sound.onnx'))) {
      t.skip('models/ holds no lip-sync expert');
      return;
    }
    const expert = await createSyncExpert();
    try {
      const film = { path: speaker.path, folder: join(folder, 'measured') };
      const [still, moved] = await measureOffsets(film, expert, [0, -120]);
      assert.equal(still.score.evidence, 'ok');
      assert.ok(Math.abs(still.score.offsetMs) <= 40, `in sync, but measured ${still.score.offsetMs} ms`);
      const change = moved.score.offsetMs - still.score.offsetMs;
      assert.ok(Math.abs(change + 120) <= 10, `sound moved by −120 ms, measured ${change} ms`);
    } finally {
      await expert.close();
    }
  });
});
