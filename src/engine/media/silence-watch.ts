/** How long a tool may work without a sign of life before it counts as stuck. */
export const toolSilenceMs = 45_000;

/** Notices a tool that neither speaks nor delivers while somebody waits for it. */
export interface SilenceWatch {
  /** A sign of life. */
  heard(): void;
  /** Somebody begins to wait for the tool; the clock starts. */
  begin(): void;
  /** Nobody waits any more; the tool may rest as long as it likes. */
  end(): void;
  /** What to do about a stuck tool: stop it. */
  onSilence(action: () => void): void;
  isStuck(): boolean;
}

/** Makes a watch that is not yet waiting. */
export function silenceWatch(limitMs = toolSilenceMs): SilenceWatch {
  let timer: NodeJS.Timeout | null = null;
  let isStuck = false;
  let react: (() => void) | null = null;
  const end = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    heard: () => void timer?.refresh(),
    begin() {
      end();
      timer = setTimeout(() => {
        isStuck = true;
        react?.();
      }, limitMs);
    },
    end,
    onSilence(action) {
      react = action;
    },
    isStuck: () => isStuck,
  };
}
