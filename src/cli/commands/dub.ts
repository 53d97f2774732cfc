import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DubRequestInput } from '../../contract/dub.ts';
import { secondsOf } from '../film-time.ts';
import { oneOf, parseFacePlace, parseLevelDb, parseOrdinal } from '../parse/options.ts';
import type { FacePlace } from '../parse/options.ts';
import { parseTimeOffset } from '../parse/time.ts';
import type { TimePoint } from '../parse/time.ts';
import { usageError } from '../parse/usage.ts';
import { withSession } from '../session.ts';
import type { CommandSession } from '../session.ts';

/** What commander makes of the options, each already read by its own reader. */
interface DubOptions {
  readonly output: string;
  readonly project?: string;
  readonly subtitles?: string;
  readonly engine?: 'unit-selection' | 'generator';
  readonly model?: string;
  readonly face?: number;
  readonly faceAt?: FacePlace;
  readonly voiceStart?: TimePoint;
  readonly keepOriginalAudio?: number;
  readonly extend: 'cut' | 'hold';
  readonly between: 'keep' | 'rest';
  readonly codec: 'h264' | 'hevc' | 'prores' | 'ffv1';
  readonly provider?: string;
  readonly force?: true;
  readonly json?: true;
  readonly report?: string;
}

const examples = `
Times are 12.4s, 500ms, 1:02.5 or a frame, 310f.

Examples:
  $ dubwright dub speech.mp4 voice.wav -o dubbed.mp4
  $ dubwright dub speech.mov voice.flac -o dubbed.mov --codec prores --keep-original-audio -18
  $ dubwright dub debate.mp4 voice.wav -o dubbed.mp4 --face-at 12.4s:640,360 --voice-start 2.5s
  $ dubwright dub -o dubbed.mp4 -- -film.mp4 voice.wav`;

/** `dubwright dub FILM VOICE -o OUT`. */
export function addDubCommand(program: Command): void {
  program
    .command('dub')
    .description('make the lips in a film follow a voice, and write the finished film')
    .argument('<film>', 'the filmed speech')
    .argument('<voice>', 'the new voice: WAV, MP3, M4A, FLAC, OGG or a film with sound')
    .requiredOption('-o, --output <file>', 'the finished film: .mp4, .mov or .mkv')
    .option('--project <file>', 'project that keeps finished takes for the next run (made when missing)')
    .option('--subtitles <file>', 'SRT or VTT whose cues are the segments (default: the pauses of the voice)')
    .option(
      '--engine <name>',
      'unit-selection (default) or generator',
      oneOf('--engine', ['unit-selection', 'generator']),
    )
    .option('--model <file>', 'ONNX model of the generator, shaped like Wav2Lip')
    .option(
      '--face <number>',
      'whose lips, numbered as "dubwright faces" does (default: whoever speaks there)',
      parseOrdinal,
    )
    .option('--face-at <time:x,y>', 'whose lips, by a point of the picture', parseFacePlace)
    .option(
      '--voice-start <time>',
      'when the voice begins in the film; -0.5s skips its beginning',
      parseTimeOffset,
    )
    .option('--keep-original-audio <dB>', "mix the film's own sound under the voice, as in -18", parseLevelDb)
    .option(
      '--extend <how>',
      'a voice longer than the film: cut it, or hold the last frame',
      oneOf('--extend', ['cut', 'hold']),
      'cut',
    )
    .option(
      '--between <how>',
      'between subtitles: keep the filmed mouth, or let it rest',
      oneOf('--between', ['keep', 'rest']),
      'keep',
    )
    .option(
      '--codec <name>',
      'h264, hevc, prores or ffv1',
      oneOf('--codec', ['h264', 'hevc', 'prores', 'ffv1']),
      'h264',
    )
    .option('--provider <name>', 'execution provider, as "dubwright providers" names it')
    .option('--force', 'overwrite the output file')
    .option('--report <file>', 'write what was done, how fast and with what as JSON')
    .option('--json', 'print events and the report as lines of JSON')
    .addHelpText('after', examples)
    .action((film: string, voice: string, options: DubOptions) => {
      const engine = engineChoice(options);
      return withSession(async (session) => {
        const request = await dubRequest(session, { film: resolve(film), voice: resolve(voice) }, options);
        // The project store and its SQLite are for this command alone.
        const { runDub } = await import('../run-dub.ts');
        await runDub(session, { ...request, engine }, options.json === true);
      }, options.provider ?? null);
    });
}

/** A model means the generator; the generator means a model. */
function engineChoice({ engine, model }: DubOptions): DubRequestInput['engine'] {
  if (model === undefined && engine === 'generator')
    throw usageError('--engine generator needs --model FILE');
  if (model !== undefined && engine === 'unit-selection')
    throw usageError('--model belongs to --engine generator');
  return model === undefined
    ? { id: 'unit-selection', modelPath: null }
    : { id: 'generator', modelPath: resolve(model) };
}

async function dubRequest(
  session: CommandSession,
  { film, voice }: { readonly film: string; readonly voice: string },
  options: DubOptions,
): Promise<Omit<DubRequestInput, 'engine'>> {
  const { voiceStart } = options;
  return {
    sourcePath: film,
    voicePath: voice,
    outPath: resolve(options.output),
    projectPath: pathOrNull(options.project),
    subtitlesPath: pathOrNull(options.subtitles),
    reportPath: pathOrNull(options.report),
    codec: options.codec,
    overwrite: options.force === true,
    face: await faceChoice(session, film, options),
    voiceStartMs: voiceStart === undefined ? 0 : (await secondsOf(session, film, voiceStart)) * 1000,
    keepOriginalAudioDb: options.keepOriginalAudio ?? null,
    extend: options.extend,
    between: options.between,
  };
}

async function faceChoice(
  session: CommandSession,
  film: string,
  { face, faceAt }: DubOptions,
): Promise<NonNullable<DubRequestInput['face']>> {
  if (face !== undefined && faceAt !== undefined) throw usageError('give --face or --face-at, not both');
  if (face !== undefined) return { kind: 'person', personId: face };
  if (faceAt === undefined) return { kind: 'speaking' };
  return { kind: 'at', seconds: await secondsOf(session, film, faceAt.at), x: faceAt.x, y: faceAt.y };
}

function pathOrNull(path: string | undefined): string | null {
  return path === undefined ? null : resolve(path);
}
