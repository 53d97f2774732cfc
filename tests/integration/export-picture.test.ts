import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rationalToNumber } from '../../src/core/time/rational.ts';
import type { Patch, PixelBox, PlanarFormat, VideoFrame } from '../../src/engine/media/frame.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { planeSizes } from '../../src/engine/media/planar-formats.ts';
import type { SourceVideo } from '../../src/engine/media/types.ts';
import { createTakeWriter } from '../../src/engine/takes/take-writer.ts';
import { exportWith, provenance } from '../support/export-bench.ts';
import type { FilmRecipe } from '../support/make-media.ts';
import { ffprobeText, makeFilm } from '../support/make-media.ts';

const folder = await mkdtemp(join(tmpdir(), 'dubwright-picture-'));
after(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

async function framesOf(source: SourceVideo): Promise<VideoFrame[]> {
  const reader = await openFrameReader({ source, startFrame: 0, endFrame: source.table.frameCount });
  const frames: VideoFrame[] = [];
  for await (const frame of reader) frames.push(frame);
  return frames;
}

function loudPatch(format: PlanarFormat, frameIndex: number, box: PixelBox): Patch {
  const planes = planeSizes(format, box.width, box.height).map((size, plane) => {
    const samples = new Array<number>(size.width * size.height)
      .fill(0)
      .map((_, i) => (i * 37 + plane * 91 + frameIndex * 13) % (1 << format.bitDepth));
    return { ...size, data: format.bitDepth > 8 ? Uint16Array.from(samples) : Uint8Array.from(samples) };
  });
  return { frameIndex, box, planes };
}

async function takeOf(
  source: SourceVideo,
  startFrame: number,
  endFrame: number,
  boxes: Map<number, PixelBox>,
) {
  const takePath = at(`${startFrame}-${source.video.pixelFormat}.take`);
  const format = source.video.planarFormat;
  const timeBase = source.table.timeBase;
  const writer = await createTakeWriter({ takePath, startFrame, endFrame, format, timeBase, key: 'k' });
  for (const [frame, box] of boxes) {
    if (frame >= startFrame && frame < endFrame) await writer.add(loudPatch(format, frame, box));
  }
  await writer.finish({
    patchedFrames: boxes.size,
    framesWithoutFace: 0,
    notes: [],
    stageMs: {},
    sync: null,
  });
  return { takePath, startFrame, endFrame };
}

/** Every sample of `frame` that differs from `original` must lie in the box; inside it must be the patch. */
function assertOnlyBoxChanged(frame: VideoFrame, original: VideoFrame, box: PixelBox | undefined): void {
  const { format } = frame;
  const patch = box && loudPatch(format, frame.index, box);
  frame.planes.forEach((plane, p) => {
    const isChroma = format.model === 'yuv' && p > 0;
    const [shiftX, shiftY] = isChroma ? [format.chromaShiftX, format.chromaShiftY] : [0, 0];
    const expected = original.planes[p].data.slice();
    patch?.planes[p].data.forEach((sample, i) => {
      const { width } = patch.planes[p];
      const row = (patch.box.y >> shiftY) + Math.floor(i / width);
      expected[row * plane.width + (patch.box.x >> shiftX) + (i % width)] = sample;
    });
    assert.deepEqual(plane.data, expected, `frame ${frame.index} plane ${p}`);
  });
}

/** testsrc2 itself only makes even sizes. FFV1 has to be version 1 here, or the last row of chroma is lost. */
const oddSize = ['-vf', 'scale=97:75', '-level', '1'];

for (const [name, recipe] of [
  ['even.mp4', {}],
  ['odd.mkv', { codec: 'ffv1', codecOptions: oddSize }],
  ['ten.mkv', { codec: 'ffv1', pixelFormat: 'yuv422p10le' }],
] as const) {
  test(`a lossless export of ${name} differs from the film in the patches alone`, async () => {
    const source = await openSource(await makeFilm(folder, { name, frameCount: 30, ...recipe }));
    const boxes = new Map(
      [3, 4, 5, 7, 12, 13, 20].map((frame): [number, PixelBox] => [
        frame,
        { x: 2 * frame, y: 20, width: 32, height: 24 },
      ]),
    );
    const takes = [await takeOf(source, 12, 21, boxes), await takeOf(source, 2, 9, boxes)];
    const outPath = at(`${name}.out.mkv`);
    const result = await exportWith({ sourcePath: source.info.path, takes, outPath, codec: 'ffv1' });
    assert.deepEqual([result.patchedFrames, result.frameCount], [7, 30]);
    const out = await openSource(outPath);
    assert.equal(out.video.planarFormat.name, source.video.planarFormat.name);
    const [before, now] = [await framesOf(source), await framesOf(out)];
    assert.equal(now.length, before.length);
    now.forEach((frame, i) => assertOnlyBoxChanged(frame, before[i], boxes.get(i)));
  });
}

/** Distances in seconds between the presentation times of two films: the largest of all starts, and of the end. */
function shifts(a: SourceVideo, b: SourceVideo): { readonly starts: number; readonly end: number } {
  const seconds = (film: SourceVideo) =>
    [...film.table.ticks].map((tick) => tick * rationalToNumber(film.table.timeBase));
  const other = seconds(b);
  const all = seconds(a).map((time, i) => Math.abs(time - other[i]));
  return { starts: Math.max(...all.slice(0, -1)), end: all.at(-1) ?? 0 };
}

const rates: readonly FilmRecipe[] = [
  { name: 'r25.mp4', rate: '25' },
  { name: 'r2213.mp4', rate: '22.13' },
  { name: 'r2997.mp4', rate: '30000/1001' },
  { name: 'r5994.mov', rate: '60000/1001' },
  { name: 'r23976.mkv', rate: '24000/1001' },
  { name: 'odd.mpg', rate: '25', codec: 'mpeg2video', width: 66, height: 50 },
  { name: 'vfr.mp4', secondsOfFrameN: 'N*0.04+0.013*mod(N*N,3)' },
  { name: 'late.mp4', pictureDelaySeconds: 0.12, tones: [{}] },
  { name: 'shifted.ts', fileStartSeconds: 5, tones: [{ codec: 'mp2' }] },
];
for (const recipe of rates) {
  test(`presentation times of ${recipe.name} survive`, async () => {
    const source = await openSource(await makeFilm(folder, { frameCount: 24, ...recipe }));
    for (const [extension, codec, tolerance] of [
      ['.mp4', 'h264', 0.0011],
      ['.mov', 'prores', 0.0011],
      ['.mkv', 'ffv1', 0.0011],
    ] as const) {
      const outPath = at(`${recipe.name}.${codec}${extension}`);
      await exportWith({ sourcePath: source.info.path, outPath, codec });
      const out = await openSource(outPath);
      assert.equal(out.table.frameCount, source.table.frameCount, outPath);
      const { starts, end } = shifts(source, out);
      assert.ok(starts < tolerance, `${outPath}: starts differ by ${starts}`);
      // ffprobe takes the wait before a late first frame off the last one.
      assert.ok(
        end < tolerance + rationalToNumber(source.table.timeBase) * source.table.ticks[0],
        `${outPath}: ${end}`,
      );
    }
  });
}

test('size, colour tags, pixel aspect, timecode and label survive; rotation is carried out', async () => {
  const film = await makeFilm(folder, {
    name: 'tagged.mov',
    frameCount: 6,
    clockwiseDegrees: 90,
    codecOptions: ['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709'],
    outputOptions: [
      '-color_trc',
      'bt709',
      '-aspect',
      '8:3',
      '-timecode',
      '01:02:03:04',
      '-movflags',
      'write_colr',
    ],
  });
  const source = await openSource(film);
  assert.deepEqual([source.video.width, source.video.height], [96, 128]);
  assert.notEqual(source.video.rotationDegrees, 0);
  for (const [name, codec] of [
    ['tagged.mp4', 'h264'],
    ['tagged-hevc.mp4', 'hevc'],
    ['tagged-out.mov', 'prores'],
    ['tagged.mkv', 'ffv1'],
  ] as const) {
    await exportWith({ sourcePath: film, outPath: at(name), codec });
    const { video } = await openSource(at(name));
    assert.deepEqual([video.codec, video.width, video.height, video.rotationDegrees], [codec, 96, 128, 0]);
    assert.deepEqual(video.sampleAspectRatio, source.video.sampleAspectRatio, name);
    // ffmpeg leaves out a MOV's colour box where one tag is missing; the other codecs carry each tag themselves.
    const isWhole = Object.values(source.video.colour).every((tag) => tag !== 'unknown');
    if (isWhole || codec !== 'prores') {
      assert.equal(video.colour.space, 'bt709', name);
      assert.equal(video.colour.primaries, source.video.colour.primaries, name);
    }
    assert.equal(video.startTimecode, '01:02:03:04', name);
    const tags = await ffprobeText(['-show_entries', 'format_tags', '-of', 'json', `file:${at(name)}`]);
    assert.match(tags, /"comment": "AI-dubbed with Dubwright 0\.0\.0/i, name);
    assert.match(tags, /"dubwright": "\{\\"synthetic\\":true/i, name);
  }
});

test('colour tags that the film does not have are not invented', async () => {
  const film = await makeFilm(folder, { name: 'untagged.mp4', width: 1280, height: 720, frameCount: 3 });
  await exportWith({ sourcePath: film, outPath: at('untagged-out.mp4') });
  const { colour } = (await openSource(at('untagged-out.mp4'))).video;
  assert.deepEqual(colour, (await openSource(film)).video.colour);
});

test('the sidecar says which frames are synthetic', async () => {
  const film = await makeFilm(folder, { name: 'side.mp4', frameCount: 5 });
  const { sidecarPath } = await exportWith({ sourcePath: film, outPath: at('side – ü.mp4'), codec: 'h264' });
  const record = JSON.parse(await readFile(sidecarPath, 'utf8')) as Record<string, unknown>;
  assert.equal(sidecarPath, at('side – ü.mp4.dubwright.json'));
  assert.deepEqual(
    [record['schema'], record['schemaVersion'], record['file'], record['frameCount']],
    ['dubwright.provenance', 1, 'side – ü.mp4', 5],
  );
  for (const [key, value] of Object.entries(provenance)) assert.deepEqual(record[key], value);
});

test('odd sizes become even for H.264, with a warning, and keep their pixels', async () => {
  const film = await makeFilm(folder, {
    name: 'odd-size.mkv',
    codec: 'ffv1',
    codecOptions: oddSize,
    frameCount: 4,
  });
  const result = await exportWith({ sourcePath: film, outPath: at('odd-size.mp4') });
  assert.match(result.warnings.join(), /98x76/);
  const [before, now] = [
    await framesOf(await openSource(film)),
    await framesOf(await openSource(at('odd-size.mp4'))),
  ];
  const [a, b] = [before[0].planes[0], now[0].planes[0]];
  let difference = 0;
  for (let i = 0; i < a.data.length; i++) {
    difference += Math.abs(a.data[i] - b.data[Math.floor(i / a.width) * b.width + (i % a.width)]);
  }
  assert.ok(difference / a.data.length < 3, `mean difference ${difference / a.data.length}`);
});

test('nothing but films and sidecars is left in the folder', async () => {
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes('.part')),
    [],
  );
});
