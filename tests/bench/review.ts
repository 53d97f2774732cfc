/**
 * `node tests/bench/review.ts [clip=voice …]`: how many takes the review marks. Clips are dubbed with foreign voices,
 * and each finished take is scored again with its voice where it belongs, late, early, exchanged for another stretch,
 * and with lips that were stilled: the first should be marked seldom, the others mostly. The bounds in
 * src/core/takes/review-take.ts are read off here.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DubReport } from '../../src/contract/dub.ts';
import type { TakeSync } from '../../src/core/takes/take-sync.ts';
import { reviewTake } from '../../src/core/takes/review-take.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { lipFeatureCount } from '../../src/engine/faces/lip-features.ts';
import { openScene, openScorer } from '../../src/engine/host/handlers/film-scene.ts';
import { EngineClient } from '../../src/engine/host/client.ts';
import type { FilmFiles } from '../../src/engine/host/tasks.ts';
import type { PcmReader } from '../../src/engine/lipsync/types.ts';
import { openTakeReader } from '../../src/engine/takes/take-reader.ts';
import type { TakeScorer } from '../../src/engine/takes/take-scorer.ts';
import type { EnginePort } from '../../src/studio/engine-port.ts';
import { dub } from '../../src/studio/dub-service.ts';
import { sharedFolder } from '../support/shared-media.ts';

const folder = process.env['DUBWRIGHT_BENCH_FOLDER'] ?? join(import.meta.dirname, '../../out/bench-review');
const defaults = [
  'desk-man-6s-700-22fps.mp4=french-7s.flac',
  'webcam-1080p-1-8s-30fps.mp4=german-9s.flac',
  'webcam-1080p-2-10s-30fps.mp4=english-28s.flac',
  'address-b-8s-512-25fps-mpeg4.mp4=chinese-8s.flac',
  'blue-wall-woman-7s-700-30fps.mp4=ljspeech-0001.flac',
  'commissioner-5s-524-25fps.mp4=french-7s.flac',
  'anchor-71s-512-25fps.mp4=english-60s.flac',
];
const shiftsMs = [-400, -200, -120, -80, 80, 120, 200, 400];

/** The film's files as the studio gave them to the engine, and the voice. */
interface Given {
  film: FilmFiles | null;
  voicePcmPath: string;
}

/** Listens to what the studio asks of the engine. */
function listening(engine: EnginePort, given: Given): EnginePort {
  return {
    call(task, input, options) {
      if (task === 'renderTakes' || task === 'scoreTakes') {
        const { cacheFolder, facesFolder, originalPcmPath, sourcePath } = input as FilmFiles;
        given.film = { cacheFolder, facesFolder, originalPcmPath, sourcePath };
      }
      if (task === 'renderTakes') {
        const { jobs } = input as { readonly jobs: readonly { readonly voicePcmPath: string }[] };
        given.voicePcmPath = jobs[0].voicePcmPath;
      }
      return engine.call(task, input, options);
    },
  };
}

interface Variant {
  readonly name: string;
  readonly sync: TakeSync;
}

async function variantsOf(
  segment: DubReport['segments'][number],
  takePath: string,
  tools: { readonly scorer: TakeScorer; readonly voice: PcmReader },
): Promise<Variant[]> {
  const { scorer, voice } = tools;
  const take = await openTakeReader(takePath);
  const laid = await take.readLips();
  await take.close();
  if (laid === null || segment.face === null) return [];
  const { endFrame, startFrame, startSeconds } = segment;
  const { personId } = segment.face;
  const range = { startFrame, endFrame };
  const signal = new AbortController().signal;
  const found: Variant[] = [];
  const add = async (name: string, shiftMs: number, lips = laid): Promise<void> => {
    const voiceStartSample = Math.round((startSeconds - shiftMs / 1000) * 16_000);
    const sync = await scorer.score({ personId, range, laid: lips, voice, voiceStartSample, signal });
    if (sync !== null) found.push({ name, sync });
  };
  await add('as made', 0);
  for (const ms of shiftsMs) await add(`voice ${ms} ms`, ms);
  await add('another stretch', 1700);
  await add('another stretch', -2300);
  await add('lips stilled', 0, stilled(laid, 0.15));
  await add('lips halved', 0, stilled(laid, 0.5));
  return found;
}

/** Lips that move `share` as far. */
function stilled(laid: ReadonlyMap<number, Float32Array>, share: number): Map<number, Float32Array> {
  const mean = new Float32Array(lipFeatureCount);
  for (const lips of laid.values()) lips.forEach((value, k) => (mean[k] += value / laid.size));
  return new Map(
    [...laid].map(([frame, lips]) => [frame, lips.map((value, k) => mean[k] + share * (value - mean[k]))]),
  );
}

const clips = sharedFolder('clips');
const voices = sharedFolder('voices');
if (clips === null || voices === null) {
  console.log('no shared media here (set DUBWRIGHT_SHARED_MEDIA)');
  process.exit(0);
}
mkdirSync(folder, { recursive: true });
const engine = new EngineClient();
const all: Variant[] = [];
for (const pair of process.argv.length > 2 ? process.argv.slice(2) : defaults) {
  const [clip, voiceName] = pair.split('=');
  const given: Given = { film: null, voicePcmPath: '' };
  const report = await dub(
    {
      sourcePath: join(clips, clip),
      voicePath: join(voices, voiceName),
      outPath: join(folder, `${clip}-${voiceName}.mp4`),
      projectPath: join(folder, `${clip}-${voiceName}-${Date.now()}.dubwright`),
      engine: { id: 'unit-selection', modelPath: null },
      overwrite: true,
    },
    { engine: listening(engine, given), cacheRoot: join(folder, 'cache') },
  );
  console.log(`\n${clip} with ${voiceName}`);
  if (given.film === null) continue;
  await using open = new AsyncDisposableStack();
  const context = { emit: () => undefined, signal: new AbortController().signal };
  const scene = await openScene(given.film, context, open);
  const scorer = await openScorer(scene, given.film, context, open);
  const voice = open.adopt(openPcmFile(given.voicePcmPath), (one) => one.close());
  if (scorer === null) throw new Error('no expert');
  for (const segment of report.segments) {
    if (segment.takeKey === null) continue;
    const takePath = join(given.film.cacheFolder, '../takes', `${segment.takeKey}.take`);
    const variants = await variantsOf(segment, takePath, { scorer, voice });
    all.push(...variants);
    const [{ sync }] = variants;
    const { film, original, take } = sync;
    console.log(
      `  ${segment.startSeconds.toFixed(1).padStart(5)} s, ${take.comparedSeconds.toFixed(1)} s: take ${text(take)}, ` +
        `original ${original ? text(original) : '-'}, film ${film ? text(film) : '-'}, ` +
        `movement ${sync.lipMovement.toFixed(2)} ${reviewTake(sync).reasons.join('; ')}`,
    );
  }
}
await engine.close();

function text({ confidence, evidence, offsetMs }: TakeSync['take']): string {
  return `${confidence.toFixed(2)} ${offsetMs.toFixed(0).padStart(4)} ms${evidence === 'low' ? ' (low)' : ''}`;
}

console.log(
  '\nmarked for review, of those with a second or more to compare; confidence against the film, quantiles',
);
for (const [name, own] of Map.groupBy(all, (variant) => variant.name)) {
  const judged = own.filter(({ sync }) => sync.take.comparedSeconds >= 1);
  const marked = judged.filter(({ sync }) => reviewTake(sync).needed).length;
  const ratios = judged
    .map(({ sync }) => sync.take.confidence / (sync.film?.confidence ?? NaN))
    .toSorted((a, b) => a - b);
  const at = (share: number): string => (ratios[Math.floor(share * (ratios.length - 1))] ?? NaN).toFixed(2);
  console.log(
    `  ${name.padEnd(16)} ${marked} of ${judged.length}   10 % ${at(0.1)}  50 % ${at(0.5)}  90 % ${at(0.9)}`,
  );
}
