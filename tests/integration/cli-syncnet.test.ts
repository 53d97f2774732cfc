import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { syncReportSchema } from '../../src/contract/sync-report.ts';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import { lastJson, runCli } from '../support/cli.ts';
import { speakerFilm } from '../support/speaker-film.ts';
import { writeExpert } from '../support/sync-expert-graphs.ts';
import { brightnessGraph, loudnessGraph } from '../support/syncnet-graphs.ts';
import { withTempFolder } from '../support/temp-folder.ts';

test('dubwright sync asks SyncNet too', async (t) => {
  const film = speakerFilm();
  if (film === null) {
    t.skip('neither the demo film nor shared clips are here');
    return;
  }
  await withTempFolder(async (folder) => {
    writeExpert(join(folder, 'expert'), 'loudness');
    const environment = {
      DUBWRIGHT_CACHE: join(folder, 'cache'),
      DUBWRIGHT_SYNC_EXPERT: join(folder, 'expert'),
    };
    const run = (...options: string[]): ReturnType<typeof runCli> =>
      runCli(['sync', film, '--json', ...options], { cwd: folder, environment });
    const facePath = join(folder, 'face.onnx');
    const soundPath = join(folder, 'sound.onnx');
    await writeFile(facePath, encodeOnnxModel(brightnessGraph(null)));
    await writeFile(soundPath, encodeOnnxModel(loudnessGraph(null, 1, 0)));
    const asked = await run('--syncnet-face', facePath, '--syncnet-sound', soundPath);
    assert.equal(asked.exitCode, 0, asked.stderr);
    const { syncNet, tracks } = syncReportSchema.loose().parse(lastJson(asked));
    assert.ok(syncNet !== null && syncNet.length > 0);
    for (const { trackId, numbers, perSecond } of syncNet) {
      assert.ok(tracks.some((track) => track.trackId === trackId));
      assert.ok(numbers !== null && numbers.windows > 100 && numbers.lseD > 0 && numbers.lseC >= 0);
      assert.equal(numbers.offsetMs, 0 - 40 * numbers.avOffsetFrames);
      assert.ok(perSecond.length >= 4);
    }
    const swapped = await run('--syncnet-face', soundPath, '--syncnet-sound', facePath);
    assert.equal(lastJson(swapped)['code'], 'MODEL_WRONG_SHAPE');
    assert.match(String(lastJson(swapped)['remedy']), /--syncnet-face/);
    const alone = await run('--syncnet-face', facePath);
    assert.equal(lastJson(alone)['code'], 'USAGE');
    const missing = await run('--syncnet-face', join(folder, 'no.onnx'), '--syncnet-sound', soundPath);
    assert.equal(lastJson(missing)['code'], 'MODEL_NOT_FOUND');
  });
});
