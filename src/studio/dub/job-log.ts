import { performance } from 'node:perf_hooks';
import { DubwrightError } from '../../contract/errors.ts';
import { dubStages } from '../../contract/dub.ts';
import type { DubEvent, DubStage } from '../../contract/dub.ts';
import { ProgressMeter } from '../../core/time/progress-rate.ts';
import type { EngineEvent } from '../../engine/host/tasks.ts';

/** What happened during a job: times each stage, gathers notes and warnings, and tells whoever watches. */
export class JobLog {
  readonly notes: string[] = [];
  readonly warnings: string[] = [];
  readonly stageMs: Record<string, number> = {};
  readonly #onEvent: (event: DubEvent) => void;
  readonly #signal: AbortSignal;
  readonly #meters = new Map<DubStage, ProgressMeter>();
  readonly #seenMs = new Map<DubStage, { readonly firstMs: number; lastMs: number }>();
  readonly #remarks = new Set<string>();
  readonly #startMs = performance.now();

  constructor(onEvent: (event: DubEvent) => void, signal: AbortSignal) {
    this.#onEvent = onEvent;
    this.#signal = signal;
  }

  /** Milliseconds since the job began. */
  get elapsedMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Runs one stage and notes how long it took; does not begin it once the job is cancelled. */
  async stage<T>(stage: DubStage, work: () => Promise<T> | T): Promise<T> {
    if (this.#signal.aborted) throw new DubwrightError('CANCELLED');
    const beganMs = performance.now();
    this.#onEvent({ kind: 'stage-started', stage });
    try {
      return await work();
    } finally {
      const elapsedMs = performance.now() - beganMs;
      this.addStageMs(stage, elapsedMs);
      this.#onEvent({ kind: 'stage-finished', stage, elapsedMs });
    }
  }

  addStageMs(name: string, elapsedMs: number): void {
    this.stageMs[name] = Math.round((this.stageMs[name] ?? 0) + elapsedMs);
  }

  /** Milliseconds of every stage; those that the engine alone knows of, from their first progress to their last. */
  allStageMs(): Record<string, number> {
    const times = { ...this.stageMs };
    for (const [stage, { firstMs, lastMs }] of this.#seenMs) times[stage] ??= Math.round(lastMs - firstMs);
    return times;
  }

  note(text: string): void {
    this.notes.push(text);
    this.#onEvent({ kind: 'note', text });
  }

  /** Says a remark about a part of the film unless it was said about another part before. */
  noteOnce(text: string, where: string): void {
    if (this.#remarks.has(text)) return;
    this.#remarks.add(text);
    this.note(`${where}: ${text}`);
  }

  /** Said once, however often it comes up. */
  warn(text: string): void {
    if (this.warnings.includes(text)) return;
    this.warnings.push(text);
    this.#onEvent({ kind: 'warning', text });
  }

  emit(event: DubEvent): void {
    this.#onEvent(event);
  }

  /** Passes on what the engine says; takes are the renderer's business. */
  readonly fromEngine = (event: EngineEvent): void => {
    if (event.kind === 'warning') this.warn(event.text);
    if (event.kind !== 'progress') return;
    const { doneFrames, totalFrames } = event.progress;
    const stage = dubStages.find((name) => name === event.progress.stage);
    // The engine knows more stages than a dub has.
    if (stage === undefined) return;
    const meter = this.#meters.get(stage) ?? new ProgressMeter();
    this.#meters.set(stage, meter);
    const nowMs = performance.now();
    const seen = this.#seenMs.get(stage) ?? { firstMs: nowMs, lastMs: nowMs };
    this.#seenMs.set(stage, seen);
    seen.lastMs = nowMs;
    const rate = meter.add(nowMs, doneFrames, totalFrames);
    this.#onEvent({ kind: 'progress', stage, doneFrames, totalFrames, ...rate });
  };
}
