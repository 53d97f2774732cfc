import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { reviewTake } from '../../../../src/core/takes/review-take.ts';
import type { TakeSync } from '../../../../src/core/takes/take-sync.ts';
import type { LipScene } from '../../../../src/engine/lipsync/types.ts';
import { speakerPerRange } from '../../../../src/engine/sync/speaker-activity.ts';
import { createSyncExpert, type SyncExpert } from '../../../../src/engine/sync/sync-expert.ts';
import { createExpertScorer } from '../../../../src/engine/takes/expert-scorer.ts';
import { filmSyncOf } from '../../../../src/engine/takes/film-sync.ts';
import type { FilmSyncTools } from '../../../../src/engine/takes/film-sync.ts';
import { arrayPcm } from '../../../support/array-pcm.ts';
import { madeOpening, madeVoice } from '../../../support/made-speech.ts';
import { sceneOf } from '../../../support/made-up-scene.ts';
import { writeExpert } from '../../../support/sync-expert-graphs.ts';
import { lipsThatOpen, talkingFaces } from '../../../support/talking-faces.ts';
import type { Opening } from '../../../support/talking-faces.ts';

const signal = new AbortController().signal;
const fps = 25;
const seconds = 12;
const frameCount = seconds * fps;
const yuv420p = {
  ...({ name: 'yuv420p', model: 'yuv', planeCount: 3, bitDepth: 8 } as const),
  ...({ chromaShiftX: 1, chromaShiftY: 1 } as const),
};
/** A mouth that follows a made voice. */
const mouth =
  (speech: Opening, spread = 0.05): Opening =>
  (at) =>
    0.08 + spread * speech(at);
const spoken = madeOpening(3);
const dubbed = madeOpening(4);

describe('takes and the expert, with one that knows loudness', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dubwright-test-'));
  let expert: SyncExpert;
  before(async () => {
    writeExpert(folder, 'loudness');
    expert = await createSyncExpert({ modelsFolder: folder, threads: 1 });
  });
  after(async () => {
    await expert.close();
    rmSync(folder, { recursive: true });
  });

  let scenes = 0;
  const filmOf = (people: readonly Opening[], sound: Float32Array | null): LipScene => ({
    ...sceneOf(talkingFaces(people, frameCount, fps), yuv420p, fps),
    originalSound: sound && arrayPcm(sound),
    cacheFolder: join(folder, `cache-${scenes++}`),
  });
  const toolsFor = (scene: LipScene): FilmSyncTools => ({
    expertName: 'loudness',
    openExpert: () => Promise.resolve(expert),
    soundName: scene.originalSound === null ? null : 'sound',
    onProgress: () => undefined,
    signal,
  });

  /** Scores frames 100 to 225 of person 1, whose lips are `laid` there, with the dubbed voice placed `lateMs` late. */
  async function score(
    scene: LipScene,
    laid: Opening | null,
    request: { readonly range?: readonly [number, number]; readonly lateMs?: number } = {},
  ): Promise<TakeSync> {
    const [startFrame, endFrame] = request.range ?? [100, 225];
    const lips = new Map<number, Float32Array>();
    for (let frame = startFrame; laid !== null && frame < endFrame; frame++)
      lips.set(frame, lipsThatOpen(laid((frame + 0.5) / fps)));
    const filmSync = (): ReturnType<typeof filmSyncOf> => filmSyncOf(scene, toolsFor(scene));
    const scorer = createExpertScorer({ scene, expert, expertName: 'loudness', filmSync });
    const sync = await scorer.score({
      personId: 1,
      range: { startFrame, endFrame },
      laid: lips,
      voice: arrayPcm(madeVoice(dubbed, seconds)),
      voiceStartSample: Math.round((startFrame / fps - (request.lateMs ?? 0) / 1000) * 16_000),
      signal,
    });
    assert.ok(sync !== null);
    return sync;
  }

  it('lips that follow the new voice are in sync, beside a film that is', async () => {
    const sync = await score(filmOf([mouth(spoken)], madeVoice(spoken, seconds)), mouth(dubbed));
    const { film, original, take } = sync;
    for (const figures of [take, original, film]) {
      assert.equal(figures?.evidence, 'ok', JSON.stringify(figures));
      assert.ok(Math.abs(figures.offsetMs) < 12, JSON.stringify(figures));
    }
    assert.ok(Math.abs(take.comparedSeconds - 5) < 0.3, `${take.comparedSeconds} s of five`);
    assert.ok(sync.lipMovement > 0.7, `moves by ${sync.lipMovement}`);
    assert.equal(sync.expert, 'loudness');
    assert.deepEqual(reviewTake(sync), { needed: false, reasons: [] });
  });

  it("the film's own lips under another voice are worth a look", async () => {
    const sync = await score(filmOf([mouth(spoken)], madeVoice(spoken, seconds)), null);
    assert.ok(sync.take.confidence < 0.5 * (sync.film?.confidence ?? 0), JSON.stringify(sync));
    assert.match(reviewTake(sync).reasons.join(), /less surely/);
  });

  it('a voice that comes late is told with its sign, also where the film itself lags', async () => {
    const lagging = filmOf([mouth(spoken)], madeVoice(spoken, seconds, 0.12));
    const late = await score(lagging, mouth(dubbed), { lateMs: 160 });
    assert.ok(Math.abs(late.take.offsetMs - 160) < 12, JSON.stringify(late.take));
    assert.equal(late.take.offsetFrames, Math.round(late.take.offsetMs / 4) / 10);
    assert.ok(Math.abs((late.film?.offsetMs ?? 0) - 120) < 12, JSON.stringify(late.film));
    assert.match(reviewTake(late).reasons.join(), /voice seems 1[56]\d ms behind/);
    const early = await score(lagging, mouth(dubbed), { lateMs: -160 });
    assert.match(reviewTake(early).reasons.join(), /voice seems 1[56]\d ms ahead/);
    assert.deepEqual(reviewTake(await score(lagging, mouth(dubbed))).reasons, []);
  });

  it('a mouth that hardly moves while the voice speaks is worth a look', async () => {
    const film = filmOf([mouth(spoken)], madeVoice(spoken, seconds));
    const sync = await score(film, mouth(dubbed, 0.01));
    assert.ok(sync.lipMovement < 0.3, `moves by ${sync.lipMovement}`);
    assert.deepEqual(reviewTake(sync).reasons, ['the mouth hardly moves while the voice speaks']);
  });

  it('a short take has low evidence and is not judged', async () => {
    const film = filmOf([mouth(spoken)], madeVoice(spoken, seconds));
    const sync = await score(film, mouth(spoken), { range: [100, 115] });
    assert.equal(sync.take.evidence, 'low');
    assert.equal(reviewTake(sync).needed, false);
  });

  it('a silent film has nothing to compare with; the take has its score all the same', async () => {
    const sync = await score(filmOf([mouth(spoken)], null), mouth(dubbed));
    assert.deepEqual([sync.original, sync.film], [null, null]);
    assert.deepEqual([sync.take.evidence, reviewTake(sync).needed], ['ok', false]);
  });

  it('of two people, the one whose lips fit the film’s sound speaks, stretch by stretch', async () => {
    const turn = (at: number): boolean => at < 6;
    const first: Opening = (at) => (turn(at) ? mouth(spoken)(at) : 0.08);
    const second: Opening = (at) => mouth(turn(at) ? madeOpening(8) : spoken)(at);
    const scene = filmOf([first, second], madeVoice(spoken, seconds));
    const film = await filmSyncOf(scene, toolsFor(scene));
    const { activity } = film ?? { activity: null };
    assert.ok(activity !== null);
    const speakerAt = (startFrame: number, endFrame: number): unknown => {
      const { isClear, personId } = speakerPerRange(activity, scene.source.table, { startFrame, endFrame });
      return [personId, isClear];
    };
    assert.deepEqual(speakerAt(10, 130), [1, true]);
    assert.deepEqual(speakerAt(165, 290), [2, true]);
  });

  it('a film is scored once; another sound, or another expert, is scored anew', async () => {
    const scene = filmOf([mouth(spoken)], madeVoice(spoken, seconds));
    const tools = toolsFor(scene);
    const first = await filmSyncOf(scene, tools);
    const locked = (): Promise<never> => Promise.reject(new Error('scored again'));
    assert.deepEqual(await filmSyncOf(scene, { ...tools, openExpert: locked }), first);
    for (const other of [{ soundName: 'other' }, { expertName: 'other' }]) {
      await assert.rejects(filmSyncOf(scene, { ...tools, ...other, openExpert: locked }), /scored again/);
    }
    const nobody = { ...tools, soundName: 'unheard', openExpert: () => Promise.resolve(null) };
    assert.equal(await filmSyncOf(scene, nobody), null);
    await assert.rejects(filmSyncOf(scene, { ...nobody, openExpert: locked }), /scored again/);
  });
});
