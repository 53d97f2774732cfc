import type { EngineEvent } from './tasks.ts';

/**
 * Lets a progress event through when its stage is new, when it is the stage's last, or when `intervalMs` have passed:
 * a stage may report every frame without flooding the channel. Other events pass at once.
 */
export function throttleProgress(
  emit: (event: EngineEvent) => void,
  intervalMs: number,
  nowMs: () => number = () => performance.now(),
): (event: EngineEvent) => void {
  const lastSentMs = new Map<string, number>();
  return (event) => {
    if (event.kind === 'progress') {
      const { stage, doneFrames, totalFrames } = event.progress;
      const last = lastSentMs.get(stage);
      const isFinal = doneFrames >= totalFrames;
      if (last !== undefined && !isFinal && nowMs() - last < intervalMs) return;
      lastSentMs.set(stage, nowMs());
    }
    emit(event);
  };
}
