import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { clockText } from '../../../../src/core/time/clock-text.ts';
import { roundTicks, timeTicks } from '../../../../src/studio/sync-plot/panel.ts';
import { escapeXml } from '../../../../src/studio/sync-plot/svg.ts';
import { syncFigure } from '../../../../src/studio/sync-plot/sync-figure.ts';
import { checkPlotPath, writeSyncPlot } from '../../../../src/studio/sync-plot/write-plot.ts';
import { madeScore, madeSyncReport } from '../../../support/made-sync-report.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

/** x and y of the points of the thick lines, which are those of the first chart. */
function distanceLines(svg: string): [number, number][][] {
  return [...svg.matchAll(/<polyline points="([^"]+)"[^>]*stroke-width="2"/g)].map(([, points = '']) =>
    points.split(' ').map((point) => point.split(',').map(Number) as [number, number]),
  );
}

describe('the picture of a sync report', () => {
  it('draws one curve of distance per track, lowest where the offset is', () => {
    const svg = syncFigure(madeSyncReport([{ personId: 1 }, { personId: 2 }]));
    const lines = distanceLines(svg);
    assert.equal(lines.length, 2);
    for (const line of lines) {
      assert.equal(line.length, 61);
      // Down is up in SVG. 80 ms lie 80/1200 of the chart's width right of its middle.
      const lowest = line.reduce((best, point) => (point[1] > best[1] ? point : best));
      assert.ok(Math.abs(lowest[0] - (90 + 820 * (680 / 1200))) < 0.1);
    }
    for (const text of [
      'film.mp4',
      'Face 1, shot 1',
      'Face 2',
      'confidence',
      '+400',
      '0:02',
      'filled: enough to go by',
    ])
      assert.ok(svg.includes(`>${text}<`), text);
  });

  it('leaves unreliable seconds hollow and unconnected', () => {
    const seconds = Array.from({ length: 6 }, (_, second) => ({
      second,
      ...madeScore({ evidence: second === 3 ? 'low' : 'ok' }),
    }));
    const svg = syncFigure(madeSyncReport([{ personId: 1, seconds }]));
    const thin = [...svg.matchAll(/<polyline points="([^"]+)"[^>]*stroke-width="1.5"/g)].map(([, p = '']) =>
      p.split(' '),
    );
    assert.deepEqual(
      thin.map((points) => points.length),
      [3, 2, 3, 2],
    );
    assert.equal([...svg.matchAll(/<circle[^>]*r="3" fill="#ffffff"/g)].length, 2);
  });

  it('names at most eight tracks and counts the rest', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ personId: i + 1 }));
    const svg = syncFigure(madeSyncReport(many));
    assert.equal(distanceLines(svg).length, 8);
    assert.equal([...svg.matchAll(/and 4 more/g)].length, 2);
  });

  it('can be drawn of a film with nobody in it', () => {
    assert.match(syncFigure(madeSyncReport([])), /no face with speech/);
  });

  it('has no number that is none, whatever the report says', () =>
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: -600, max: 600, noNaN: true })), { maxLength: 20 }),
        fc.string({ unit: 'binary' }),
        (offsets, name) => {
          const seconds = offsets.map((offsetMs, second) => ({ second, ...madeScore({ offsetMs }) }));
          const svg = syncFigure({ ...madeSyncReport([{ personId: 1, seconds }]), path: `/${name}` });
          assert.doesNotMatch(svg.replaceAll(escapeXml(name), ''), /NaN|Infinity|undefined/);
        },
      ),
      { numRuns: 30 },
    ));

  it('becomes a PNG with text in it, or an SVG, by its name', () =>
    withTempFolder(async (folder) => {
      const report = { ...madeSyncReport([{ personId: 1 }]), path: '/films/<b> & "c" Ж.mp4' };
      await writeSyncPlot(join(folder, 'a.PNG'), report);
      const png = readFileSync(join(folder, 'a.PNG'));
      assert.deepEqual([...png.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2400, 2100]);
      await writeSyncPlot(join(folder, 'b.png'), { ...report, path: '/films/other.mp4' });
      assert.notDeepEqual(readFileSync(join(folder, 'b.png')), png);
      await writeSyncPlot(join(folder, 'a.svg'), report);
      assert.match(readFileSync(join(folder, 'a.svg'), 'utf8'), /&lt;b&gt; &amp; &quot;c&quot; Ж\.mp4/);
      assert.deepEqual(readdirSync(folder).sort(), ['a.PNG', 'a.svg', 'b.png']);
    }));

  it('refuses other endings, folders and places that are not there, before anything is computed', () =>
    withTempFolder(async (folder) => {
      mkdirSync(join(folder, 'folder.png'));
      await assert.rejects(checkPlotPath(join(folder, 'a.jpg')), { code: 'USAGE' });
      await assert.rejects(checkPlotPath(join(folder, 'folder.png')), { code: 'OUTPUT_NOT_WRITABLE' });
      await assert.rejects(checkPlotPath(join(folder, 'none', 'a.png')), { code: 'OUTPUT_NOT_WRITABLE' });
      await checkPlotPath(join(folder, 'a.svg'));
    }));
});

describe('ticks', () => {
  it('are round, few and inside', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -1000, max: 1000, noNaN: true }),
        fc.double({ min: 0.01, max: 5000, noNaN: true }),
        fc.integer({ min: 2, max: 10 }),
        (from, length, most) => {
          const ticks = roundTicks(from, from + length, most);
          assert.ok(ticks.length <= most + 1);
          for (const tick of ticks)
            assert.ok(tick >= from - length * 1e-6 && tick <= from + length * (1 + 1e-6));
        },
      ),
    ));

  it('of time stand on whole seconds, minutes or hours', () => {
    assert.deepEqual(timeTicks(12, 10), [0, 2, 4, 6, 8, 10, 12]);
    assert.deepEqual(timeTicks(71, 10), [0, 10, 20, 30, 40, 50, 60, 70]);
    assert.deepEqual(timeTicks(7200, 10).map(clockText).slice(0, 3), ['0:00', '15:00', '30:00']);
    assert.equal(clockText(3725), '1:02:05');
  });
});
