/** npm and a terminal both pass one Ctrl-C on; a person needs longer for a second one. */
const sameKeyMs = 300;
/** Work that has not let go by then is left behind: Ctrl-C takes less than a second. */
const letGoMs = 900;

/** What Ctrl-C does while a command runs. */
export interface InterruptOptions {
  /** The exit code of a command that was stopped. */
  readonly exitCode: number;
  /** Called before the process is left while work is still open. */
  readonly onForcedExit: () => void;
}

/**
 * Runs `work` with a signal that Ctrl-C (also SIGTERM, a closed terminal, a dead launcher) aborts. A second Ctrl-C, or work that
 * does not stop in time, ends the process at once; the engine process ends with it, because its channel closes.
 */
export async function interruptible<Result>(
  options: InterruptOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let firstMs: number | null = null;
  const leave = (): never => {
    options.onForcedExit();
    process.exit(options.exitCode);
  };
  const stop = (): void => {
    const now = performance.now();
    if (firstMs === null) {
      firstMs = now;
      controller.abort();
      setTimeout(leave, letGoMs).unref();
    } else if (now - firstMs > sameKeyMs) leave();
  };
  const stopListening = listen(stop);
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}

function listen(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  const hasLauncher = process.env['DUBWRIGHT_LAUNCHED'] === '1' && process.channel !== undefined;
  if (hasLauncher) {
    process.on('disconnect', stop);
    process.channel?.unref();
  }
  return () => {
    for (const signal of signals) process.off(signal, stop);
    if (hasLauncher) process.off('disconnect', stop);
  };
}
