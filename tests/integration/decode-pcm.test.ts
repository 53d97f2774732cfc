import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { hashFile } from '../../src/engine/media/file-hash.ts';
import { ffmpegText, makeFilm, makeSound } from '../support/make-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const rateHz = 16_000;

async function decode(path: string, streamIndex: number | null = null): Promise<Float32Array> {
  const outPath = `${path}.pcm`;
  const decoded = await decodePcmFile({ path, streamIndex, outPath });
  assert.equal(decoded.sampleRateHz, rateHz);
  assert.equal(decoded.sampleCount * 4, (await stat(outPath)).size);
  assert.equal(decoded.sha256, await hashFile(outPath));
  const pcm = openPcmFile(outPath);
  const samples = pcm.read(0, pcm.sampleCount);
  pcm.close();
  return samples;
}

/** Loudest sample of a stretch given in seconds. */
function peak(samples: Float32Array, fromSeconds: number, toSeconds: number): number {
  const stretch = samples.subarray(Math.round(fromSeconds * rateHz), Math.round(toSeconds * rateHz));
  return stretch.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
}

/** Seconds at which the sound first rises above `level`. */
function onset(samples: Float32Array, level = 0.1): number {
  return samples.findIndex((sample) => Math.abs(sample) > level) / rateHz;
}

/** A sound of 2 s that is silent for its first second, then a tone; `channels` of them. */
async function makeLateTone(
  folder: string,
  name: string,
  request: { readonly options?: readonly string[]; readonly sampleRateHz?: number; readonly layout?: string },
): Promise<string> {
  const { options = [], sampleRateHz = 48_000, layout = 'mono' } = request;
  const channels = { mono: 1, stereo: 2, '5.1': 6, '7.1': 8 }[layout] ?? 1;
  const wave = `0.5*sin(2*PI*500*t)*gte(t\\,1)`;
  const waves = Array.from({ length: channels }, () => wave).join('|');
  const source = `aevalsrc=${waves}:s=${sampleRateHz}:c=${layout}:d=2`;
  const path = join(folder, name);
  await ffmpegText(['-f', 'lavfi', '-i', source, ...options, `file:${path}`]);
  return path;
}

/** One second of a WAV with a plain header, which names no channel: a tone of 0.9 in the last one, the others silent. */
function wavOfLastChannel(channels: number, sampleRateHz: number): Buffer {
  const data = Buffer.alloc(sampleRateHz * channels * 2);
  for (let i = 0; i < sampleRateHz; i++) {
    const sample = Math.round(0.9 * 32767 * Math.sin((2 * Math.PI * 300 * i) / sampleRateHz));
    data.writeInt16LE(sample, (i * channels + channels - 1) * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF....WAVEfmt ', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

describe('every kind of voice arrives at its own time, length and loudness', () => {
  const voices: readonly [string, Parameters<typeof makeLateTone>[2]][] = [
    ['8 bit telephone.wav', { options: ['-c:a', 'pcm_u8'], sampleRateHz: 8000 }],
    ['pcm 24 bit 96 kHz.wav', { options: ['-c:a', 'pcm_s24le'], sampleRateHz: 96_000 }],
    ['float stereo.wav', { options: ['-c:a', 'pcm_f32le'], layout: 'stereo', sampleRateHz: 44_100 }],
    ['mp3 mono.mp3', { options: ['-b:a', '128k'] }],
    ['mp3 stereo 44.1.mp3', { options: ['-b:a', '128k'], layout: 'stereo', sampleRateHz: 44_100 }],
    ['mp3 low.mp3', { options: ['-b:a', '32k'], sampleRateHz: 16_000 }],
    ['aac.m4a', { options: ['-b:a', '128k'], sampleRateHz: 44_100 }],
    ['aac 5.1.m4a', { options: ['-b:a', '384k'], layout: '5.1' }],
    ['flac 7.1.flac', { layout: '7.1' }],
    ['vorbis.ogg', { options: ['-c:a', 'libvorbis'], layout: 'stereo' }],
    ['opus.ogg', { options: ['-c:a', 'libopus'] }],
    ['ümlaut -i: 100%.flac', { sampleRateHz: 22_050 }],
  ];
  for (const [name, request] of voices) {
    test(name, async () => {
      await withTempFolder(async (folder) => {
        const samples = await decode(await makeLateTone(folder, name, request));
        // Encoders pad to whole blocks at the end; an old MP4 muxer keeps the padding.
        assert.ok(samples.length >= 2 * rateHz - 16 && samples.length < 2.08 * rateHz, `${samples.length}`);
        assert.ok(Math.abs(onset(samples) - 1) < 0.006, `onset at ${onset(samples)}`);
        const loudness = peak(samples, 1.3, 1.7);
        assert.ok(loudness > 0.15 && loudness < 0.6, `peak ${loudness}`);
        assert.ok(peak(samples, 0, 0.97) < 0.03);
      });
    });
  }

  test('two channels become their mean, never louder than full scale', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'stereo.wav');
      const source = 'aevalsrc=0.9*sin(2*PI*300*t)|0.9*sin(2*PI*300*t):s=48000:c=stereo:d=1';
      await ffmpegText(['-f', 'lavfi', '-i', source, path]);
      assert.ok(Math.abs(peak(await decode(path), 0.2, 0.8) - 0.9) < 0.01);
    });
  });

  test('channels that nobody has named are all heard', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'twelve.wav');
      await writeFile(path, wavOfLastChannel(12, rateHz));
      assert.ok(Math.abs(peak(await decode(path), 0.2, 0.8) - 0.9 / 12) < 0.01);
    });
  });
});

describe("sound keeps to the film's clock", () => {
  const clicks = '0.8*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.05)';

  /** A film whose sound clicks once a second, beginning `delaySeconds` after (or, negative, before) the picture. */
  async function makeClickFilm(
    folder: string,
    name: string,
    delaySeconds: number,
    options: readonly string[] = [],
  ): Promise<string> {
    const path = join(folder, name);
    const picture = ['-itsoffset', `${Math.max(0, -delaySeconds)}`, '-f', 'lavfi', '-t', '4'];
    const sound = ['-itsoffset', `${Math.max(0, delaySeconds)}`, '-f', 'lavfi', '-t', '3'];
    await ffmpegText([
      ...[...picture, '-i', 'testsrc2=size=64x48:rate=25', ...sound, '-i', `aevalsrc=${clicks}:s=48000`],
      ...['-map', '0', '-map', '1', '-c:v', 'mpeg4', ...options, path],
    ]);
    return path;
  }

  for (const [name, options] of [
    ['late.mp4', ['-c:a', 'aac']],
    ['late.mkv', ['-c:a', 'flac']],
    ['late.mov', ['-c:a', 'pcm_s16le']],
    ['late.ts', ['-c:v', 'mpeg2video', '-c:a', 'mp2']],
  ] as const) {
    test(`a sound that begins 0.6 s into the film has 0.6 s of silence in front (${name})`, async () => {
      await withTempFolder(async (folder) => {
        const samples = await decode(await makeClickFilm(folder, name, 0.6, options));
        assert.ok(Math.abs(onset(samples, 0.2) - 0.6) < 0.025, `onset at ${onset(samples, 0.2)}`);
        assert.ok(peak(samples, 1.58, 1.68) > 0.4 && peak(samples, 1.7, 2.5) < 0.05);
      });
    });
  }

  test('a sound that begins before the picture starts at once', async () => {
    await withTempFolder(async (folder) => {
      const samples = await decode(await makeClickFilm(folder, 'early.mkv', -0.5, ['-c:a', 'flac']));
      assert.ok(onset(samples, 0.2) < 0.005);
    });
  });

  test('a file that starts at 100 s counts from there', async () => {
    await withTempFolder(async (folder) => {
      const options = ['-c:a', 'flac', '-output_ts_offset', '100'];
      const samples = await decode(await makeClickFilm(folder, 'hundred.mkv', 0.6, options));
      assert.ok(Math.abs(onset(samples, 0.2) - 0.6) < 0.005 && samples.length < 4 * rateHz);
    });
  });

  test('a hole in the sound becomes silence of its length', async () => {
    await withTempFolder(async (folder) => {
      const whole = await makeClickFilm(folder, 'whole.mkv', 0, ['-c:a', 'pcm_s16le']);
      const holed = join(folder, 'holed.mkv');
      // Sound packets between 1.2 s and 1.8 s are left out; those after keep their times.
      const select = ['-af', 'aselect=not(between(t\\,1.2\\,1.8))', '-c:a', 'pcm_s16le'];
      await ffmpegText(['-i', whole, '-map', '0:a', ...select, holed]);
      const samples = await decode(holed);
      assert.ok(peak(samples, 2, 2.04) > 0.4, 'the click at 2 s is still at 2 s');
      assert.ok(Math.abs(samples.length - 3 * rateHz) < 0.02 * rateHz);
    });
  });

  test('one of several tracks is chosen by its stream number', async () => {
    await withTempFolder(async (folder) => {
      const tones = [{ frequencyHz: 300 }, { frequencyHz: 1000 }];
      const path = await makeFilm(folder, { name: 'two.mp4', tones });
      const crossings = async (stream: number | null): Promise<number> => {
        const samples = (await decode(path, stream)).subarray(rateHz / 2, rateHz);
        return samples.filter((sample, i) => i > 0 && samples[i - 1] < 0 && sample >= 0).length;
      };
      assert.ok(Math.abs((await crossings(null)) - 150) < 3);
      assert.ok(Math.abs((await crossings(2)) - 500) < 5);
      await assert.rejects(decode(path, 0), { code: 'MEDIA_NO_AUDIO' });
    });
  });
});

test('silent films, empty sounds and full disks have names, and leave nothing behind', async () => {
  await withTempFolder(async (folder) => {
    const silent = await makeFilm(folder, { name: 'silent.mp4', frameCount: 5 });
    await assert.rejects(decode(silent), { code: 'MEDIA_NO_AUDIO' });
    const wav = await makeSound(folder, { name: 'tone.wav', seconds: 1 });
    const empty = join(folder, 'empty.wav');
    await ffmpegText(['-i', wav, '-t', '0', '-c:a', 'pcm_s16le', empty]);
    await assert.rejects(decode(empty), { code: 'AUDIO_EMPTY' });
    await writeFile(join(folder, 'letter.wav'), 'not a sound'.repeat(50));
    await assert.rejects(decode(join(folder, 'letter.wav')), { code: 'MEDIA_UNREADABLE' });
    const outPath = join(folder, 'nowhere', 'x.pcm');
    await assert.rejects(decodePcmFile({ path: wav, streamIndex: null, outPath }), {
      code: 'OUTPUT_NOT_WRITABLE',
    });
    const abort = AbortSignal.abort();
    await assert.rejects(decodePcmFile({ path: wav, streamIndex: null, outPath: wav, signal: abort }), {
      code: 'CANCELLED',
    });
    const names = ['empty.wav', 'letter.wav', 'silent.mp4', 'tone.wav'];
    assert.deepEqual((await readdir(folder)).sort(), names);
  });
});
