import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { hashFile } from '../../src/engine/media/file-hash.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { probeMedia } from '../../src/engine/media/probe.ts';
import type { SourceVideo } from '../../src/engine/media/types.ts';
import { ffmpegText, makeFilm, makeSound } from '../support/make-media.ts';
import { descendantsOf } from '../support/processes.ts';
import { withTempFolder } from '../support/temp-folder.ts';

async function framesRead(source: SourceVideo): Promise<number> {
  let count = 0;
  for await (const frame of await openFrameReader({
    source,
    startFrame: 0,
    endFrame: source.table.frameCount,
  })) {
    assert.equal(frame.index, count++);
  }
  return count;
}

test('what is not a readable file is told apart from what is not media', async () => {
  await withTempFolder(async (folder) => {
    const path = (name: string): string => join(folder, name);
    await writeFile(path('text.mp4'), 'This is a letter, not a film.\n'.repeat(200));
    await writeFile(path('empty.mp4'), '');
    await writeFile(path('noise.mp4'), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)));
    await mkdir(path('folder.mp4'));
    execFileSync('mkfifo', [path('pipe.mp4')]);
    const server = createServer().listen(path('socket.mp4'));
    await once(server, 'listening');
    const codes = {
      'missing.mp4': 'FILE_NOT_FOUND',
      'text.mp4/inside.mp4': 'FILE_NOT_FOUND',
      'folder.mp4': 'FILE_NOT_READABLE',
      'pipe.mp4': 'FILE_NOT_READABLE',
      'socket.mp4': 'FILE_NOT_READABLE',
      'text.mp4': 'MEDIA_UNREADABLE',
      'empty.mp4': 'MEDIA_UNREADABLE',
      'noise.mp4': 'MEDIA_UNREADABLE',
    };
    for (const [name, code] of Object.entries(codes)) {
      await assert.rejects(probeMedia(path(name)), { code }, name);
      await assert.rejects(openSource(path(name)), { code }, name);
    }
    server.close();
  });
});

test('a film cut before its index is truncated; one with its index in front keeps what is there', async () => {
  await withTempFolder(async (folder) => {
    const whole = await makeFilm(folder, { name: 'whole.mp4', frameCount: 200, codecOptions: ['-g', '25'] });
    const early = await makeFilm(folder, {
      name: 'early.mp4',
      frameCount: 200,
      codecOptions: ['-g', '25'],
      outputOptions: ['-movflags', '+faststart'],
    });
    for (const path of [whole, early]) {
      const file = await open(path, 'r+');
      await file.truncate(Math.floor((await stat(path)).size * 0.6));
      await file.close();
    }
    await assert.rejects(openSource(whole), { code: 'MEDIA_TRUNCATED' });
    const source = await openSource(early);
    assert.ok(source.table.frameCount > 60 && source.table.frameCount < 150, `${source.table.frameCount}`);
    assert.equal(await framesRead(source), source.table.frameCount);
  });
});

test('a film that shrinks after it was opened ends with the frame it reached', async () => {
  await withTempFolder(async (folder) => {
    const outputOptions = ['-movflags', '+faststart'];
    const path = await makeFilm(folder, {
      name: 'a.mp4',
      frameCount: 200,
      codecOptions: ['-g', '25'],
      outputOptions,
    });
    const source = await openSource(path);
    const file = await open(path, 'r+');
    await file.truncate(Math.floor((await stat(path)).size * 0.6));
    await file.close();
    await assert.rejects(framesRead(source), (error: unknown) => {
      return error instanceof Error && /^MEDIA_TRUNCATED .*"frame":\d+,"frameCount":200/.test(error.message);
    });
    assert.deepEqual(descendantsOf(process.pid), []);
  });
});

test('damage in the middle costs pictures, never frames of the grid', async () => {
  await withTempFolder(async (folder) => {
    const path = await makeFilm(folder, {
      name: 'a.mkv',
      frameCount: 120,
      codecOptions: ['-g', '20', '-bf', '2'],
    });
    const bytes = await readFile(path);
    const from = Math.floor(bytes.length * 0.45);
    bytes.fill(0x5a, from, from + 3000);
    const damaged = join(folder, 'damaged.mkv');
    await writeFile(damaged, bytes);
    const source = await openSource(damaged);
    assert.ok(source.table.frameCount >= 60, `${source.table.frameCount}`);
    assert.equal(await framesRead(source), source.table.frameCount);
  });
});

test('a film says what is in it', async () => {
  await withTempFolder(async (folder) => {
    const tones = [{ language: 'ger' }, { language: 'eng', channels: 2, sampleRateHz: 44_100 }];
    const outputOptions = ['-metadata', 'timecode=01:00:00:00', '-color_range', 'tv', '-colorspace', 'bt709'];
    const path = await makeFilm(folder, { name: 'a.mov', rate: '30000/1001', tones, outputOptions });
    const { video, audio, ...file } = await probeMedia(path);
    assert.ok(video);
    assert.deepEqual([video.width, video.height, video.rotationDegrees], [128, 96, 0]);
    assert.deepEqual(video.frameRate, { num: 30_000, den: 1001 });
    assert.deepEqual(
      [video.codec, video.pixelFormat, video.planarFormat.name],
      ['h264', 'yuv420p', 'yuv420p'],
    );
    assert.deepEqual([video.colour.range, video.colour.space], ['tv', 'bt709']);
    assert.equal(video.startTimecode, '01:00:00:00');
    assert.deepEqual(
      audio.map((sound) => [sound.language, sound.channelCount, sound.sampleRateHz, sound.codec]),
      [
        ['ger', 1, 48_000, 'aac'],
        ['eng', 2, 44_100, 'aac'],
      ],
    );
    assert.equal(file.sizeBytes, (await stat(path)).size);
    assert.ok(Math.abs(file.durationSeconds - 50 / (30_000 / 1001)) < 0.1);
    assert.equal(await hashFile(path), execFileSync('sha256sum', [path]).toString().slice(0, 64));
  });
});

test('cover art is no film, sound alone has no grid', async () => {
  await withTempFolder(async (folder) => {
    const sound = await makeSound(folder, { name: 'song.mp3' });
    const cover = join(folder, 'cover.png');
    await ffmpegText(['-f', 'lavfi', '-i', 'testsrc2=size=64x64', '-frames:v', '1', cover]);
    const covered = join(folder, 'covered.mp3');
    const inputs = ['-i', sound, '-i', cover, '-map', '0', '-map', '1', '-c', 'copy'];
    await ffmpegText([...inputs, '-disposition:v:0', 'attached_pic', covered]);
    const info = await probeMedia(covered);
    assert.equal(info.video, null);
    assert.equal(info.audio.length, 1);
    await assert.rejects(openSource(covered), { code: 'MEDIA_NO_VIDEO' });
  });
});

test('a film without a single frame says so', async () => {
  await withTempFolder(async (folder) => {
    const outputOptions = ['-movflags', '+empty_moov+frag_keyframe'];
    const path = await makeFilm(folder, { name: 'a.mp4', frameCount: 30, outputOptions });
    const bytes = await readFile(path);
    const empty = join(folder, 'b.mp4');
    // The description of the streams stays, the first fragment with frames and all after it go.
    await writeFile(empty, bytes.subarray(0, bytes.indexOf('moof') - 4));
    await assert.rejects(openSource(empty), { code: 'MEDIA_NO_FRAMES' });
  });
});

test('an abort ends the probing and leaves nothing behind', async () => {
  await withTempFolder(async (folder) => {
    const path = await makeFilm(folder, { name: 'a.mp4', frameCount: 250 });
    const abort = new AbortController();
    const opening = openSource(path, abort.signal);
    setImmediate(() => abort.abort());
    await assert.rejects(opening, { code: 'CANCELLED' });
    await assert.rejects(hashFile(path, abort.signal), { code: 'CANCELLED' });
    assert.deepEqual(descendantsOf(process.pid), []);
    assert.equal((await openSource(path)).table.frameCount, 250);
  });
});

test('a reader that is left early or closed leaves no decoder behind', async () => {
  await withTempFolder(async (folder) => {
    const source = await openSource(await makeFilm(folder, { name: 'a.mp4', frameCount: 250 }));
    for await (const frame of await openFrameReader({ source, startFrame: 0, endFrame: 250 })) {
      if (frame.index === 3) break;
    }
    assert.deepEqual(descendantsOf(process.pid), []);
    const unread = await openFrameReader({ source, startFrame: 0, endFrame: 250 });
    await unread.close();
    await unread.close();
    assert.deepEqual(descendantsOf(process.pid), []);
    for await (const frame of await openFrameReader({ source, startFrame: 7, endFrame: 7 }))
      assert.fail(`${frame.index}`);
    await assert.rejects(openFrameReader({ source, startFrame: 0, endFrame: 251 }), RangeError);
  });
});
