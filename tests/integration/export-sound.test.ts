import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { probeMedia } from '../../src/engine/media/probe.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { amplitudeAt, decodeTrack, exportWith, peakIndex } from '../support/export-bench.ts';
import { ffmpegText, ffprobeText, makeFilm, makeSound } from '../support/make-media.ts';

const folder = await mkdtemp(join(tmpdir(), 'dubwright-sound-'));
after(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** A small film with tones of 0.5 that last as long as the picture. */
async function filmWith(name: string, seconds: number, tones: readonly string[]): Promise<string> {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=s=64x48:r=25:d=${seconds}`];
  const sounds = tones.flatMap((tone) => [
    '-f',
    'lavfi',
    '-t',
    `${seconds}`,
    '-i',
    `aevalsrc=${tone}:s=48000`,
  ]);
  const maps = tones.flatMap((_, i) => ['-map', `${i + 1}:a`]);
  const options = ['-map', '0:v', ...maps, '-c:a', 'aac', '-metadata:s:a:1', 'language=fra'];
  await ffmpegText([...picture, ...sounds, ...options, `file:${at(name)}`]);
  return at(name);
}
const wave = (hz: number) => `0.5*sin(2*PI*${hz}*t)`;
/** 440 Hz in stereo, and a second track of 700 Hz. */
const film = await filmWith('film – één.mp4', 4, [`${wave(440)}|${wave(440)}`, wave(700)]);
const silentFilm = await filmWith('silent.mp4', 2, []);
const tone = await makeSound(folder, { name: '-voice.wav', frequencyHz: 1000, seconds: 1.5 });
const voiceOf = (path: string, startMs: number) => ({ path, streamIndex: null, startMs });

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);
}

test('a click in the voice sounds where it should, to the millisecond', async () => {
  const clicks: readonly [string, number, string[]][] = [
    ['click8k.wav', 8000, []],
    ['click44k.flac', 44100, []],
    ['click96k.wav', 96000, []],
    ['click48k.m4a', 48000, ['-c:a', 'aac', '-b:a', '192k']],
    ['click48k.ogg', 48000, ['-c:a', 'libvorbis']],
    ['click44k.mp3', 44100, ['-c:a', 'libmp3lame', '-b:a', '256k']],
  ];
  for (const [name, rate, codec] of clicks) {
    const source = `aevalsrc=exprs='0.9*eq(n,${rate / 4})':s=${rate}:d=1`;
    await ffmpegText(['-f', 'lavfi', '-i', source, ...codec, `file:${at(name)}`]);
    // Ogg counts its first samples otherwise: what counts is the voice on its own clock.
    const [original] = await decodeTrack(at(name), { channelCount: 1 });
    const clickMs = peakIndex(original) / 48;
    assertNear(clickMs, 250, 3, `${name} itself`);
    for (const [out, startMs] of [
      [`${name}.mp4`, 333],
      [`${name}.mkv`, 1200.5],
    ] as const) {
      await exportWith({ sourcePath: silentFilm, outPath: at(out), voice: voiceOf(at(name), startMs) });
      const [sound] = await decodeTrack(at(out), { channelCount: 1 });
      assertNear(peakIndex(sound) / 48, startMs + clickMs, 1, `${out} click in ms`);
      assertNear(sound.length / 48_000, 2, 1024 / 48_000, `${out} seconds`);
    }
  }
});

test('the film sounds as it was before and after the voice, and under it as loud as asked', async () => {
  for (const [underDb, name] of [
    [null, 'plain.mp4'],
    [-18, 'under.mov'],
  ] as const) {
    const outPath = at(name);
    await exportWith({ sourcePath: film, outPath, voice: voiceOf(tone, 1000), originalUnderDb: underDb });
    const channels = await decodeTrack(outPath, { channelCount: 2 });
    for (const sound of channels) {
      const level = (hz: number, from: number, to: number) => amplitudeAt(sound, { hz, from, to });
      assertNear(level(440, 0.2, 0.9), 0.5, 0.02, 'film before');
      assertNear(level(1000, 0.2, 0.9), 0, 0.002, 'voice before');
      assertNear(level(1000, 1.1, 2.4), 0.5, 0.02, 'voice');
      const under = underDb === null ? 0 : 0.5 * 10 ** (underDb / 20);
      assertNear(level(440, 1.1, 2.4), under, 0.003, 'film under the voice');
      assertNear(level(440, 2.6, 3.8), 0.5, 0.02, 'film after');
      assertNear(level(1000, 2.6, 3.8), 0, 0.002, 'voice after');
      assertNear(sound.length / 48_000, 4, 0.03, 'seconds');
    }
    const [other] = await decodeTrack(outPath, { track: 1, channelCount: 1 });
    assertNear(amplitudeAt(other, { hz: 700, from: 1.1, to: 2.4 }), 0.5, 0.02, 'second track');
    const { audio } = await probeMedia(outPath);
    assert.deepEqual(
      audio.map(({ codec, channelCount, language }) => [codec, channelCount, language]),
      [
        ['aac', 2, audio[0].language],
        ['aac', 1, 'fra'],
      ],
    );
  }
});

test("the picture's time base does not bend the sound's", async () => {
  const odd = await makeFilm(folder, {
    name: 'odd-clock.mp4',
    width: 64,
    height: 48,
    frameCount: 30,
    rate: '22.13',
  });
  await exportWith({ sourcePath: odd, outPath: at('even-packets.mp4'), voice: voiceOf(tone, 100) });
  const options = ['-select_streams', 'a:0', '-show_entries', 'packet=pts', '-of', 'csv=p=0'];
  const stamps = (await ffprobeText([...options, `file:${at('even-packets.mp4')}`]))
    .split(/\s+/)
    .filter(Boolean);
  const steps = stamps.slice(1).map((stamp, i) => parseInt(stamp) - parseInt(stamps[i]));
  assert.ok(steps.length > 20);
  assert.deepEqual(new Set(steps), new Set([1024]));
});

test('voices of every shape become sound of at least as many channels', async () => {
  for (const [channels, expected, out] of [
    [1, 1, 'a.mp4'],
    [2, 2, 'b.mkv'],
    [6, 6, 'c.mp4'],
    [8, 8, 'd.mp4'],
    [8, 8, 'e.mkv'],
  ] as const) {
    const voice = await makeSound(folder, {
      name: `${channels}.wav`,
      channels,
      frequencyHz: 1000,
      seconds: 1,
    });
    await exportWith({ sourcePath: silentFilm, outPath: at(out), voice: voiceOf(voice, 500) });
    const tracks = await decodeTrack(at(out), { channelCount: expected });
    const loud = tracks.map((sound) => amplitudeAt(sound, { hz: 1000, from: 0.6, to: 1.4 }) > 0.4);
    const full = expected > 2 ? expected - 1 : expected;
    assert.ok(loud.filter(Boolean).length >= full, `${out}: ${loud.join()}`);
    assertNear(amplitudeAt(tracks[0], { hz: 1000, from: 0.05, to: 0.45 }), 0, 0.002, 'before');
  }
});

test('a longer voice is cut with a warning, or the last frame held', async () => {
  const voice = await makeSound(folder, { name: 'long.wav', frequencyHz: 1000, seconds: 3 });
  const request = { sourcePath: silentFilm, voice: voiceOf(voice, 500) };
  const cut = await exportWith({ ...request, outPath: at('cut.mp4') });
  assert.match(cut.warnings.join(), /1\.50 s longer/);
  assert.equal(cut.frameCount, 50);
  const [shortened] = await decodeTrack(at('cut.mp4'), { channelCount: 1 });
  assertNear(shortened.length / 48_000, 2, 0.03, 'seconds');
  const held = await exportWith({ ...request, outPath: at('held.mp4'), extend: 'hold' });
  const { table } = await openSource(at('held.mp4'));
  assert.deepEqual([held.frameCount, table.frameCount], [88, 88]);
  const [sound] = await decodeTrack(at('held.mp4'), { channelCount: 1 });
  assertNear(amplitudeAt(sound, { hz: 1000, from: 2.5, to: 3.4 }), 0.5, 0.02, 'voice after the film');
});

test('a voice that begins before the film loses its beginning', async () => {
  const outPath = at('early.mkv');
  await exportWith({ sourcePath: film, outPath, voice: voiceOf(tone, -500) });
  const [sound] = await decodeTrack(outPath, { channelCount: 2 });
  assertNear(amplitudeAt(sound, { hz: 1000, from: 0.05, to: 0.95 }), 0.5, 0.02, 'voice');
  assertNear(amplitudeAt(sound, { hz: 440, from: 0.05, to: 0.95 }), 0, 0.003, 'film');
  assertNear(amplitudeAt(sound, { hz: 440, from: 1.1, to: 3.9 }), 0.5, 0.02, 'film after');
});

test('without a voice the sound is copied packet by packet', async () => {
  const packets = async (path: string, track: number) =>
    (await ffmpegText(['-i', `file:${path}`, '-map', `0:a:${track}`, '-c', 'copy', '-f', 'framemd5', '-']))
      .split('\n')
      .filter((line) => /^\d/.test(line))
      .map((line) => line.split(',').at(5));
  for (const [name, runUp] of [
    ['kept.mp4', 0],
    // The encoder's packet before zero has no place in Matroska.
    ['kept.mkv', 1],
  ] as const) {
    await exportWith({ sourcePath: film, outPath: at(name) });
    for (const track of [0, 1]) {
      const original = await packets(film, track);
      assert.ok(original.length > 180);
      assert.deepEqual(await packets(at(name), track), original.slice(runUp));
    }
    const [sound] = await decodeTrack(at(name), { channelCount: 2 });
    assertNear(amplitudeAt(sound, { hz: 440, from: 0.1, to: 3.9 }), 0.5, 0.02, name);
  }
});

test('a voice without sound, and a file without sound, are told apart', async () => {
  await ffmpegText(['-f', 'lavfi', '-i', 'anullsrc=r=48000', '-t', '0', `file:${at('empty.wav')}`]).catch(
    () => '',
  );
  const request = { sourcePath: silentFilm, outPath: at('never.mp4') };
  await assert.rejects(exportWith({ ...request, voice: voiceOf(at('empty.wav'), 0) }), {
    code: 'AUDIO_EMPTY',
  });
  await assert.rejects(exportWith({ ...request, voice: voiceOf(silentFilm, 0) }), { code: 'MEDIA_NO_AUDIO' });
});
