import { basename } from 'node:path';
import type { SyncReport } from '../../contract/sync-report.ts';
import { clockText } from '../../core/time/clock-text.ts';
import { panelOf, roundTicks, timeTicks, type Axis, type Panel } from './panel.ts';
import { element, polyline, textAt } from './svg.ts';

/** Okabe and Ito's colours, which everybody can tell apart (https://jfly.uni-koeln.de/color/), darkest first. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555', '#b8a500'];
const width = 1200;
const chart = { left: 90, width: 820 };
const legendLeft = chart.left + chart.width + 24;
const searchMs = 600;

type Whole = SyncReport['tracks'][number] | SyncReport['people'][number];

/** One line of the charts and its name. */
interface Series {
  readonly name: string;
  readonly note: string;
  readonly colour: string;
  readonly whole: Whole;
}

/**
 * Draws a report as SVG: distance over offset for every track, confidence and offset over time for every person. At most
 * eight of each, those with most speech; the picture says how many are left out.
 */
export function syncFigure(report: SyncReport): string {
  const tracks = seriesOf(
    report.tracks,
    ({ personId, shotIndex }) => `Face ${personId}, shot ${shotIndex + 1}`,
  );
  const people = seriesOf(report.people, ({ personId }) => `Face ${personId}`);
  const endSecond = Math.max(1, filmSeconds(report));
  const parts = [
    heading(report),
    distancePanel(tracks),
    confidencePanel(people, endSecond),
    offsetPanel(people, endSecond),
    legend(130, 'Tracks', tracks, report.tracks.length),
    legend(480, 'People', people, report.people.length),
    textAt(legendLeft, 770, 'filled: enough to go by', { size: 12 }),
    textAt(legendLeft, 788, 'hollow: too little evidence', { size: 12 }),
  ];
  const height = 1050;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': 'DejaVu Sans, sans-serif',
    },
    [element('rect', { width, height, fill: '#ffffff' }), ...parts],
  );
}

function heading(report: SyncReport): string {
  const sound =
    report.voicePath === null ? "the film's own sound" : `the sound of ${basename(report.voicePath)}`;
  return [
    textAt(chart.left - 60, 40, clipped(basename(report.path), 80), { size: 22, weight: 'bold' }),
    textAt(chart.left - 60, 64, clipped(`Lips against ${sound}`, 120), { size: 14 }),
  ].join('');
}

function distancePanel(series: readonly Series[]): string {
  const values = series.flatMap(({ whole }) => whole.distances);
  const [from, to] = spanOf(values, [0.8, 1.5], 0.05);
  const panel = panelOf(
    'Distance between lips and sound, by offset',
    { ...chart, top: 110, height: 260 },
    {
      label: 'offset in ms (left: the sound is early, right: late)',
      from: -searchMs,
      to: searchMs,
      ticks: [-600, -400, -200, 0, 200, 400, 600],
      tickText: (value) => (value > 0 ? `+${value}` : String(value)),
    },
    { label: 'mean distance', from, to, ticks: roundTicks(from, to, 6), tickText: decimals(from, to) },
  );
  const lines = series.map(({ colour, whole }) => {
    const { distances } = whole;
    const step = (2 * searchMs) / Math.max(1, distances.length - 1);
    const points = distances.map((value, i) => [panel.x(-searchMs + i * step), panel.y(value)] as const);
    const lowest = points.at(distances.indexOf(Math.min(...distances)));
    const mark = lowest === undefined ? '' : dot(lowest, colour, whole.evidence === 'ok', 4.5);
    return polyline(points, colour) + mark;
  });
  const zero = element('line', {
    x1: panel.x(0),
    x2: panel.x(0),
    y1: panel.y(from),
    y2: panel.y(to),
    stroke: '#888888',
    'stroke-dasharray': '4 4',
  });
  return [panel.frame, zero, ...lines].join('');
}

function timeAxis(endSecond: number): Axis {
  return { label: 'time', from: 0, to: endSecond, ticks: timeTicks(endSecond, 10), tickText: clockText };
}

function confidencePanel(series: readonly Series[], endSecond: number): string {
  const values = series.flatMap(({ whole }) => whole.seconds.flatMap(({ confidence }) => confidence ?? []));
  const to = values.reduce((most, value) => Math.max(most, value * 1.08), 0.4);
  const panel = panelOf('Confidence', { ...chart, top: 460, height: 210 }, timeAxis(endSecond), {
    label: 'confidence',
    from: 0,
    to,
    ticks: roundTicks(0, to, 4),
    tickText: decimals(0, to),
  });
  return panel.frame + secondsOf(panel, series, ({ confidence }) => confidence);
}

function offsetPanel(series: readonly Series[], endSecond: number): string {
  const panel = panelOf('Offset of the sound', { ...chart, top: 760, height: 210 }, timeAxis(endSecond), {
    label: 'ms, above 0: late',
    from: -searchMs,
    to: searchMs,
    ticks: [-600, -400, -200, 0, 200, 400, 600],
    tickText: (value) => (value > 0 ? `+${value}` : String(value)),
  });
  return panel.frame + secondsOf(panel, series, ({ offsetMs }) => offsetMs);
}

type Second = Whole['seconds'][number];

/** A line through the seconds with evidence, dots for all; beyond a few minutes dots would only cover one another. */
function secondsOf(panel: Panel, series: readonly Series[], read: (second: Second) => number | null): string {
  return series
    .flatMap(({ colour, whole }) => {
      const radius = whole.seconds.length > 300 ? 1.2 : 3;
      const place = (second: Second): readonly [number, number] => [
        panel.x(second.second + 0.5),
        panel.y(Math.min(Math.max(read(second) ?? 0, -searchMs), searchMs)),
      ];
      const known = whole.seconds.filter((second) => read(second) !== null);
      const runs = runsWithEvidence(known).map((run) => polyline(run.map(place), colour, 1.5));
      return [
        ...runs,
        ...known.map((second) => dot(place(second), colour, second.evidence === 'ok', radius)),
      ];
    })
    .join('');
}

/** Unbroken stretches of seconds that can be relied on. */
function runsWithEvidence(seconds: readonly Second[]): Second[][] {
  const runs: Second[][] = [];
  for (const second of seconds) {
    if (second.evidence !== 'ok') continue;
    const last = runs.at(-1);
    if (last?.at(-1)?.second === second.second - 1) last.push(second);
    else runs.push([second]);
  }
  return runs.filter((run) => run.length > 1);
}

function dot([cx, cy]: readonly [number, number], colour: string, isFilled: boolean, r: number): string {
  const fill = isFilled ? colour : '#ffffff';
  return element('circle', {
    cx,
    cy,
    r,
    fill,
    stroke: colour,
    'stroke-width': 1,
    opacity: isFilled ? 1 : 0.55,
  });
}

function legend(top: number, title: string, series: readonly Series[], total: number): string {
  const rows = series.map(({ colour, name, note }, i) => {
    const y = top + 26 + i * 38;
    return [
      element('rect', { x: legendLeft, y: y - 10, width: 18, height: 6, fill: colour }),
      textAt(legendLeft + 26, y - 2, name, { size: 13 }),
      textAt(legendLeft + 26, y + 14, note, { size: 11, fill: '#666666' }),
    ].join('');
  });
  const rest = total - series.length;
  const more =
    rest > 0 ? [textAt(legendLeft, top + 26 + series.length * 38, `and ${rest} more`, { size: 12 })] : [];
  const none = series.length === 0 ? [textAt(legendLeft, top + 24, 'no face with speech', { size: 12 })] : [];
  return [textAt(legendLeft, top, title, { size: 14, weight: 'bold' }), ...rows, ...more, ...none].join('');
}

const mostSeries = colours.length;

function seriesOf<One extends Whole>(wholes: readonly One[], name: (whole: One) => string): Series[] {
  const compared = wholes.filter(({ comparedSeconds }) => comparedSeconds > 0);
  const most = new Set(
    compared.toSorted((a, b) => b.comparedSeconds - a.comparedSeconds).slice(0, mostSeries),
  );
  return compared
    .filter((whole) => most.has(whole))
    .map((whole, i) => ({
      name: name(whole),
      note: noteOn(whole),
      colour: colours[i] ?? '#000000',
      whole,
    }));
}

function noteOn({ confidence, evidence, offsetMs }: Whole): string {
  if (evidence === 'low' || offsetMs === null) return 'too little evidence';
  const ms = Math.round(offsetMs);
  return `${ms > 0 ? '+' : ''}${ms} ms, confidence ${(confidence ?? 0).toFixed(2)}`;
}

function filmSeconds({ frameCount, frameRate, people }: SyncReport): number {
  const last = Math.max(0, ...people.map(({ seconds }) => (seconds.at(-1)?.second ?? -1) + 1));
  return Math.max(last, (frameCount * frameRate.den) / Math.max(frameRate.num, 1));
}

/** The span of some values with a margin; `usual` when there are none. */
function spanOf(
  values: readonly number[],
  usual: readonly [number, number],
  margin: number,
): [number, number] {
  if (values.length === 0) return [usual[0], usual[1]];
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  return [low - margin, high + margin];
}

/** As many decimals as the ticks of a span need. */
function decimals(from: number, to: number): (value: number) => string {
  const digits = to - from < 0.4 ? 2 : 1;
  return (value) => value.toFixed(digits);
}

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
