import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { exitCodes } from '../../src/contract/exit-codes.ts';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import { openProject } from '../../src/studio/store/project-store.ts';
import { makeVoice } from '../support/burst-voice.ts';
import { lastJson, runCli } from '../support/cli.ts';
import type { CliResult } from '../support/cli.ts';
import { ffmpegText, makeFilm, makeSound } from '../support/make-media.ts';

const root = mkdtempSync(join(tmpdir(), 'dubwright-bad-'));
const good = join(root, 'good');
const environment = { DUBWRIGHT_CACHE: join(root, 'cache') };

before(async () => {
  mkdirSync(good);
  await makeFilm(good, { name: 'film.mp4', frameCount: 30, width: 96, height: 64, tones: [{}] });
  await makeVoice(good, 'voice.wav', 1);
});
after(() => rmSync(root, { recursive: true }));

/** A folder of its own with the good film and voice in it, to be spoilt. */
function desk(name: string): string {
  const folder = join(root, name);
  cpSync(good, folder, { recursive: true });
  return folder;
}

/** Every file below a folder, so that nothing can be left behind unseen. */
function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

function assertExplained(result: CliResult, code: ErrorCode): void {
  const told = lastJson(result);
  assert.equal(told['code'], code, result.stderr);
  assert.equal(result.exitCode, exitCodes[code], result.stderr);
  assert.match(result.stderr, /^dubwright: [^\n]+\. Remedy: [^\n]+\.\n$/);
  assert.doesNotMatch(result.stderr, /\n\s+at |undefined|\[object/);
}

/** Runs a dub that must fail with `code` and leave the folder as it was. */
async function assertRefused(folder: string, code: ErrorCode, args: readonly string[]): Promise<CliResult> {
  const beforehand = listing(folder);
  const result = await runCli(['dub', ...args, '--json'], { cwd: folder, environment });
  assertExplained(result, code);
  assert.deepEqual(listing(folder), beforehand);
  return result;
}

const dubArgs = ['film.mp4', 'voice.wav', '-o', 'out.mp4'] as const;

describe('media that cannot be dubbed', () => {
  it('a file that is not there', async () => {
    const folder = desk('missing');
    const result = await assertRefused(folder, 'FILE_NOT_FOUND', [
      'no film.mp4',
      'voice.wav',
      '-o',
      'out.mp4',
    ]);
    assert.match(result.stderr, /no film\.mp4/);
    await assertRefused(folder, 'FILE_NOT_FOUND', ['film.mp4', 'no voice.wav', '-o', 'out.mp4']);
    await assertRefused(folder, 'FILE_NOT_FOUND', [...dubArgs, '--subtitles', 'none.srt']);
  });

  it('a folder in place of a file', async () => {
    const folder = desk('folder');
    mkdirSync(join(folder, 'film.d'));
    await assertRefused(folder, 'FILE_NOT_READABLE', ['film.d', 'voice.wav', '-o', 'out.mp4']);
  });

  it('text named .mp4, an empty file, text named .wav', async () => {
    const folder = desk('text');
    writeFileSync(join(folder, 'film.mp4'), 'This is a letter, not a film.\n'.repeat(50));
    await assertRefused(folder, 'MEDIA_UNREADABLE', dubArgs);
    writeFileSync(join(folder, 'film.mp4'), '');
    await assertRefused(folder, 'MEDIA_UNREADABLE', dubArgs);
    copyFileSync(join(good, 'film.mp4'), join(folder, 'film.mp4'));
    writeFileSync(join(folder, 'voice.wav'), 'la la la\n'.repeat(50));
    await assertRefused(folder, 'MEDIA_UNREADABLE', dubArgs);
  });

  it('an MP4 that was cut off before its index', async () => {
    const folder = desk('truncated');
    const path = join(folder, 'film.mp4');
    truncateSync(path, Math.floor(readFileSync(path).length / 2));
    await assertRefused(folder, 'MEDIA_TRUNCATED', dubArgs);
  });

  it('a sound in place of the film, a silent film in place of the voice', async () => {
    const folder = desk('swapped');
    await assertRefused(folder, 'MEDIA_NO_VIDEO', ['voice.wav', 'voice.wav', '-o', 'out.mp4']);
    await makeFilm(folder, { name: 'silent.mp4', frameCount: 10 });
    await assertRefused(folder, 'MEDIA_NO_AUDIO', ['film.mp4', 'silent.mp4', '-o', 'out.mp4']);
  });

  it('a voice of zero length', async () => {
    const folder = desk('zero');
    await makeSound(folder, { name: 'voice.wav', seconds: 1, options: ['-af', 'atrim=end_sample=0'] });
    await assertRefused(folder, 'AUDIO_EMPTY', dubArgs);
  });

  it('a picture stream without frames', async () => {
    const folder = desk('frameless');
    const nothing = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48', '-frames:v', '0', '-c:v', 'mpeg4'];
    await ffmpegText([...nothing, `file:${join(folder, 'empty.avi')}`]);
    await assertRefused(folder, 'MEDIA_NO_FRAMES', ['empty.avi', 'voice.wav', '-o', 'out.mp4']);
  });

  it('subtitles that are none', async () => {
    const folder = desk('subtitles');
    writeFileSync(join(folder, 'voice.srt'), 'Once upon a time\n');
    await assertRefused(folder, 'SUBTITLES_UNREADABLE', [...dubArgs, '--subtitles', 'voice.srt']);
  });
});

describe('a film without faces', () => {
  it('passes through with a note, and the voice on it', async () => {
    const folder = desk('faceless');
    const result = await runCli(['dub', ...dubArgs, '--json'], { cwd: folder, environment });
    assert.equal(result.exitCode, 0, result.stderr);
    const report = lastJson(result) as { notes: string[]; face: unknown; frameCount: number };
    assert.equal(report.face, null);
    assert.equal(report.frameCount, 30);
    assert.ok(
      report.notes.some((note) => note.includes('no face')),
      JSON.stringify(report.notes),
    );
    assert.ok(existsSync(join(folder, 'out.mp4')));
    await assertRefused(folder, 'USAGE', ['film.mp4', 'voice.wav', '-o', 'film.mp4', '--force']);
    await assertRefused(folder, 'FACE_UNKNOWN', ['film.mp4', 'voice.wav', '-o', 'other.mp4', '--face', '2']);
  });
});

describe('models that are none', () => {
  it('no file, no ONNX, ONNX of another shape', async () => {
    const folder = desk('models');
    const with_ = (model: string): string[] => [...dubArgs, '--engine', 'generator', '--model', model];
    await assertRefused(folder, 'MODEL_NOT_FOUND', with_('none.onnx'));
    writeFileSync(join(folder, 'text.onnx'), 'weights, honestly');
    await assertRefused(folder, 'MODEL_UNREADABLE', with_('text.onnx'));
    const dims = ['batch', 3];
    const relu = { op: 'Relu', name: 'relu', inputs: ['x'], outputs: ['y'], attributes: {} };
    const graph = {
      name: 'relu',
      inputs: [{ name: 'x', dims }],
      outputs: [{ name: 'y', dims }],
      nodes: [relu],
      initializers: [],
      metadata: {},
    };
    writeFileSync(join(folder, 'relu.onnx'), encodeOnnxModel(graph));
    await assertRefused(folder, 'MODEL_WRONG_SHAPE', with_('relu.onnx'));
  });
});

describe('projects that cannot be used', () => {
  const args = [...dubArgs, '--project', 'p.dubwright'];

  it('a file of another kind, a damaged one, one of another program', async () => {
    const folder = desk('corrupt');
    const path = join(folder, 'p.dubwright');
    writeFileSync(path, 'not a project');
    await assertRefused(folder, 'PROJECT_CORRUPT', args);
    assert.equal(readFileSync(path, 'utf8'), 'not a project');
    rmSync(path);
    openProject(path).close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 100, 6000));
    await assertRefused(folder, 'PROJECT_CORRUPT', args);
    rmSync(path);
    const foreign = new Sqlite(path);
    foreign.exec('CREATE TABLE recipes (name TEXT)');
    foreign.close();
    await assertRefused(folder, 'PROJECT_CORRUPT', args);
  });

  it('one from a newer version, which stays as it is', async () => {
    const folder = desk('newer');
    const path = join(folder, 'p.dubwright');
    openProject(path).close();
    const database = new Sqlite(path);
    database.pragma('user_version = 99990');
    database.close();
    const bytes = readFileSync(path);
    await assertRefused(folder, 'PROJECT_TOO_NEW', args);
    assert.deepEqual(readFileSync(path), bytes);
  });

  it('one that another process has open', async () => {
    const folder = desk('locked');
    const store = openProject(join(folder, 'p.dubwright'));
    try {
      await assertRefused(folder, 'PROJECT_LOCKED', args);
    } finally {
      store.close();
    }
  });
});

describe('output that cannot be written', () => {
  it('a name that is taken, a folder that is none, a format nobody knows', async () => {
    const folder = desk('output');
    writeFileSync(join(folder, 'out.mp4'), 'mine');
    await assertRefused(folder, 'OUTPUT_EXISTS', dubArgs);
    assert.equal(readFileSync(join(folder, 'out.mp4'), 'utf8'), 'mine');
    for (const out of ['voice.wav/out.mp4', 'nowhere/out.mp4']) {
      await assertRefused(folder, 'OUTPUT_NOT_WRITABLE', ['film.mp4', 'voice.wav', '-o', out]);
    }
    await assertRefused(folder, 'OUTPUT_FORMAT_UNKNOWN', ['film.mp4', 'voice.wav', '-o', 'out.txt']);
  });

  /** Runs `work` with a small file system of its own mounted on a new folder. */
  async function withMount(
    options: string,
    work: (folder: string) => Promise<void>,
  ): Promise<'done' | 'not permitted'> {
    const folder = join(root, 'mounted');
    mkdirSync(folder, { recursive: true });
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], {
      stdio: 'ignore',
    });
    if (status !== 0) return 'not permitted';
    try {
      await work(folder);
      return 'done';
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  }

  it('a read-only folder', async (test) => {
    const folder = desk('readonly');
    const outcome = await withMount('ro,size=1m', async (mounted) => {
      const out = join(mounted, 'out.mp4');
      await assertRefused(folder, 'OUTPUT_NOT_WRITABLE', ['film.mp4', 'voice.wav', '-o', out]);
    });
    if (outcome !== 'done') test.skip('mounting a read-only file system is not permitted here');
  });

  it('a full disk', async (test) => {
    const folder = desk('full');
    const noise = [
      '-f',
      'lavfi',
      '-i',
      'nullsrc=size=640x480:rate=25,geq=random(1)*255:128:128',
      '-frames:v',
      '25',
    ];
    await ffmpegText([
      ...noise,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      `file:${join(folder, 'noise.mp4')}`,
    ]);
    const outcome = await withMount('size=400k', async (mounted) => {
      const out = join(mounted, 'out.mkv');
      await assertRefused(folder, 'DISK_FULL', ['noise.mp4', 'voice.wav', '-o', out, '--codec', 'ffv1']);
      assert.deepEqual(listing(mounted), []);
      const project = join(mounted, 'p.dubwright');
      writeFileSync(join(mounted, 'ballast'), Buffer.alloc(390 * 1024));
      await assertRefused(folder, 'DISK_FULL', [
        'film.mp4',
        'voice.wav',
        '-o',
        'out.mp4',
        '--project',
        project,
      ]);
    });
    if (outcome !== 'done') test.skip('mounting a small file system is not permitted here');
  });
});
