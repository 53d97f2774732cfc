import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { measureProviders } from '../../src/engine/inference/providers.ts';
import { withTempFolder } from '../support/temp-folder.ts';

test('providers are measured once, and again when the graphics driver changes', (context) =>
  withTempFolder(async (cacheFolder) => {
    const { signal } = context;
    const path = join(cacheFolder, 'providers.json');
    const before = process.env['VK_DRIVER_FILES'];
    // No Vulkan driver at all: what a machine without a GPU has, whatever this one has.
    process.env['VK_DRIVER_FILES'] = join(cacheFolder, 'none.json');
    context.after(() => {
      if (before === undefined) delete process.env['VK_DRIVER_FILES'];
      else process.env['VK_DRIVER_FILES'] = before;
    });

    const report = await measureProviders({ refresh: false, cacheFolder, signal });
    const cpu = report.measurements.find(({ provider }) => provider === 'cpu');
    assert.deepEqual(Object.keys(cpu?.medianMs ?? {}).sort(), [
      'blazeface',
      'face-descriptor',
      'facemesh',
      'generator',
    ]);
    assert.ok(Object.values(cpu?.medianMs ?? {}).every((ms) => ms > 0));
    for (const { provider, available, note } of report.measurements)
      if (!available) assert.ok(note.length > 0, `${provider} says why it is not there`);
    for (const provider of Object.values(report.chosen))
      assert.ok(report.measurements.some((entry) => entry.provider === provider && entry.available));

    const kept = await readFile(path, 'utf8');
    assert.deepEqual(await measureProviders({ refresh: false, cacheFolder, signal }), report);
    assert.equal(await readFile(path, 'utf8'), kept, 'the second call measures nothing');

    process.env['VK_DRIVER_FILES'] = join(cacheFolder, 'other.json');
    await measureProviders({ refresh: false, cacheFolder, signal });
    assert.notEqual(await readFile(path, 'utf8'), kept, 'another driver is measured');

    await writeFile(path, '{"fingerprint":');
    const again = await measureProviders({ refresh: false, cacheFolder, signal });
    assert.equal(again.measurements.length, report.measurements.length);
  }));

test('measuring ends when it is cancelled', () =>
  withTempFolder(async (cacheFolder) => {
    const controller = new AbortController();
    const measuring = measureProviders({ refresh: true, cacheFolder, signal: controller.signal });
    controller.abort();
    await assert.rejects(measuring, { name: 'AbortError' });
  }));
