import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chinPoint,
  faceOval,
  jawline,
  lipsInner,
  lipsOuter,
  stablePoints,
} from '../../../../src/engine/faces/mesh-points.ts';
import { meshTriangles } from '../../../../src/engine/faces/mesh-triangles.ts';
import { meshPointCount } from '../../../../src/engine/faces/types.ts';

/** Edge loops of the surface: directed edges that no other triangle walks the other way. */
function boundaryLoops(): number[][] {
  const edges = new Set<string>();
  for (let i = 0; i < meshTriangles.length; i += 3)
    for (let side = 0; side < 3; side += 1) {
      const edge = `${meshTriangles[i + side]}>${meshTriangles[i + ((side + 1) % 3)]}`;
      assert.ok(!edges.has(edge), `edge ${edge} walked twice: the triangles do not all turn the same way`);
      edges.add(edge);
    }
  const next = new Map<number, number>();
  for (const edge of edges) {
    const [from = -1, to = -1] = edge.split('>').map(Number);
    if (!edges.has(`${to}>${from}`)) next.set(from, to);
  }
  const loops: number[][] = [];
  while (next.size > 0) {
    const loop: number[] = [];
    let point: number | undefined = next.keys().next().value;
    while (point !== undefined && next.has(point)) {
      loop.push(point);
      const following = next.get(point);
      next.delete(point);
      point = following;
    }
    loops.push(loop);
  }
  return loops.sort((a, b) => b.length - a.length);
}

const sorted = (points: readonly number[]): number[] => [...points].sort((a, b) => a - b);

test('the triangles form one surface whose only edges are the outline and the inner lips', () => {
  const loops = boundaryLoops();
  assert.deepEqual(
    loops.map((loop) => sorted(loop)),
    [sorted(faceOval), sorted(lipsInner)],
  );
});

test('every point of the mesh lies on a triangle, and none beyond', () => {
  assert.deepEqual(sorted([...new Set(meshTriangles)]), [...Array(meshPointCount).keys()]);
});

test('rings follow edges of the surface', () => {
  const edges = new Set<string>();
  for (let i = 0; i < meshTriangles.length; i += 3)
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      edges.add(`${meshTriangles[i + a]}-${meshTriangles[i + b]}`);
      edges.add(`${meshTriangles[i + b]}-${meshTriangles[i + a]}`);
    }
  for (const ring of [lipsOuter, lipsInner, faceOval])
    ring.forEach((point, i) =>
      assert.ok(edges.has(`${point}-${ring[(i + 1) % ring.length]}`), `${point} ${i}`),
    );
  for (let i = 1; i < jawline.length; i += 1) assert.ok(edges.has(`${jawline[i - 1]}-${jawline[i]}`));
});

test('lists hold each point once, and the stable points hold none of mouth or jaw', () => {
  for (const list of [lipsOuter, lipsInner, faceOval, jawline, stablePoints])
    assert.equal(new Set(list).size, list.length);
  for (const point of [...lipsOuter, ...lipsInner, chinPoint]) assert.ok(!stablePoints.includes(point));
});
