import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import type { EngineEvent } from '../../../../src/engine/host/tasks.ts';
import { expertName, nameOf, openExpert } from '../../../../src/engine/host/handlers/open-expert.ts';
import { expertFolderVariable } from '../../../../src/engine/sync/bundled-expert.ts';
import { writeExpert } from '../../../support/sync-expert-graphs.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

const before = process.env[expertFolderVariable];
afterEach(() => {
  if (before === undefined) Reflect.deleteProperty(process.env, expertFolderVariable);
  else process.env[expertFolderVariable] = before;
});

test('an expert is known by name without being opened', () =>
  withTempFolder(async (folder) => {
    writeExpert(folder, 'loudness', { biasMs: 12 });
    process.env[expertFolderVariable] = folder;
    const events: EngineEvent[] = [];
    const expert = await openExpert({ emit: (event) => events.push(event) });
    assert.ok(expert !== null);
    assert.equal(await expertName(), nameOf(expert));
    assert.deepEqual(events, []);
    await expert.close();
    const first = await expertName();
    writeExpert(folder, 'loudness', { biasMs: 13 });
    assert.notEqual(await expertName(), first, 'another calibration gives other offsets');
  }));

test('missing or broken models cost one warning and nothing else', () =>
  withTempFolder(async (folder) => {
    process.env[expertFolderVariable] = folder;
    const texts: string[] = [];
    const emit = (event: EngineEvent): void => {
      if (event.kind === 'warning') texts.push(event.text);
    };
    assert.deepEqual([await expertName(), await openExpert({ emit })], [null, null]);
    assert.match(texts.join(), /^Takes get no score, .*bundled\.json/);
    writeExpert(folder, 'loudness');
    writeFileSync(join(folder, 'sync-lips.onnx'), 'no model');
    assert.equal(await openExpert({ emit }), null);
    assert.match(texts[1], /sync-lips\.onnx/);
  }));
