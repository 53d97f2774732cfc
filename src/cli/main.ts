import { CommanderError } from 'commander';
import { enterCallersFolder } from './callers-folder.ts';
import { usageError } from './parse/usage.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { isDebug } from './session.ts';

/**
 * The command line.
 * @param args what follows the program's name
 * @returns the exit code: 0, or the one that docs/errors.md gives for the error
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    enterCallersFolder();
    await buildProgram().parseAsync([...args], { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    return reportError(thrown instanceof CommanderError ? asUsageError(thrown) : thrown, {
      writeStderr: (text) => process.stderr.write(text),
      printJson: args.includes('--json')
        ? (value) => process.stdout.write(`${JSON.stringify(value)}\n`)
        : null,
      isDebug: isDebug(),
    });
  }
}

/** commander says "error: unknown option '--x'", sometimes with a second line of advice. */
function asUsageError(thrown: CommanderError): Error {
  const [problem = ''] = thrown.message.replace(/^error: /, '').split('\n');
  return usageError(problem === '(outputHelp)' ? 'name a command' : problem);
}
