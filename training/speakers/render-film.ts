import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { feedFfmpeg, wavBytes } from '../../scripts/demo/encode.ts';
import { mouthTrack } from '../../scripts/demo/mouth-track.ts';
import { renderInThreads } from '../../scripts/demo/render-pool.ts';
import { openFilm, type FilmPlan } from '../../scripts/demo/render-speaker.ts';
import { seededRandom } from '../../scripts/demo/random.ts';
import { measureTruth } from '../../scripts/demo/truth.ts';
import { fitSpeech, speechOf } from './speech.ts';
import type { SpeakerPlan } from './speaker-plan.ts';

/** How large and how long. */
export interface RenderOptions {
  /** Side of the square picture, pixels. */
  readonly size: number;
  readonly atMostSeconds: number;
  readonly threads: number;
  /** The film (Matroska); its truth lies beside it with `.json` in place of `.mkv`. */
  readonly path: string;
}

/**
 * Renders one speaker: H.264 without B-frames and almost without loss, FLAC, Matroska. Frame i shows the mouth of
 * (i + 0.5) / rate seconds, the middle of its showing; sound and picture both start at 0 and neither codec delays, so
 * that the true offset of sound against picture is 0 by construction. The film appears when it is complete.
 * @throws Error with the words of ffmpeg or of espeak-ng's helper
 */
export async function renderFilm(plan: SpeakerPlan, options: RenderOptions): Promise<{ frameCount: number }> {
  const { num, den } = plan.frameRate;
  const rate = num / den;
  const { language, voice, wordsPerMinute, pitch, seed } = plan;
  const random = seededRandom(seed * 104_729 + 11);
  const spoken = speechOf({
    ...{ language, voice, wordsPerMinute, pitch, random },
    atMostSeconds: options.atMostSeconds,
  });
  const frameCount = Math.ceil((spoken.samples.length / spoken.sampleRateHz) * rate);
  const utterance = fitSpeech(spoken, frameCount / rate);
  const track = mouthTrack(utterance, frameCount, rate);
  const film: FilmPlan = {
    look: plan.look,
    mouths: track.shapes,
    acting: { liveliness: plan.liveliness, seed, blinkFrames: [] },
    shots: [{ startFrame: 0, stage: plan.stage }],
    frameRate: rate,
    width: options.size,
    height: options.size,
    textureSize: 768,
  };
  await encode(film, options, { frameRate: `${num}/${den}`, utterance });
  const opened = openFilm({ ...film, textureSize: 64 });
  const { speaker, poses } = opened;
  const truth = measureTruth({ utterance, track, frameRate: rate }, { speaker, poses, film: opened });
  const { sex, frameRate } = plan;
  writeFileSync(
    options.path.replace(/\.mkv$/, '.json'),
    JSON.stringify({
      ...truth,
      ...{ seed, sex, voice, wordsPerMinute, pitch, frameRate },
      ...{ language: language.code, offsetMs: 0, size: options.size },
    }),
  );
  return { frameCount };
}

async function encode(
  film: FilmPlan,
  options: RenderOptions,
  shown: {
    readonly frameRate: string;
    readonly utterance: { readonly samples: Int16Array; readonly sampleRateHz: number };
  },
): Promise<void> {
  const sound = `${options.path}.wav`;
  const unfinished = options.path.replace(/\.mkv$/, '.part.mkv');
  const side = `${film.width}x${film.height}`;
  const picture = `-f rawvideo -pix_fmt rgb24 -s ${side} -r ${shown.frameRate} -i pipe:0`.split(' ');
  const colour = '-color_primaries bt709 -color_trc bt709 -colorspace bt709'.split(' ');
  const h264 = '-c:v libx264 -preset veryfast -crf 12 -bf 0 -threads 1'.split(' ');
  writeFileSync(sound, wavBytes(shown.utterance.samples, shown.utterance.sampleRateHz));
  try {
    await feedFfmpeg(
      [
        ...[...picture, '-i', sound, '-map', '0:v', '-map', '1:a'],
        ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv', '-pix_fmt', 'yuv420p', ...colour, ...h264],
        ...['-c:a', 'flac', '-map_metadata', '-1', '-fflags', '+bitexact', unfinished],
      ],
      renderInThreads(film, options.threads),
    );
    renameSync(unfinished, options.path);
  } finally {
    rmSync(sound, { force: true });
    rmSync(unfinished, { force: true });
  }
}
