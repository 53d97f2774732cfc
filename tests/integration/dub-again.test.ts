import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { dubReportSchema } from '../../src/contract/dub.ts';
import type { DubReport } from '../../src/contract/dub.ts';
import { bundledModelsFolder } from '../../src/engine/models/bundled-cards.ts';
import { runCli, startCli } from '../support/cli.ts';
import { spokenSentences } from '../support/dub-desk.ts';
import { descendantsOf, waitUntilGone } from '../support/processes.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { writeWav } from '../support/wav-file.ts';

/** The bundled speech: 300 frames, one face throughout. */
const film = fileURLToPath(new URL('../../resources/demo/speech.mp4', import.meta.url));

const subtitles = (secondStart: string): string =>
  [
    `1\n00:00:00,200 --> 00:00:00,800\none\n`,
    `2\n00:00:${secondStart} --> 00:00:01,800\ntwo\n`,
    `3\n00:00:02,000 --> 00:00:02,600\nthree\n`,
  ].join('\n');

test('killed, run again, run once more, one cue moved, one word spoken anew: only what is missing is rendered', () =>
  withTempFolder(async (folder) => {
    const file = (name: string): string => join(folder, name);
    writeFileSync(file('voice.srt'), subtitles('01,000'));
    const voice = spokenSentences([1, 2, 3], 0.4);
    writeWav(file('voice.wav'), voice, 16_000);
    const args = [
      ...['dub', film, 'voice.wav', '-o', 'dubbed.mp4', '--project', 'speech.dubwright'],
      ...['--subtitles', 'voice.srt', '--json', '--force', '--report', 'report.json'],
    ];
    const options = { cwd: folder, environment: { DUBWRIGHT_CACHE: file('cache') } };
    const again = async (): Promise<DubReport> => {
      const result = await runCli(args, options);
      assert.equal(result.exitCode, 0, result.stderr);
      return dubReportSchema.parse(JSON.parse(readFileSync(file('report.json'), 'utf8')));
    };

    const run = startCli(args, options);
    await run.lineMatching(/"kind":"take"/);
    const helpers = descendantsOf(run.child.pid ?? 0);
    run.child.kill('SIGKILL');
    await run.result;
    for (const { pid } of helpers) await waitUntilGone(pid, 10_000);
    assert.ok(!existsSync(file('dubbed.mp4')));

    const second = await again();
    assert.ok(second.reusedSegments >= 1, 'what was finished before the kill is not rendered again');
    assert.equal(second.renderedSegments, 3 - second.reusedSegments);
    assert.deepEqual([second.exported, second.analysisFromCache], [true, true]);
    const scored = existsSync(join(bundledModelsFolder, 'bundled.json')) ? 3 : 0;
    assert.equal(second.scoredSegments, scored, 'scores lie with the takes');
    assert.equal(second.stageMs['scores'], undefined, 'nothing is scored twice');
    assert.ok(second.patchedFrames > 30, `${second.patchedFrames} of 46 frames patched`);

    const third = await again();
    assert.deepEqual([third.renderedSegments, third.exported], [0, false]);

    writeFileSync(file('voice.srt'), subtitles('01,120'));
    const states = (report: DubReport): unknown => report.segments.map(({ id, state }) => [id, state]);
    const onlySecond = [
      ['s1', 'reused'],
      ['s2', 'rendered'],
      ['s3', 'reused'],
    ];
    const fourth = await again();
    assert.deepEqual(states(fourth), onlySecond);
    assert.equal(fourth.exported, true);

    writeWav(
      file('voice.wav'),
      voice.map((sample, at) => (at > 20_000 && at < 26_000 ? -sample / 2 : sample)),
      16_000,
    );
    assert.deepEqual(states(await again()), onlySecond);
  }));
