import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import type { VideoFrame } from '../../src/engine/media/frame.ts';
import { mapOfBox, sampleRgb } from '../../src/engine/pixels/sample-rgb.ts';

/** A small RGB picture, 8 bits, three bytes a pixel. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A square cut out of a frame around (x, y), `side` pixels wide there, `size` pixels wide in the tile. */
export function tileOf(
  frame: VideoFrame,
  place: { readonly x: number; readonly y: number; readonly side: number; readonly size: number },
): Tile {
  const { x, y, side, size } = place;
  const out = new Float32Array(3 * size * size);
  const box = { x: x - side / 2, y: y - side / 2, width: side, height: side };
  const output = { width: size, height: size };
  sampleRgb({ frame, map: mapOfBox(box, output), ...output, order: 'rgb', out });
  const data = new Uint8Array(3 * size * size);
  for (let i = 0; i < size * size; i++)
    for (let k = 0; k < 3; k++) data[3 * i + k] = Math.round(255 * out[k * size * size + i]);
  return { ...output, data };
}

/** A column of the sheet: one moment in every film, under a label. */
export interface SheetColumn {
  readonly label: string;
  readonly tiles: readonly Tile[];
}

const labelHeight = 11;
const gap = 2;

/** Lays columns side by side, `perRow` to a row, and writes them as a PNG. */
export function writeContactSheet(path: string, columns: readonly SheetColumn[], perRow: number): void {
  const size = columns.at(0)?.tiles.at(0)?.width ?? 0;
  const films = columns.at(0)?.tiles.length ?? 0;
  const rowHeight = labelHeight + films * (size + gap) + gap;
  const rows = Math.ceil(columns.length / perRow);
  const width = Math.min(columns.length, perRow) * (size + gap);
  const sheet = { width, height: rows * rowHeight, data: new Uint8Array(3 * width * rows * rowHeight) };
  columns.forEach(({ label, tiles }, at) => {
    const left = (at % perRow) * (size + gap);
    const top = Math.floor(at / perRow) * rowHeight;
    drawText(sheet, label, left + 2, top + 3);
    tiles.forEach((tile, film) => {
      paste(sheet, tile, left, top + labelHeight + film * (size + gap));
    });
  });
  writeFileSync(path, pngOf(sheet));
}

function paste(sheet: Tile, tile: Tile, left: number, top: number): void {
  for (let y = 0; y < tile.height; y++) {
    const row = tile.data.subarray(3 * y * tile.width, 3 * (y + 1) * tile.width);
    sheet.data.set(row, 3 * ((top + y) * sheet.width + left));
  }
}

/** Three by five dots a sign, row by row, most significant first. */
const glyphs: Readonly<Record<string, number>> = {
  ...{ '0': 0x7b6f, '1': 0x2c97, '2': 0x73e7, '3': 0x73cf, '4': 0x5bc9, '5': 0x79cf, '6': 0x79ef },
  ...{ '7': 0x7252, '8': 0x7bef, '9': 0x7bcf, p: 0x7be4, s: 0x79cf, '!': 0x2482, ' ': 0 },
};

function drawText(sheet: Tile, text: string, left: number, top: number): void {
  Array.from(text).forEach((sign, at) => {
    const bits = glyphs[sign] ?? 0;
    for (let i = 0; i < 15; i++) {
      if (((bits >> (14 - i)) & 1) === 0) continue;
      const x = left + 4 * at + (i % 3);
      const y = top + Math.floor(i / 3);
      if (x < sheet.width) sheet.data.fill(255, 3 * (y * sheet.width + x), 3 * (y * sheet.width + x) + 3);
    }
  });
}

/** A PNG of 8-bit RGB (W3C PNG specification, second edition): one deflated block, no filter. */
function pngOf({ width, height, data }: Tile): Buffer {
  const chunk = (type: string, body: Uint8Array): Buffer => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const out = Buffer.alloc(named.length + 8);
    out.writeUInt32BE(body.length, 0);
    named.copy(out, 4);
    out.writeUInt32BE(crc32(named), named.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++)
    rows.set(data.subarray(3 * y * width, 3 * (y + 1) * width), y * (1 + 3 * width) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
