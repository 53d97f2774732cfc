import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dubReportSchema } from '../../src/contract/dub.ts';
import { dub } from '../../src/studio/dub-service.ts';
import { openProject } from '../../src/studio/store/project-store.ts';
import { readSegments } from '../../src/studio/store/segments-table.ts';
import { readTakesOfSegment } from '../../src/studio/store/takes-table.ts';
import { deskFrameCount, failsWith, layOutDesk, runDesk } from '../support/dub-desk.ts';
import { onePerson, PaperEngine } from '../support/paper-engine.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const threeCues = [
  [500, 3000, 'one'],
  [4000, 8000, 'two'],
  [9000, 12_000, 'three'],
] as const;

test('a voice is cut at its pauses, every segment gets a take, and the film is written', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const reportPath = join(folder, 'report.json');
    const { events, rendered, report } = await runDesk(desk, { ...desk.request, reportPath });
    assert.deepEqual(dubReportSchema.parse(JSON.parse(readFileSync(reportPath, 'utf8'))), report);
    assert.equal(report.renderedSegments, rendered.length);
    assert.ok(rendered.length >= 3, `only ${rendered.length} segments in 21.6 s`);
    assert.deepEqual([report.frameCount, report.exported, report.face?.personId], [deskFrameCount, true, 1]);
    assert.equal(report.segments[0]?.startFrame, 0);
    assert.equal(report.segments.at(-1)?.endFrame, 540, 'what lies behind the voice stays as it is');
    assert.ok(report.peakMemoryBytes > 10e6);
    const takes = events.filter((event) => event.kind === 'take');
    assert.deepEqual(
      takes.map((event) => event.finished),
      rendered.map((_, index) => index + 1),
    );
    assert.ok(existsSync(desk.request.outPath));
    assert.deepEqual(readdirSync(folder).toSorted(), [
      ...['cache', 'dubbed.mp4', 'dubbed.mp4.json', 'report.json', 'speech.film', 'voice.f32'],
    ]);
  }));

test('the same command again renders nothing, exports nothing and probes nothing', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const first = await runDesk(desk);
    const writtenMs = statSync(desk.request.outPath).mtimeMs;
    const second = await runDesk(desk);
    assert.deepEqual(second.rendered, []);
    assert.deepEqual(second.calls, ['describeEngine', 'analyse']);
    assert.deepEqual([second.report.exported, second.report.reusedSegments], [false, first.rendered.length]);
    assert.equal(statSync(desk.request.outPath).mtimeMs, writtenMs);
    assert.equal(second.report.patchedFrames, first.report.patchedFrames);
  }));

test('another output name exports again from the same takes', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    await runDesk(desk);
    const outPath = join(folder, 'second.mkv');
    const { rendered, report } = await runDesk(desk, { ...desk.request, outPath, codec: 'ffv1' });
    assert.deepEqual([rendered, report.exported], [[], true]);
  }));

test('one sentence spoken anew renders its segment alone, in the same project and in a temporary one', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    for (const projectPath of [join(folder, 'speech.dubwright'), null]) {
      desk.writeVoice([1, 2, 3, 4, 5, 6]);
      const request = { ...desk.request, projectPath, overwrite: true };
      const first = await runDesk(desk, request);
      desk.writeVoice([1, 2, 3, 44, 5, 6]);
      const { rendered, report } = await runDesk(desk, request);
      assert.equal(rendered.length, 1, `rendered ${rendered.join(' ')}`);
      const [start = 0, end = 0] = (rendered[0] ?? '').split('-').map(Number);
      assert.ok(start <= 11 * 25 && end >= 13.5 * 25, 'the fourth sentence lies at 10.8 s to 13.8 s');
      assert.equal(report.exported, true);
      assert.deepEqual(
        report.segments.map((segment) => segment.id),
        first.report.segments.map((segment) => segment.id),
      );
    }
  }));

test('moving one cue renders it alone; its neighbours keep their ids, and the old take stays', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const projectPath = join(folder, 'speech.dubwright');
    const request = { ...desk.writeSubtitles(threeCues), projectPath, overwrite: true };
    const first = await runDesk(desk, request);
    assert.deepEqual(first.rendered, ['13-75', '100-200', '225-300']);
    const [one, two, three] = threeCues;
    desk.writeSubtitles([one, [4200, two[1], two[2]], three]);
    const second = await runDesk(desk, request);
    assert.deepEqual(second.rendered, ['105-200']);
    assert.deepEqual(
      second.report.segments.map(({ id, state }) => [id, state]),
      [
        ['s1', 'reused'],
        ['s2', 'rendered'],
        ['s3', 'reused'],
      ],
    );
    // Back again: the old take is still there.
    desk.writeSubtitles(threeCues);
    const third = await runDesk(desk, request);
    assert.deepEqual(third.rendered, []);
    const store = openProject(projectPath);
    assert.deepEqual(
      readTakesOfSegment(store.db, 's2').map(({ startFrame, state }) => [startFrame, state]),
      [
        [100, 'current'],
        [105, 'kept'],
      ],
    );
    assert.equal(readSegments(store.db).length, 3);
    store.close();
  }));

test('between cues the film keeps its mouth, or rests where the voice goes on', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const request = desk.writeSubtitles(threeCues);
    const { rendered } = await runDesk(desk, { ...request, between: 'rest' });
    assert.deepEqual(rendered, ['0-13', '13-75', '75-100', '100-200', '200-225', '225-300', '300-540']);
  }));

test('subtitles move with the voice', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const { rendered } = await runDesk(desk, { ...desk.writeSubtitles(threeCues), voiceStartMs: 1000 });
    assert.deepEqual(rendered, ['38-100', '125-225', '250-325']);
  }));

test('another engine version or another person renders everything anew', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const request = { ...desk.request, overwrite: true };
    const first = await runDesk(desk, request);
    const newer = await runDesk(desk, request, { fingerprint: 'paper 2' });
    assert.deepEqual(newer.rendered, first.rendered);
    const back = await runDesk(desk, request);
    assert.deepEqual([back.rendered, back.report.exported], [[], true]);
  }));

test('a damaged or missing take is rendered again, and only that one', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const request = { ...desk.request, projectPath: join(folder, 'p.dubwright'), overwrite: true };
    const { report } = await runDesk(desk, request);
    const key = report.segments[1]?.takeKey ?? '';
    truncateSync(join(folder, 'p.dubwright-data', 'takes', `${key}.take`), 60);
    const again = await runDesk(desk, request);
    assert.deepEqual(
      again.report.segments
        .filter((segment) => segment.state === 'rendered')
        .map((segment) => segment.takeKey),
      [key],
    );
  }));

test('cancelling keeps the finished takes', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const stop = new AbortController();
    const engine = new PaperEngine({
      frameCount: deskFrameCount,
      afterTake: (finished) => {
        if (finished === 2) stop.abort();
        return Promise.resolve();
      },
    });
    const options = { engine, signal: stop.signal, cacheRoot: desk.cacheRoot };
    await assert.rejects(dub(desk.request, options), failsWith('CANCELLED'));
    assert.equal(engine.rendered.length, 2);
    assert.ok(!existsSync(desk.request.outPath));
    const { rendered, report } = await runDesk(desk);
    assert.equal(report.reusedSegments, 2);
    assert.ok(rendered.length > 0 && !rendered.some((range) => engine.rendered.includes(range)));
  }));

test('a film without a face passes through with the new voice, and says so', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const nobody = { ...onePerson(deskFrameCount), tracks: [], people: [] };
    const { rendered, report } = await runDesk(desk, desk.request, { faces: nobody });
    assert.deepEqual([rendered, report.exported, report.face, report.patchedFrames], [[], true, null, 0]);
    assert.match(report.notes.join(), /no face was found/);
    const wantsSecond = runDesk(
      desk,
      { ...desk.request, face: { kind: 'person', personId: 2 } },
      { faces: nobody },
    );
    await assert.rejects(wantsSecond, failsWith('FACE_UNKNOWN'));
  }));

test('segments in which the person is not to be seen stay as they were filmed', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const [track] = onePerson(deskFrameCount).tracks;
    const faces = { ...onePerson(deskFrameCount), tracks: [{ ...track, endFrame: 150 }] };
    const { rendered, report } = await runDesk(desk, desk.writeSubtitles(threeCues), { faces });
    assert.deepEqual(rendered, ['13-75', '100-200']);
    assert.deepEqual(
      report.segments.map(({ notes, state }) => [state, notes]),
      [
        ['rendered', []],
        ['rendered', []],
        ['skipped', ['person 1 is not in the picture']],
      ],
    );
  }));

test('a voice longer than the film is cut with a warning', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder, [1, 2, 3, 4, 5, 6, 7, 8]);
    const { report } = await runDesk(desk);
    assert.match(report.warnings.join(), /The voice is 4\.80 s longer than the film: its end was cut off/);
    assert.equal(report.segments.at(-1)?.endFrame, deskFrameCount);
    const held = await runDesk(desk, { ...desk.request, extend: 'hold', overwrite: true });
    assert.match(held.report.warnings.join(), /the last frame is held/);
  }));

test('a film whose own sound is empty counts as a silent film', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const { rendered, report } = await runDesk(desk, desk.request, { filmSoundIsEmpty: true });
    assert.ok(rendered.length > 0);
    assert.match(report.warnings.join(), /counts as a silent film/);
  }));

test('what a killed run left unfinished in a project is cleared away', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const request = { ...desk.request, projectPath: join(folder, 'p.dubwright'), overwrite: true };
    await runDesk(desk, request);
    const leftover = join(folder, 'p.dubwright-data', 'takes', '.dubwright-0123456789abcdef.part');
    writeFileSync(leftover, 'half a take');
    const { rendered } = await runDesk(desk, request);
    assert.deepEqual(rendered, []);
    assert.ok(!existsSync(leftover));
  }));
