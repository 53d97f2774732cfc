import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStampLine } from '../../../../src/engine/media/decoded-stamps.ts';
import { ffmpegArguments, ffmpegFileName } from '../../../../src/engine/media/ffmpeg-command.ts';
import { errorFromFfmpeg, meaningfulLine } from '../../../../src/engine/media/ffmpeg-errors.ts';
import { parseVersion, passthroughRateOptions } from '../../../../src/engine/media/locate-ffmpeg.ts';
import { parsePacketLine } from '../../../../src/engine/media/packet-stamps.ts';

test('options stand before the file they belong to, and reach ffmpeg in one piece', () => {
  const args = ffmpegArguments({
    inputs: [
      { path: '/films/-a b:c%d.mp4', options: ['-ss', '1.5'] },
      { stdin: true, options: ['-f', 'rawvideo', '-s', '4x4'] },
      { lavfi: 'sine=f=440, volume=2' },
    ],
    filterComplex: '[0:a][2:a]amix=inputs=2[mix]',
    outputs: [
      { path: '/out/ä.mp4', options: ['-map', '1:v', '-metadata', 'title=two words'] },
      { stdout: true, options: ['-an', '-f', 'rawvideo'] },
    ],
  });
  const quiet = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+info', '-y'];
  const own = [...quiet, '-max_error_rate', '1'];
  assert.deepEqual(args, [
    ...[...own, '-ss', '1.5', '-i', 'file:/films/-a b:c%d.mp4'],
    ...['-f', 'rawvideo', '-s', '4x4', '-i', 'pipe:0'],
    ...['-f', 'lavfi', '-i', 'sine=f=440, volume=2'],
    ...['-filter_complex', '[0:a][2:a]amix=inputs=2[mix]'],
    ...['-map', '1:v', '-metadata', 'title=two words', 'file:/out/ä.mp4'],
    ...['-an', '-f', 'rawvideo', 'pipe:1'],
  ]);
});

test('a single option with a space in it is not torn apart', () => {
  const [, ...rest] = ffmpegArguments({
    inputs: [{ path: '/a' }, { path: '/b', options: ['-x', 'y z'] }],
    outputs: [{ path: '/c', options: ['-metadata', 'a b'] }],
  });
  assert.ok(rest.includes('y z') && rest.includes('a b'));
});

test('relative names are refused: they could begin with a dash', () => {
  assert.throws(() => ffmpegFileName('-i.mp4'), RangeError);
});

test('versions old and new are told apart', () => {
  const v51 = 'ffmpeg version 5.1.9-0+deb12u1 Copyright\nlibavcodec     59. 37.100 / 59. 37.100';
  assert.deepEqual(parseVersion(v51), { version: '5.1.9-0+deb12u1', majorVersion: 5, hasFpsMode: true });
  const v50 = 'ffmpeg version 5.0.3 Copyright\nlibavcodec     59. 18.100 / 59. 18.100';
  assert.equal(parseVersion(v50)?.hasFpsMode, false);
  const nightly = 'ffmpeg version N-47683-g0e8eb07980-static x\nlibavcodec     58. 42.100 / 58. 42.100';
  assert.equal(parseVersion(nightly)?.majorVersion, 4);
  const v9 = 'ffmpeg version n9.0.2-17-g2a571b6068 x\nlibavcodec     63.  1.102 / 63.  1.102';
  assert.equal(parseVersion(v9)?.majorVersion, 9);
  assert.equal(parseVersion('bash: ffmpeg: command not found'), null);
  const tools = { ffmpegPath: '', ffprobePath: '', version: '', majorVersion: 9, origin: 'system' } as const;
  assert.deepEqual(passthroughRateOptions({ ...tools, hasFpsMode: true }), ['-fps_mode', 'passthrough']);
  assert.deepEqual(passthroughRateOptions({ ...tools, hasFpsMode: false }), ['-vsync', 'passthrough']);
});

test('time stamps are read from the lines of old and new versions, and from nothing else', () => {
  assert.deepEqual(parseStampLine('1024.000000'), { stamp: 512, isIntra: false });
  assert.deepEqual(parseStampLine('[Eval @ 0x7fe1811db250] -2047.000000'), { stamp: -1024, isIntra: true });
  assert.deepEqual(parseStampLine('[Eval @ 0x7fe1811db250] nan'), { stamp: Number.NaN, isIntra: false });
  assert.deepEqual(parseStampLine('-nan'), { stamp: Number.NaN, isIntra: false });
  for (const line of ['', '512', 'frame=  12', '[mov @ 0x1] 1.000000 found'])
    assert.equal(parseStampLine(line), null);
});

test('packets are read whatever else ffprobe prints', () => {
  const packet = { pts: 1024, dts: null, duration: 512, isKey: true, isDiscarded: false, isCorrupt: false };
  assert.deepEqual(parsePacketLine('pts=1024|dts=N/A|duration=512|flags=K__'), packet);
  const damaged = parsePacketLine('pts=N/A|dts=7|duration=N/A|flags=_DC|side_data_type=x');
  assert.deepEqual([damaged?.pts, damaged?.isDiscarded, damaged?.isCorrupt], [null, true, true]);
  assert.equal(parsePacketLine(''), null);
});

test('of all that ffmpeg says, the complaint is kept', () => {
  const chatter = [
    "Input #0, mov,mp4, from 'x.mp4':",
    '[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55d0] moov atom not found',
    'Conversion failed!',
  ].join('\n');
  assert.equal(meaningfulLine(chatter), 'moov atom not found');
  assert.equal(meaningfulLine(''), '');
});

test('how ffmpeg ended becomes an error a person can act on', () => {
  const end = { exitCode: 1, exitSignal: null, stderr: '', outputPaths: ['/out/a.mp4'] };
  const code = (change: object): string | undefined => errorFromFfmpeg({ ...end, ...change })?.code;
  assert.equal(code({ exitCode: 0 }), undefined);
  assert.equal(
    code({ exitCode: 0, stderr: 'av_interleaved_write_frame(): No space left on device\n' }),
    'DISK_FULL',
  );
  assert.equal(code({ stderr: 'file:/out/a.mp4: Permission denied\n' }), 'OUTPUT_NOT_WRITABLE');
  assert.equal(code({ stderr: 'file:/in/a.mp4: Permission denied\n' }), 'FFMPEG_FAILED');
  const killed = errorFromFfmpeg({ ...end, exitCode: null, exitSignal: 'SIGKILL' });
  assert.equal(killed?.details['signal'], 'SIGKILL');
});
