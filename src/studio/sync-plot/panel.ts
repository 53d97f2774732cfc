import { element, textAt } from './svg.ts';

/** One axis: which numbers it spans and where its ticks stand. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly tickText: (value: number) => string;
}

/** A chart's place in the picture, in pixels: the frame around the data, without labels. */
export interface PanelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A chart with its axes, ready for lines. */
export interface Panel {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Frame, grid, ticks and labels. */
  readonly frame: string;
}

const grid = '#e2e2e2';
const ink = '#333333';

/** Lays out a chart. */
export function panelOf(title: string, box: PanelBox, across: Axis, up: Axis): Panel {
  const { height, left, top, width } = box;
  const x = (value: number): number => left + ((value - across.from) / (across.to - across.from)) * width;
  const y = (value: number): number => top + height - ((value - up.from) / (up.to - up.from)) * height;
  const line = (x1: number, y1: number, x2: number, y2: number): string =>
    element('line', { x1, y1, x2, y2, stroke: grid, 'stroke-width': 1 });
  const middleX = left + width / 2;
  const middleY = top + height / 2;
  return {
    x,
    y,
    frame: [
      textAt(left, top - 12, title, { size: 15, weight: 'bold' }),
      ...across.ticks.flatMap((tick) => [
        line(x(tick), top, x(tick), top + height),
        textAt(x(tick), top + height + 18, across.tickText(tick), { size: 12, anchor: 'middle' }),
      ]),
      ...up.ticks.flatMap((tick) => [
        line(left, y(tick), left + width, y(tick)),
        textAt(left - 8, y(tick) + 4, up.tickText(tick), { size: 12, anchor: 'end' }),
      ]),
      element('rect', { x: left, y: top, width, height, fill: 'none', stroke: ink, 'stroke-width': 1 }),
      textAt(middleX, top + height + 38, across.label, { anchor: 'middle' }),
      element('g', { transform: `rotate(-90 ${left - 58} ${middleY})` }, [
        textAt(left - 58, middleY, up.label, { anchor: 'middle' }),
      ]),
    ].join(''),
  };
}

/** Round numbers over a span: at most `most` of them, in steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(from: number, to: number, most: number): number[] {
  const rough = (to - from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough;
  return ticksEvery(from, to, step);
}

/** Times over a span of seconds, at most `most` of them, on whole seconds, minutes or hours. */
export function timeTicks(to: number, most: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000];
  const step = steps.find((size) => to / size <= most) ?? 36_000;
  return ticksEvery(0, to, step);
}

function ticksEvery(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  // Dividing by the inverse keeps 0.3 from becoming 0.30000000000000004.
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
