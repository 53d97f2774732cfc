import { ProgressDisplay } from './progress-display.ts';

/** What a command writes to: results on stdout, everything for watching eyes on stderr. */
export interface CommandConsole {
  /** One line of the result. */
  readonly print: (line: string) => void;
  /** One line of JSON on stdout; only where `--json` was asked for. */
  readonly printJson: (value: unknown) => void;
  /** A line on stderr, above the progress line. */
  readonly note: (text: string) => void;
  readonly progress: ProgressDisplay;
}

/** The console of this process. */
export function processConsole(): CommandConsole {
  // A reader that has gone (`| head`) is no error of ours; there is nobody left to write to.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const progress = new ProgressDisplay({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY,
    columns: () => process.stderr.columns,
    nowMs: () => performance.now(),
  });
  return {
    print: (line) => {
      progress.clear();
      process.stdout.write(`${line}\n`);
    },
    printJson: (value) => process.stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => progress.note(text),
    progress,
  };
}
