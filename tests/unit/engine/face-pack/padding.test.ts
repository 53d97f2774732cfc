import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { padAxis } from '../../../../src/engine/face-pack/padding.ts';

test('SAME puts the odd column after the picture', () => {
  const axis = { size: 256, window: 3, stride: 2, dilation: 1, padding: 'SAME' };
  assert.deepEqual(padAxis(axis), { before: 0, after: 1, size: 128 });
  assert.deepEqual(padAxis({ ...axis, window: 5 }), { before: 1, after: 2, size: 128 });
  assert.deepEqual(padAxis({ ...axis, stride: 1 }), { before: 1, after: 1, size: 256 });
});

test('VALID pads nothing', () => {
  const axis = { size: 3, window: 3, stride: 3, dilation: 1, padding: 'VALID' };
  assert.deepEqual(padAxis(axis), { before: 0, after: 0, size: 1 });
});

test('the padded axis holds exactly the windows that the result needs', () => {
  const axes = fc.record({
    size: fc.integer({ min: 1, max: 300 }),
    window: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    padding: fc.constant('SAME'),
  });
  fc.assert(
    fc.property(axes, (axis) => {
      const { before, after, size } = padAxis(axis);
      const reach = (axis.window - 1) * axis.dilation + 1;
      const padded = axis.size + before + after;
      assert.equal(Math.floor((padded - reach) / axis.stride) + 1, size);
      assert.equal(size, Math.ceil(axis.size / axis.stride));
      assert.ok(after - before === 0 || after - before === 1);
    }),
  );
});
