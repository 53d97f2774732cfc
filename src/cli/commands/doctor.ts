import type { Command } from 'commander';
import { examine } from '../../studio/doctor-service.ts';
import { withSession } from '../session.ts';
import type { CommandSession } from '../session.ts';

/** `dubwright doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('say which tools and models are used here, and what is wrong with them')
    .option('--json', 'print one line of JSON')
    .action((options: { readonly json?: true }) =>
      withSession((session) => doctor(session, options.json === true)),
    );
}

async function doctor({ console, studio, signal }: CommandSession, isJson: boolean): Promise<void> {
  const checks = await examine(studio, signal);
  if (isJson) {
    console.printJson({ kind: 'doctor', checks });
    return;
  }
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, state, finding, remedy } of checks) {
    console.print(`${state.padEnd(8)} ${name.padEnd(width)}  ${finding}`);
    if (remedy !== null) console.print(`${' '.repeat(width + 11)}Remedy: ${remedy}`);
  }
}
