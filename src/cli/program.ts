import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDubCommand } from './commands/dub.ts';
import { addFacesCommand } from './commands/faces.ts';
import { addProbeCommand } from './commands/probe.ts';
import { addProvidersCommand } from './commands/providers.ts';
import { addSyncCommand } from './commands/sync.ts';

const examples = `
Examples:
  $ dubwright demo
  $ dubwright dub speech.mp4 voice.wav -o dubbed.mp4
  $ dubwright dub speech.mp4 voice.wav -o dubbed.mp4 --project speech.dubwright --subtitles voice.srt
  $ dubwright faces debate.mp4
  $ dubwright sync speech.mp4
  $ dubwright dub debate.mp4 voice.wav -o dubbed.mp4 --face 2 --keep-original-audio -18
  $ dubwright dub speech.mp4 voice.wav -o dubbed.mp4 --engine generator --model wav2lip.onnx

Exit codes are listed in docs/errors.md.`;

/** The commands with their options; errors are thrown, never printed. */
export function buildProgram(): Command {
  const program = new Command('dubwright')
    .description("Makes a speaker's lips follow a translated voice.")
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', examples)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
  addDubCommand(program);
  addFacesCommand(program);
  addSyncCommand(program);
  addProbeCommand(program);
  addProvidersCommand(program);
  addDoctorCommand(program);
  addDemoCommand(program);
  return program;
}

/** The version in package.json. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const parsed = JSON.parse(text) as { readonly version: string };
  return parsed.version;
}
