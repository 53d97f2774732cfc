import { durationText } from './duration-text.ts';

/** How far a stage has come; the shape of a job's progress event. */
export interface ShownProgress {
  readonly stage: string;
  readonly doneFrames: number;
  readonly totalFrames: number;
  /** Null until there is something to measure. */
  readonly framesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Where progress is written. */
export interface ProgressOutput {
  readonly write: (text: string) => void;
  /** True where a line can be written over; elsewhere a line is added now and then. */
  readonly isTerminal: boolean;
  /** Of the terminal, in characters. */
  readonly columns: () => number;
  readonly nowMs: () => number;
}

const stageNames: Readonly<Record<string, string>> = {
  probe: 'Reading the film',
  sound: 'Reading the sound',
  faces: 'Finding faces',
  segments: 'Cutting segments',
  speakers: 'Listening to the film',
  keys: 'Comparing takes',
  scores: 'Scoring takes',
  library: 'Collecting mouths',
  voice: 'Listening',
  syncnet: 'Asking SyncNet',
  render: 'Rendering lips',
  export: 'Writing the film',
};
const redrawMs = 100;
const lineEveryMs = 5000;
const lineEveryShare = 0.1;
const lineAtMostEveryMs = 1000;
const barWidth = 24;
const eraseLine = '\r\u001b[2K';

/** One line of progress on a terminal, or a line every few seconds where the output is a file or a pipe. */
export class ProgressDisplay {
  readonly #output: ProgressOutput;
  #stage = '';
  #lastDrawnMs = -Infinity;
  #lastShare = 0;
  #isLineOpen = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** Takes every progress event; draws as often as makes sense. */
  update(progress: ShownProgress): void {
    const now = this.#output.nowMs();
    const isNewStage = progress.stage !== this.#stage;
    if (isNewStage) {
      this.#stage = progress.stage;
      this.#lastShare = 0;
    }
    const share = progress.totalFrames > 0 ? Math.min(1, progress.doneFrames / progress.totalFrames) : 0;
    const isEnd = share >= 1 && this.#lastShare < 1;
    if (!isNewStage && !isEnd && !this.#isDue(now, share)) return;
    this.#lastDrawnMs = now;
    this.#lastShare = share;
    this.#draw(this.#line(progress, share), isEnd);
  }

  /** A line of its own, above the progress. */
  note(text: string): void {
    this.clear();
    this.#output.write(`${text}\n`);
  }

  /** Takes the progress line away, so that something else can be written. */
  clear(): void {
    if (this.#isLineOpen) this.#output.write(eraseLine);
    this.#isLineOpen = false;
  }

  #isDue(now: number, share: number): boolean {
    const sinceMs = now - this.#lastDrawnMs;
    if (this.#output.isTerminal) return sinceMs >= redrawMs;
    const isFarther = share - this.#lastShare >= lineEveryShare && sinceMs >= lineAtMostEveryMs;
    return isFarther || sinceMs >= lineEveryMs;
  }

  #draw(line: string, isEnd: boolean): void {
    if (!this.#output.isTerminal) {
      this.#output.write(`${line}\n`);
      return;
    }
    this.#output.write(`${eraseLine}${line.slice(0, Math.max(20, this.#output.columns() - 1))}`);
    this.#isLineOpen = true;
    if (isEnd) {
      this.#output.write('\n');
      this.#isLineOpen = false;
    }
  }

  #line(progress: ShownProgress, share: number): string {
    const name = (stageNames[progress.stage] ?? progress.stage).padEnd(17);
    const filled = Math.round(share * barWidth);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`;
    const count = `${progress.doneFrames}/${progress.totalFrames} frames`;
    const { framesPerSecond, secondsLeft } = progress;
    const parts = [name, bar, `${Math.floor(share * 100)} %`.padStart(5), count];
    if (framesPerSecond !== null) parts.push(`${framesPerSecond.toFixed(1)} frames/s`);
    if (share < 1) {
      parts.push(secondsLeft === null ? 'estimating…' : `${durationText(secondsLeft * 1000)} left`);
    }
    return parts.join('  ');
  }
}
