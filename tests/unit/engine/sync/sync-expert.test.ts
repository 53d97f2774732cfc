import assert from 'node:assert/strict';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hearSound } from '../../../../src/engine/sync/heard-sound.ts';
import { createSyncExpert } from '../../../../src/engine/sync/sync-expert.ts';
import { arrayPcm } from '../../../support/array-pcm.ts';
import { madeLips, madeOpening, madeVoice } from '../../../support/made-speech.ts';
import { writeExpert } from '../../../support/sync-expert-graphs.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

const signal = new AbortController().signal;

describe('the sync expert', () => {
  it('runs networks of its interface, whatever the size of their embeddings', () =>
    withTempFolder(async (modelsFolder) => {
      writeExpert(modelsFolder, 'random');
      const expert = await createSyncExpert({ modelsFolder, threads: 1 });
      const opening = madeOpening(1);
      const sound = hearSound({ pcm: arrayPcm(madeVoice(opening, 2)), startSeconds: 0 }, signal);
      const heard = await expert.soundEmbeddings(sound, -40, 130);
      assert.deepEqual([heard.size, heard.data.length], [8, 8 * 130]);
      const seen = await expert.lipEmbeddings(madeLips(opening, 2), -10, 120);
      assert.deepEqual(
        [seen.size, seen.data.length, seen.seen.length, seen.opening.length],
        [8, 960, 120, 120],
      );
      assert.deepEqual([...seen.seen.slice(0, 12)], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
      for (let moment = 10; moment < 100; moment++) {
        const length = Math.hypot(...heard.data.subarray(moment * 8, moment * 8 + 8));
        assert.ok(Math.abs(length - 1) < 1e-4);
      }
      await expert.close();
    }));

  const broken: readonly (readonly [string, string, (folder: string) => void])[] = [
    ['no card', 'MODEL_NOT_FOUND', (folder) => rmSync(join(folder, 'bundled.json'))],
    [
      'a card that is no JSON',
      'MODEL_UNREADABLE',
      (folder) => writeFileSync(join(folder, 'bundled.json'), '{'),
    ],
    [
      'a card without the expert',
      'MODEL_UNREADABLE',
      (folder) => writeFileSync(join(folder, 'bundled.json'), '{"models":[{"file":"a.onnx","sha256":"0"}]}'),
    ],
    ['no sound network', 'MODEL_NOT_FOUND', (folder) => rmSync(join(folder, 'sync-sound.onnx'))],
    ['no lip network', 'MODEL_NOT_FOUND', (folder) => rmSync(join(folder, 'sync-lips.onnx'))],
    [
      'a damaged network',
      'MODEL_UNREADABLE',
      (folder) => writeFileSync(join(folder, 'sync-lips.onnx'), 'not a network'),
    ],
    [
      'networks that were mixed up',
      'MODEL_WRONG_SHAPE',
      (folder) => copyFileSync(join(folder, 'sync-sound.onnx'), join(folder, 'sync-lips.onnx')),
    ],
  ];
  for (const [name, code, breakIt] of broken)
    it(`refuses ${name}`, () =>
      withTempFolder(async (modelsFolder) => {
        writeExpert(modelsFolder, 'random');
        breakIt(modelsFolder);
        await assert.rejects(createSyncExpert({ modelsFolder }), { name: 'DubwrightError', code });
      }));
});
