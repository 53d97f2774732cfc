/** Text that stands for itself inside an SVG. */
export function escapeXml(text: string): string {
  return (
    text
      // What XML 1.0 cannot hold at all would make the whole picture unreadable.
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .toWellFormed()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

/** An element with its attributes; numbers keep two decimals. `body` is SVG already, not text. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  body: string | readonly string[] = '',
): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeXml(value)}"`)
    .join('');
  const inside = typeof body === 'string' ? body : body.join('');
  return inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
}

/** A line of text whose baseline begins (ends, is centred) at a point. */
export function textAt(
  x: number,
  y: number,
  text: string,
  style: {
    readonly size?: number;
    readonly anchor?: string;
    readonly fill?: string;
    readonly weight?: string;
  } = {},
): string {
  return element(
    'text',
    {
      x,
      y,
      'font-size': style.size ?? 13,
      'text-anchor': style.anchor ?? 'start',
      fill: style.fill ?? '#333333',
      'font-weight': style.weight ?? 'normal',
    },
    escapeXml(text),
  );
}

/** A line through points. */
export function polyline(points: readonly (readonly [number, number])[], colour: string, width = 2): string {
  return element('polyline', {
    points: points.map(([x, y]) => `${coordinate(x)},${coordinate(y)}`).join(' '),
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linejoin': 'round',
  });
}

function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}
