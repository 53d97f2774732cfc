import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { TakeSync } from '../../src/core/takes/take-sync.ts';
import type { FaceIndex } from '../../src/engine/faces/types.ts';
import type { TakeJob } from '../../src/engine/host/tasks.ts';
import type { SpeakerActivity } from '../../src/engine/sync/speaker-activity.ts';
import { openProject } from '../../src/studio/store/project-store.ts';
import { readTake } from '../../src/studio/store/takes-table.ts';
import { deskFrameCount, layOutDesk, runDesk } from '../support/dub-desk.ts';
import { onePerson } from '../support/paper-engine.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const threeCues = [
  [500, 3000, 'one'],
  [4000, 8000, 'two'],
  [9000, 12_000, 'three'],
] as const;

const figures = (confidence: number, offsetMs = 0): TakeSync['take'] => ({
  ...{ offsetMs, offsetFrames: offsetMs / 40, confidence, distance: 1, comparedSeconds: 3 },
  evidence: 'ok',
});
const syncOf = (confidence: number, offsetMs = 0, lipMovement = 1): TakeSync => ({
  ...{ expert: 'first', take: figures(confidence, offsetMs), original: figures(0.31), film: figures(0.3) },
  lipMovement,
});

/** Two people in the picture from the first frame to the last. */
const two: FaceIndex = {
  ...onePerson(deskFrameCount),
  tracks: [1, 2].flatMap((personId) =>
    onePerson(deskFrameCount).tracks.map((track) => ({ ...track, id: personId, personId })),
  ),
  people: [1, 2].map((personId) => ({ personId, observedFrames: deskFrameCount })),
};
/** The second person speaks from 3.5 s to 8.5 s, the first before; then nobody's lips fit. */
const bins = Array.from({ length: 120 }, (_, bin) => bin * 0.2);
const activity: SpeakerActivity = {
  binSeconds: 0.2,
  people: [
    { personId: 1, startBin: 0, fits: bins.map((at) => (at < 3.5 ? 0.3 : 0)), seconds: bins.map(() => 0.2) },
    {
      ...{ personId: 2, startBin: 0, seconds: bins.map(() => 0.2) },
      fits: bins.map((at) => (at >= 3.5 && at < 8.5 ? 0.3 : 0)),
    },
  ],
};

test('with two people, each segment dubs the one who speaks there, and says so', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const jobs: TakeJob[] = [];
    const syncs = (job: TakeJob): null => {
      jobs.push(job);
      return null;
    };
    const options = { faces: two, activity, syncOf: syncs };
    const request = { ...desk.writeSubtitles(threeCues), overwrite: true };
    const { report } = await runDesk(desk, request, options);
    assert.deepEqual(
      report.segments.map(({ face }) => [face?.personId, face?.reason]),
      [
        [1, 'speaking'],
        [2, 'speaking'],
        [1, 'most-seen'],
      ],
    );
    assert.deepEqual(
      jobs.map(({ personId }) => personId),
      [1, 2, 1],
    );
    assert.match(report.notes.join(), /person 1 in 2 segments \(.*1 of them.*\), person 2 in 1 segment/);

    // Another place for the first cue leaves the others their faces and their takes.
    const [, second, third] = threeCues;
    desk.writeSubtitles([[700, 3000, 'one'], second, third]);
    const moved = await runDesk(desk, request, options);
    assert.deepEqual(moved.rendered, ['18-75']);
    assert.deepEqual(
      moved.report.segments.map(({ face, state }) => [face?.personId, state]),
      [
        [1, 'rendered'],
        [2, 'reused'],
        [1, 'reused'],
      ],
    );
  }));

test('who was asked for is dubbed throughout, and nobody listens to the film', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const request = { ...desk.writeSubtitles(threeCues), overwrite: true };
    const asked = await runDesk(
      desk,
      { ...request, face: { kind: 'person', personId: 2 } },
      { faces: two, activity },
    );
    assert.deepEqual(
      asked.report.segments.map(({ face }) => [face?.personId, face?.reason]),
      threeCues.map(() => [2, 'requested']),
    );
    const alone = await runDesk(desk, request);
    assert.deepEqual(alone.report.segments[0]?.face, { personId: 1, reason: 'only-face' });
    const mostSeen = await runDesk(
      desk,
      { ...request, face: { kind: 'most-seen' } },
      { faces: two, activity },
    );
    assert.deepEqual(mostSeen.report.segments[1]?.face, { personId: 1, reason: 'most-seen' });
    for (const { calls } of [asked, alone, mostSeen]) assert.ok(!calls.includes('filmSync'));
    const unheard = await runDesk(desk, request, { faces: two });
    assert.ok(unheard.calls.includes('filmSync'));
    assert.deepEqual(unheard.report.segments[1]?.face, { personId: 1, reason: 'most-seen' });
  }));

test('a report lists every take’s score beside the film’s own, and which are worth a look', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const scores = [syncOf(0.4), syncOf(0.1), syncOf(0.4, -130)];
    const reportPath = join(folder, 'report.json');
    const request = { ...desk.writeSubtitles(threeCues), reportPath };
    const { report } = await runDesk(desk, request, { syncOf: () => scores.shift() ?? null });
    const [good, weak, early] = report.segments;
    assert.deepEqual(good.sync, figures(0.4));
    assert.deepEqual([good.originalSync, good.lipMovement], [figures(0.31), 1]);
    assert.deepEqual(good.review, { needed: false, reasons: [] });
    assert.match(weak.review.reasons.join(), /less surely/);
    assert.match(early.review.reasons.join(), /130 ms ahead/);
    assert.deepEqual([report.scoredSegments, report.segmentsToReview], [3, 2]);
    assert.deepEqual(report.dubbedFaces, [
      { personId: 1, observedFrames: deskFrameCount, originalSync: figures(0.3) },
    ]);
    assert.match(readFileSync(reportPath, 'utf8'), /"version": 2/);

    // Known again in the next run, though nothing is rendered.
    const again = await runDesk(desk, request);
    assert.deepEqual(again.rendered, []);
    assert.deepEqual(
      again.report.segments.map(({ review, sync }) => [sync, review]),
      report.segments.map(({ review, sync }) => [sync, review]),
    );
  }));

test('takes without a score, or with another expert’s, are scored without rendering and only once', () =>
  withTempFolder(async (folder) => {
    const desk = layOutDesk(folder);
    const projectPath = join(folder, 'speech.dubwright');
    const request = { ...desk.writeSubtitles(threeCues), projectPath };
    const first = await runDesk(desk, request);
    assert.equal(first.report.scoredSegments, 0);
    for (const expert of ['first', 'second']) {
      const rescore = (): TakeSync => ({ ...syncOf(0.4), expert });
      const scored = await runDesk(desk, request, { expert, rescore });
      assert.deepEqual([scored.rendered, scored.report.scoredSegments], [[], 3]);
      assert.ok(scored.calls.includes('scoreTakes'));
      const quiet = await runDesk(desk, request, { expert, rescore });
      assert.deepEqual(quiet.calls, ['describeEngine', 'analyse']);
      assert.equal(quiet.report.scoredSegments, 3);
    }
    const store = openProject(projectPath);
    const key = first.report.segments[0]?.takeKey ?? '';
    assert.equal(readTake(store.db, key)?.outcome?.sync?.expert, 'second');
    store.close();
  }));
