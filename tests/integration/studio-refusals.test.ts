import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DubRequestInput } from '../../src/contract/dub.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { dub } from '../../src/studio/dub-service.ts';
import { deskFrameCount, failsWith, layOutDesk, runDesk } from '../support/dub-desk.ts';
import { PaperEngine } from '../support/paper-engine.ts';
import { withTempFolder } from '../support/temp-folder.ts';

test('somebody else’s file is never overwritten unasked, nor our own when it would change', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    writeFileSync(desk.request.outPath, 'a wedding');
    await assert.rejects(runDesk(desk), failsWith('OUTPUT_EXISTS'));
    await assert.rejects(
      runDesk(desk, { ...desk.request, projectPath: join(folder, 'p.dubwright') }),
      failsWith('OUTPUT_EXISTS'),
    );
    assert.ok(!existsSync(join(folder, 'p.dubwright')), 'no project is left behind');
    assert.equal(readFileSync(desk.request.outPath, 'utf8'), 'a wedding');
    await runDesk(desk, { ...desk.request, overwrite: true });
    desk.writeVoice([1, 2, 3, 44, 5, 6]);
    const engine = new PaperEngine({ frameCount: deskFrameCount });
    const again = dub(desk.request, { engine, cacheRoot: desk.cacheRoot });
    await assert.rejects(again, failsWith('OUTPUT_EXISTS'));
    assert.deepEqual(engine.rendered, [], 'said before the long work');
    // Ours, but changed by somebody since.
    desk.writeVoice([1, 2, 3, 4, 5, 6]);
    utimesSync(desk.request.outPath, 1, 1);
    await assert.rejects(runDesk(desk), failsWith('OUTPUT_EXISTS'));
  }));

test('what a user can cause has its code, and nothing is written', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const { request } = desk;
    const subtitlesPath = join(folder, 'broken.srt');
    writeFileSync(subtitlesPath, '1\n00:00:01,000 --> tomorrow\nhello\n');
    const cases: readonly (readonly [ErrorCode, Partial<DubRequestInput>])[] = [
      ['FILE_NOT_FOUND', { sourcePath: join(folder, 'no.film') }],
      ['FILE_NOT_FOUND', { voicePath: join(folder, 'no.f32') }],
      ['FILE_NOT_FOUND', { subtitlesPath: join(folder, 'no.srt') }],
      ['FILE_NOT_READABLE', { voicePath: folder }],
      ['MEDIA_NO_VIDEO', { sourcePath: request.voicePath, voicePath: request.sourcePath }],
      ['SUBTITLES_UNREADABLE', { subtitlesPath }],
      ['OUTPUT_NOT_WRITABLE', { outPath: join(folder, 'no-such-folder', 'out.mp4') }],
      ['OUTPUT_NOT_WRITABLE', { outPath: folder }],
      ['USAGE', { outPath: request.sourcePath, overwrite: true }],
      ['USAGE', { outPath: join(folder, 'cache', '..', 'voice.f32'), overwrite: true }],
      ['FACE_UNKNOWN', { face: { kind: 'person', personId: 2 } }],
      ['FACE_NOT_CHOSEN', { face: { kind: 'at', seconds: 1, x: 2, y: 2 } }],
    ];
    const before = readdirSync(folder);
    for (const [code, change] of cases) {
      await assert.rejects(runDesk(desk, { ...request, ...change }), failsWith(code), JSON.stringify(change));
    }
    assert.deepEqual(readdirSync(folder), before);
  }));

test('an empty voice is told from a silent one', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    writeFileSync(desk.request.voicePath, '');
    await assert.rejects(runDesk(desk), failsWith('AUDIO_EMPTY'));
    writeFileSync(desk.request.voicePath, new Float32Array(32_000));
    const { report } = await runDesk(desk);
    assert.deepEqual(
      report.segments.map(({ endFrame, startFrame }) => [startFrame, endFrame]),
      [[0, 50]],
    );
  }));

test('a project of another film is refused and not changed', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const projectPath = join(folder, 'speech.dubwright');
    await runDesk(desk, { ...desk.request, projectPath });
    writeFileSync(desk.request.sourcePath, 'another film on paper');
    const bytes = readFileSync(projectPath);
    const other = runDesk(desk, { ...desk.request, projectPath, overwrite: true });
    await assert.rejects(other, failsWith('PROJECT_OTHER_SOURCE'));
    assert.deepEqual(readFileSync(projectPath), bytes);
  }));
