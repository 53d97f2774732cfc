import { basename } from 'node:path';
import { clockText } from '../core/time/clock-text.ts';
import type { SyncReport, SyncScoreReport } from '../contract/sync-report.ts';

type Person = SyncReport['people'][number];
type Second = Person['seconds'][number];

/** Nobody sees less than this. */
const inSyncMs = 20;
/** Seconds whose offsets lie this close make one line. */
const sameOffsetMs = 50;
/** A person's timeline beyond this is cut; --json has all of it. */
const mostLines = 40;

/** A report in an editor's words: per person, per shot and over time. */
export function describeSync(report: SyncReport): string[] {
  const sound = report.voicePath === null ? 'its own sound' : basename(report.voicePath);
  const head = `${report.path} against ${sound}`;
  if (report.people.length === 0) return [head, 'No face was found, so there is nothing to compare.'];
  return [
    head,
    ...report.people.flatMap((person) => describePerson(person, report)),
    ...describeSpeakers(report),
  ];
}

function describePerson(person: Person, { tracks }: SyncReport): string[] {
  const own = tracks.filter(({ personId }) => personId === person.personId);
  const shots = own.map(
    (track) =>
      `  frames ${track.startFrame} to ${track.endFrame - 1} (shot ${track.shotIndex + 1}): ${verdict(track)}`,
  );
  return [`Face ${person.personId}: ${verdict(person)}`, ...shots, ...timeline(person)];
}

/** A score in words. */
export function verdict(score: SyncScoreReport): string {
  const { comparedSeconds, confidence, distance, evidence, offsetFrames, offsetMs } = score;
  if (offsetMs === null || offsetFrames === null) return 'never seen speaking';
  const figures = `confidence ${(confidence ?? 0).toFixed(2)}, distance ${(distance ?? 0).toFixed(2)}`;
  if (evidence === 'ok') return `${offsetWords(offsetMs, offsetFrames)}; ${figures}`;
  return comparedSeconds < 1
    ? `too little to go by (${comparedSeconds.toFixed(1)} s of speech with a visible mouth)`
    : `lips and sound do not agree at any offset (${figures})`;
}

/** "in sync", or "the sound is 80 ms late (2.0 frames)". */
export function offsetWords(offsetMs: number, offsetFrames: number): string {
  const ms = Math.round(Math.abs(offsetMs));
  if (ms < inSyncMs) return 'in sync';
  return `the sound is ${ms} ms ${offsetMs > 0 ? 'late' : 'early'} (${Math.abs(offsetFrames).toFixed(1)} frames)`;
}

/** Consecutive seconds that say the same. */
interface Stretch {
  readonly start: number;
  end: number;
  readonly kind: 'ok' | 'low' | 'none';
  readonly seconds: Second[];
}

function timeline({ seconds }: Person): string[] {
  const stretches = stretchesOf(seconds);
  const lines = stretches.slice(0, mostLines).map((stretch) => {
    const time = `${clockText(stretch.start)} – ${clockText(stretch.end)}`;
    return `  ${time.padEnd(17)}  ${stretchWords(stretch)}`;
  });
  const rest = stretches.length - lines.length;
  return rest > 0 ? [...lines, `  … and ${rest} more stretches; --json prints every second`] : lines;
}

function stretchesOf(seconds: readonly Second[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const second of seconds) {
    const kind = second.offsetMs === null ? 'none' : second.evidence;
    const last = stretches.at(-1);
    const isSame =
      last?.end === second.second &&
      last.kind === kind &&
      (kind !== 'ok' || Math.abs((second.offsetMs ?? 0) - medianOffset(last.seconds)) <= sameOffsetMs);
    if (isSame) {
      last.end = second.second + 1;
      last.seconds.push(second);
    } else stretches.push({ start: second.second, end: second.second + 1, kind, seconds: [second] });
  }
  return stretches;
}

function stretchWords({ kind, seconds }: Stretch): string {
  if (kind === 'none') return 'not seen speaking';
  if (kind === 'low') return 'unclear';
  const frames = median(seconds.map(({ offsetFrames }) => offsetFrames ?? 0));
  const confidence = median(seconds.map((second) => second.confidence ?? 0));
  return `${offsetWords(medianOffset(seconds), frames)}; confidence ${confidence.toFixed(2)}`;
}

function describeSpeakers({ speakers }: SyncReport): string[] {
  if (speakers.length === 0) return [];
  const lines = speakers.slice(0, mostLines).map(({ endSecond, personId, startSecond }) => {
    const time = `${clockText(startSecond)} – ${clockText(endSecond)}`;
    return `  ${time.padEnd(17)}  ${personId === null ? 'nobody clearly' : `face ${personId}`}`;
  });
  const rest = speakers.length - lines.length;
  return ['Who speaks:', ...lines, ...(rest > 0 ? [`  … and ${rest} more stretches`] : [])];
}

function medianOffset(seconds: readonly Second[]): number {
  return median(seconds.map(({ offsetMs }) => offsetMs ?? 0));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
