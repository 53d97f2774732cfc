import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile, pcmFromArray } from '../../src/engine/audio/pcm-file.ts';
import { measureVoiceLevel } from '../../src/engine/audio/voice-mel.ts';
import { correlation } from '../../src/engine/lipsync/correlation.ts';
import { findLipModel } from '../../src/engine/lipsync/lips-from-sound/bundled-lip-model.ts';
import { lipMomentCount, LipNetwork } from '../../src/engine/lipsync/lips-from-sound/lip-network.ts';
import type { PcmReader } from '../../src/engine/lipsync/types.ts';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';
import { sharedFolder, sharedMediaMissing } from '../support/shared-media.ts';

const never = new AbortController().signal;
const model = findLipModel();
const voices = sharedFolder('voices');
/** Women and men, four languages, studio and radio. */
const names = ['english-28s', 'german-9s', 'french-7s', 'chinese-8s', 'ljspeech-0001', 'english-radio-8s'];

/** What recordings of the same words may differ in. */
const changes: readonly { readonly name: string; readonly filter: string; readonly least: number }[] = [
  { name: '20 dB quieter', filter: 'volume=-20dB', least: 0.995 },
  { name: 'dull: treble down by 9 dB', filter: 'treble=g=-9:f=3000', least: 0.97 },
  { name: 'thin: bass down by 12 dB', filter: 'bass=g=-12:f=200', least: 0.97 },
  { name: 'recorded at 22,050 Hz', filter: 'aresample=22050,aresample=16000', least: 0.99 },
  { name: 'telephone: 8,000 Hz', filter: 'aresample=8000,aresample=16000', least: 0.85 },
];

describe(
  'lips heard from voices',
  { skip: model === null ? 'no models/lips-from-sound.onnx' : false },
  () => {
    let folder = '';
    let network: LipNetwork;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dubwright-voices-'));
      network = await LipNetwork.open({ path: model?.path ?? '' });
    });
    after(async () => {
      await network.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function soundOf(path: string, filter: string | null): Promise<PcmReader> {
      let from = path;
      if (filter !== null) {
        from = join(folder, 'changed.wav');
        const { ffmpegPath } = await locateFfmpeg();
        execFileSync(ffmpegPath, [
          '-v',
          'error',
          '-y',
          '-i',
          path,
          '-ac',
          '1',
          '-ar',
          '16000',
          '-af',
          filter,
          from,
        ]);
      }
      const outPath = join(folder, 'sound.f32');
      await decodePcmFile({ path: from, streamIndex: null, outPath });
      const file = openPcmFile(outPath);
      const held = pcmFromArray(file.read(0, file.sampleCount));
      file.close();
      return held;
    }

    /** Opening and width, one after the other, moment by moment. */
    async function heard(
      pcm: PcmReader,
    ): Promise<{ readonly opening: Float32Array; readonly width: Float32Array }> {
      const level = measureVoiceLevel(pcm, never);
      const shapes: number[] = [];
      for await (const block of network.hear({ pcm, level }, never)) shapes.push(...block.shapes);
      assert.equal(shapes.length, 12 * lipMomentCount(pcm));
      const column = (k: number): Float32Array =>
        Float32Array.from({ length: shapes.length / 12 }, (_, i) => shapes[12 * i + k]);
      return { opening: column(0), width: column(3) };
    }

    it('are the same for the same words, whatever the level, the tone and the sample rate', async (test) => {
      if (voices === null) {
        test.skip(sharedMediaMissing);
        return;
      }
      for (const name of names) {
        const path = join(voices, `${name}.flac`);
        const plain = await heard(await soundOf(path, null));
        for (const { name: change, filter, least } of changes) {
          const changed = await heard(await soundOf(path, filter));
          const count = Math.min(plain.opening.length, changed.opening.length);
          const r = correlation(plain.opening.subarray(0, count), changed.opening.subarray(0, count));
          assert.ok(r >= least, `${name}, ${change}: r of opening ${r.toFixed(3)}`);
          test.diagnostic(`${name}, ${change}: r ${r.toFixed(3)}`);
        }
      }
    });

    it('listens at more than a hundred times real time', async (test) => {
      const seconds = 60;
      const noise = pcmFromArray(
        Float32Array.from({ length: seconds * 16_000 }, (_, i) => Math.sin(i * i * 1e-6) * Math.sin(i / 900)),
      );
      const started = performance.now();
      await heard(noise);
      const rate = (1000 * seconds) / (performance.now() - started);
      test.diagnostic(`${rate.toFixed(0)} times real time`);
      assert.ok(rate > 100, `${rate.toFixed(0)} times real time`);
    });
  },
);
