import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halfToFloat } from '../../../../src/engine/face-pack/half-float.ts';

test('every half-precision number reads as IEEE 754 says', () => {
  const view = new DataView(new ArrayBuffer(2));
  for (let bits = 0; bits < 0x10000; bits++) {
    view.setUint16(0, bits);
    const expected = (view as DataView & { getFloat16(offset: number): number }).getFloat16(0);
    assert.ok(Object.is(halfToFloat(bits), expected), `0x${bits.toString(16)}`);
  }
});
