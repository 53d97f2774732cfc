import type { DubEvent, DubReport, DubRequestInput } from '../contract/dub.ts';
import { dub } from '../studio/dub-service.ts';
import { reviewLines } from './review-lines.ts';
import type { CommandSession } from './session.ts';
import { durationText } from './terminal/duration-text.ts';

/** Runs a job with its events on screen (or as lines of JSON) and its summary at the end. */
export async function runDub(
  session: CommandSession,
  request: DubRequestInput,
  isJson: boolean,
): Promise<DubReport> {
  const { console, studio, signal } = session;
  const onEvent = isJson ? (event: DubEvent): void => console.printJson(event) : showEvents(session);
  const report = await dub(request, { engine: studio.engine, onEvent, signal });
  if (isJson) console.printJson({ kind: 'report', ...report });
  else for (const line of summary(report)) console.print(line);
  return report;
}

function showEvents({ console }: CommandSession): (event: DubEvent) => void {
  return (event) => {
    if (event.kind === 'progress') console.progress.update(event);
    else if (event.kind === 'note') console.note(`note: ${event.text}`);
    else if (event.kind === 'warning') console.note(`warning: ${event.text}`);
  };
}

/** What was done, in a few lines; the last one is the film's name. */
export function summary(report: DubReport): string[] {
  const { exported, frameCount, framesPerSecond, patchedFrames, totalMs } = report;
  const { renderedSegments, reusedSegments, skippedSegments } = report;
  const segments = [
    `${renderedSegments} rendered`,
    `${reusedSegments} reused`,
    ...(skippedSegments > 0 ? [`${skippedSegments} left as filmed`] : []),
  ].join(', ');
  const megabytes = Math.round(report.peakMemoryBytes / 1e6);
  return [
    `${report.segments.length} ${report.segments.length === 1 ? 'segment' : 'segments'}: ${segments}.`,
    ...reviewLines(report),
    `${patchedFrames} of ${frameCount} frames have new lips; ${durationText(totalMs)}, ` +
      `${framesPerSecond.toFixed(1)} frames/s, at most ${megabytes} MB of memory.`,
    `${exported ? 'Written' : 'Up to date'}: ${report.outPath}`,
  ];
}
