import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packPlanes, unpackPlanes } from '../../../../src/engine/takes/plane-codec.ts';
import type { Plane } from '../../../../src/engine/media/frame.ts';

const size = fc.record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) });

function planeOf(wide: boolean): fc.Arbitrary<Plane> {
  return size.chain(({ width, height }) => {
    const length = { minLength: width * height, maxLength: width * height };
    const data = wide ? fc.uint16Array(length) : fc.uint8Array(length);
    return data.map((samples) => ({ data: samples, width, height }));
  });
}

for (const wide of [false, true]) {
  test(`planes of ${wide ? 16 : 8} bits come back bit for bit`, () => {
    const picture = fc.array(planeOf(wide), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(picture, (planes) => {
        assert.deepEqual(unpackPlanes(packPlanes(planes), planes, wide), planes);
      }),
    );
  });
}

test('a smooth picture packs to less than a third', () => {
  const [width, height] = [128, 96];
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => 40 + (i % width) + Math.floor(i / width / 2),
  );
  assert.ok(packPlanes([{ data, width, height }]).length < data.length / 3);
});

test('planes of another size are refused', () => {
  const packed = packPlanes([{ data: new Uint8Array(12), width: 4, height: 3 }]);
  assert.throws(() => unpackPlanes(packed, [{ width: 4, height: 4 }], false));
  assert.throws(() => unpackPlanes(packed, [{ width: 4, height: 2 }], false));
});
