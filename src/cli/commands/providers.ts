import type { Command } from 'commander';
import { withSession } from '../session.ts';
import type { CommandSession } from '../session.ts';

/** `dubwright providers`. */
export function addProvidersCommand(program: Command): void {
  program
    .command('providers')
    .description('measure the execution providers (CPU, WebGPU, CUDA …) and say which one is used for what')
    .option('--refresh', 'measure again instead of using the last measurement')
    .option('--json', 'print one line of JSON')
    .action((options: { readonly refresh?: true; readonly json?: true }) =>
      withSession((session) => providers(session, options.refresh === true, options.json === true)),
    );
}

async function providers(
  { console, studio, signal }: CommandSession,
  refresh: boolean,
  isJson: boolean,
): Promise<void> {
  const { cacheFolder } = studio;
  const { measurements, chosen } = await studio.engine.call(
    'providers',
    { refresh, cacheFolder },
    { signal },
  );
  if (isJson) {
    console.printJson({ kind: 'providers', measurements, chosen });
    return;
  }
  for (const measurement of measurements) {
    const { provider, available, agreesWithCpu, note } = measurement;
    const state = !available ? 'not here' : agreesWithCpu ? 'right' : 'WRONG';
    console.print(`${provider.padEnd(9)} ${state.padEnd(9)} ${note}`.trimEnd());
    for (const [model, ms] of Object.entries(measurement.medianMs)) {
      const difference = measurement.maxDifference[model];
      const against =
        difference === undefined ? '' : `, differs from the CPU by ${difference.toExponential(1)}`;
      console.print(`  ${model.padEnd(14)} ${ms.toFixed(2)} ms${against}`);
    }
  }
  for (const [use, provider] of Object.entries(chosen)) console.print(`used for ${use}: ${provider}`);
}
