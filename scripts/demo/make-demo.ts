/**
 * Makes resources/demo anew: `node scripts/demo/make-demo.ts [folder]`. Needs espeak-ng's library and Python 3 (for
 * the voices) and two minutes of processor time. Everything else that uses the demo reads the committed files.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cutFrame, demoPlan } from './demo-plan.ts';
import { feedFfmpeg, wavBytes } from './encode.ts';
import { mouthTrack } from './mouth-track.ts';
import { perform } from './performance.ts';
import { renderInThreads } from './render-pool.ts';
import { openFilm } from './render-speaker.ts';
import type { FilmPlan } from './render-speaker.ts';
import { demoFrameRate, demoFrames, script, voices } from './speech-script.ts';
import { formatSrt } from './srt.ts';
import { formatTruth, measureTruth } from './truth.ts';
import { speak } from './utterance.ts';

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../../resources/demo', import.meta.url)));
const seconds = demoFrames / demoFrameRate;

async function encodeFilm(plan: FilmPlan, sound: string): Promise<void> {
  const picture = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${plan.width}x${plan.height}`];
  const colour = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'];
  await feedFfmpeg(
    [
      ...[
        ...picture,
        '-r',
        String(plan.frameRate),
        '-i',
        'pipe:0',
        '-i',
        sound,
        '-map',
        '0:v',
        '-map',
        '1:a',
      ],
      ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv', '-pix_fmt', 'yuv420p', ...colour],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryslow',
        '-crf',
        '19',
        '-tune',
        'grain',
        '-maxrate',
        '1400k',
        '-bufsize',
        '2800k',
      ],
      ...[
        '-c:a',
        'aac',
        '-b:a',
        '96k',
        '-movflags',
        '+faststart',
        '-map_metadata',
        '-1',
        '-fflags',
        '+bitexact',
      ],
      ...['-metadata:s:a:0', 'language=nld', join(folder, 'speech.mp4')],
    ],
    withProgress(plan),
  );
}

async function* withProgress(plan: FilmPlan): AsyncGenerator<Uint8Array> {
  const started = performance.now();
  let done = 0;
  for await (const picture of renderInThreads(plan, Math.min(8, availableParallelism()))) {
    yield picture;
    done++;
    if (done % 25 === 0) {
      const rate = done / ((performance.now() - started) / 1000);
      console.log(`${done} of ${plan.mouths.length} frames, ${rate.toFixed(2)} a second`);
    }
  }
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const dutch = speak(
    script.map((line) => line.dutch),
    voices.dutch,
    seconds,
  );
  const english = speak(
    script.map((line) => line.english),
    voices.english,
    seconds,
  );
  const dutchTrack = mouthTrack(dutch, demoFrames, demoFrameRate);
  const englishTrack = mouthTrack(english, demoFrames, demoFrameRate);
  const plan = demoPlan(dutchTrack.shapes);
  const film = openFilm({ ...plan, textureSize: 256 });
  const { speaker, poses } = film;
  const speechTruth = measureTruth(
    { utterance: dutch, track: dutchTrack, frameRate: demoFrameRate },
    { speaker, poses, film },
  );
  const voiceTruth = measureTruth(
    { utterance: english, track: englishTrack, frameRate: demoFrameRate },
    { speaker, poses: perform(englishTrack.shapes, plan.acting, demoFrameRate) },
  );
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, name), content);
  write('truth-speech.json', formatTruth({ ...speechTruth, shotStarts: [0, cutFrame] }));
  write('truth-voice.json', formatTruth(voiceTruth));
  write('voice.wav', wavBytes(english.samples, english.sampleRateHz));
  write('voice.srt', formatSrt(english.sentences));
  const sound = join(folder, 'speech.tmp.wav');
  write('speech.tmp.wav', wavBytes(dutch.samples, dutch.sampleRateHz));
  try {
    await encodeFilm(plan, sound);
  } finally {
    rmSync(sound, { force: true });
  }
}

await main();
