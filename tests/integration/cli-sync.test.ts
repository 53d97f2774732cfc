import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../src/contract/exit-codes.ts';
import { syncReportSchema } from '../../src/contract/sync-report.ts';
import type { SyncReport } from '../../src/contract/sync-report.ts';
import { lastJson, runCli, startCli } from '../support/cli.ts';
import type { CliResult } from '../support/cli.ts';
import { ffmpegText, makeFilm } from '../support/make-media.ts';

/** The rendered speaker: lips and sound are in sync by construction. */
const demo = fileURLToPath(new URL('../../resources/demo', import.meta.url));
const film = join(demo, 'speech.mp4');

describe('dubwright sync', () => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'dubwright-sync-')));
  const environment = { DUBWRIGHT_CACHE: join(cwd, 'cache') };
  after(() => rmSync(cwd, { recursive: true }));

  const run = (...args: string[]): Promise<CliResult> => runCli(['sync', ...args], { cwd, environment });
  const reportOf = async (...args: string[]): Promise<SyncReport> => {
    const result = await run(...args, '--json');
    assert.equal(result.exitCode, 0, result.stderr);
    const { kind, ...report } = lastJson(result);
    assert.equal(kind, 'sync');
    return syncReportSchema.parse(report);
  };
  const personOf = ({ people }: SyncReport): SyncReport['people'][number] => {
    assert.equal(people.length, 1);
    return people[0];
  };

  let own: SyncReport;
  before(async () => {
    own = await reportOf(film, '--plot', 'sync.png');
  });

  it('finds a film in sync that is, shot by shot and second by second', () => {
    const person = personOf(own);
    assert.equal(person.evidence, 'ok');
    assert.ok(Math.abs(person.offsetMs ?? NaN) <= 20, `${person.offsetMs} ms`);
    assert.ok(Math.abs((person.offsetFrames ?? NaN) - (person.offsetMs ?? NaN) / 40) <= 0.06);
    assert.equal(person.distances.length, 61);
    assert.deepEqual(
      own.tracks.map(({ endFrame, startFrame }) => [startFrame, endFrame]),
      [
        [0, 155],
        [155, 300],
      ],
    );
    for (const track of own.tracks) assert.ok(Math.abs(track.offsetMs ?? NaN) <= 40, `${track.offsetMs} ms`);
    const sure = person.seconds.filter(({ evidence }) => evidence === 'ok');
    assert.ok(sure.length >= 8, `${sure.length} of ${person.seconds.length} seconds`);
    for (const { offsetMs, second } of sure)
      assert.ok(Math.abs(offsetMs ?? NaN) <= 60, `${second}: ${offsetMs}`);
    assert.deepEqual(own.speakers, []);
  });

  it('draws it', () => {
    const png = readFileSync(join(cwd, 'sync.png'));
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.ok(png.length > 30_000);
    assert.ok(!readdirSync(cwd).some((name) => name.endsWith('.part')));
  });

  it('hears another sound against the same lips, and by how much it is early or late', async () => {
    const still = personOf(own).offsetMs ?? NaN;
    for (const shiftMs of [200, -280]) {
      const moved = await reportOf(film, '--voice', film, '--voice-start', `${shiftMs / 1000}s`);
      const { evidence, offsetMs } = personOf(moved);
      assert.equal(evidence, 'ok');
      assert.ok(Math.abs((offsetMs ?? NaN) - still - shiftMs) <= 12, `${offsetMs} ms for ${shiftMs}`);
      assert.equal(moved.voicePath, film);
    }
  });

  it('says of a voice that the lips do not speak that nothing agrees', async () => {
    const strange = personOf(await reportOf(film, '--voice', join(demo, 'voice.wav')));
    assert.equal(strange.evidence, 'low');
    assert.ok((strange.confidence ?? 1) < (personOf(own).confidence ?? 0) / 2);
    assert.ok((strange.distance ?? 0) > (personOf(own).distance ?? 2));
  });

  it('speaks plainly without --json, and analyses a film once', async () => {
    const { exitCode, stderr, stdout } = await run(
      film,
      '--voice',
      film,
      '--voice-start',
      '200ms',
      '--plot',
      'a.svg',
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stdout,
      /^Face 1: the sound is (1[89]|2[0-2])\d ms late \(\d\.\d frames\); confidence 0\.\d\d, distance \d\.\d\d$/m,
    );
    assert.match(stdout, /^ {2}frames 0 to 154 \(shot 1\): the sound is/m);
    assert.match(stdout, /^ {2}0:0\d – 0:1\d +the sound is/m);
    assert.match(stdout, /^Drawn: .*a\.svg$/m);
    assert.match(stderr, /Listening/);
    assert.doesNotMatch(stderr, /Finding faces/);
    assert.match(readFileSync(join(cwd, 'a.svg'), 'utf8'), /^<svg /);
  });

  it('finds nobody where nobody is', async () => {
    const path = await makeFilm(cwd, { name: 'bars.mp4', tones: [{}] });
    const { people, tracks } = await reportOf(path);
    assert.deepEqual([people, tracks], [[], []]);
    const { stdout } = await run(path, '--plot', 'bars.png');
    assert.match(stdout, /No face was found, so there is nothing to compare\./);
    assert.ok(existsSync(join(cwd, 'bars.png')));
  });

  const refusals: readonly (readonly [string, readonly string[], keyof typeof exitCodes, RegExp])[] = [
    ['a plot of another kind', [film, '--plot', 'a.jpg'], 'USAGE', /ends in \.png or \.svg/],
    [
      'a plot in a folder that is not there',
      [film, '--plot', 'no/a.png'],
      'OUTPUT_NOT_WRITABLE',
      /cannot be written/,
    ],
    ['a face that nobody has', [film, '--face', '3'], 'FACE_UNKNOWN', /no face 3 \(it has 1\)/],
    ['a film that is not there', ['none.mp4'], 'FILE_NOT_FOUND', /no file ".*none\.mp4"/],
    ['a voice that is not there', [film, '--voice', 'none.wav'], 'FILE_NOT_FOUND', /none\.wav/],
    ['a sound instead of a film', [join(demo, 'voice.wav')], 'MEDIA_NO_VIDEO', /has no picture/],
    ['a start without a voice', [film, '--voice-start', '1s'], 'USAGE', /belongs to --voice/],
  ];
  for (const [what, args, code, sentence] of refusals)
    it(`refuses ${what}`, async () => {
      const { exitCode, stderr, stdout } = await run(...args);
      assert.equal(exitCode, exitCodes[code]);
      assert.equal(stdout, '');
      assert.match(stderr, sentence);
    });

  it('refuses a silent film, and takes a voice for it', async () => {
    const silent = join(cwd, 'silent.mp4');
    await ffmpegText(['-i', `file:${film}`, '-an', '-t', '4', '-c:v', 'copy', `file:${silent}`]);
    const { exitCode, stderr } = await run(silent);
    assert.equal(exitCode, exitCodes.MEDIA_NO_AUDIO);
    assert.match(stderr, /has no sound/);
    const { offsetMs } = personOf(await reportOf(silent, '--voice', film));
    assert.ok(Math.abs(offsetMs ?? NaN) <= 40, `${offsetMs} ms`);
  });

  it('says so when the expert is missing', async () => {
    const { exitCode, stderr } = await runCli(['sync', film], {
      cwd,
      environment: { ...environment, DUBWRIGHT_SYNC_EXPERT: join(cwd, 'nowhere') },
    });
    assert.equal(exitCode, exitCodes.MODEL_NOT_FOUND);
    assert.match(stderr, /no model file ".*bundled\.json"/);
  });

  it('stops at Ctrl-C', { skip: process.platform === 'win32' && 'no SIGINT there' }, async () => {
    const fresh = { DUBWRIGHT_CACHE: join(cwd, 'fresh') };
    const started = startCli(['sync', film, '--json'], { cwd, environment: fresh });
    await started.lineMatching(/"stage":"faces"/);
    started.child.kill('SIGINT');
    const result = await started.result;
    assert.equal(result.exitCode, exitCodes.CANCELLED);
    assert.equal(lastJson(result)['code'], 'CANCELLED');
  });
});
