import { createHash } from 'node:crypto';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson } from '../../../../src/core/takes/canonical-json.ts';
import type { CanonicalValue } from '../../../../src/core/takes/canonical-json.ts';
import { outputKey } from '../../../../src/core/takes/output-key.ts';
import { takeKey } from '../../../../src/core/takes/take-key.ts';
import type { TakeInputs } from '../../../../src/core/takes/take-key.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const inputs: TakeInputs = {
  sourceSha256: 'a'.repeat(64),
  range: { startFrame: 25, endFrame: 75 },
  personId: 1,
  facesFingerprint: 'faces',
  voiceSha256: 'b'.repeat(64),
  engineFingerprint: 'unit-selection 1',
  parameters: { feather: 4 },
};

/** The same value with its keys written in another order. */
function turned(value: CanonicalValue): CanonicalValue {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Array) return value.map(turned);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, entry]) => [key, turned(entry)] as const)
      .toReversed(),
  );
}

test('canonical JSON is JSON, and does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const canonical = JSON.parse(JSON.stringify(value)) as CanonicalValue;
      assert.deepEqual(JSON.parse(canonicalJson(canonical)), canonical);
      assert.equal(canonicalJson(turned(canonical)), canonicalJson(canonical));
    }),
  );
});

test('what JSON would silently change has no canonical form', () => {
  assert.throws(() => canonicalJson({ gain: Number.NaN }), RangeError);
  assert.throws(() => canonicalJson([Infinity]), RangeError);
});

test('every input changes the key of a take', () => {
  const variants: TakeInputs[] = [
    inputs,
    { ...inputs, sourceSha256: 'c'.repeat(64) },
    { ...inputs, range: { startFrame: 26, endFrame: 75 } },
    { ...inputs, range: { startFrame: 25, endFrame: 76 } },
    { ...inputs, personId: 2 },
    { ...inputs, facesFingerprint: 'faces 2' },
    { ...inputs, voiceSha256: 'd'.repeat(64) },
    { ...inputs, engineFingerprint: 'unit-selection 2' },
    { ...inputs, parameters: { feather: 5 } },
    { ...inputs, parameters: {} },
  ];
  const keys = variants.map((variant) => takeKey(variant, hash));
  assert.equal(new Set(keys).size, variants.length);
  assert.match(keys[0] ?? '', /^[0-9a-f]{64}$/);
});

test('keys are what they were: takes on disk stay valid', () => {
  assert.equal(
    takeKey(inputs, (text) => text),
    '{"endFrame":75,"engineFingerprint":"unit-selection 1","facesFingerprint":"faces","kind":"take",' +
      `"parameters":{"feather":4},"personId":1,"sourceSha256":"${'a'.repeat(64)}","startFrame":25,"version":1,` +
      `"voiceSha256":"${'b'.repeat(64)}"}`,
  );
});

test('the order of takes belongs to an output, and an output is no take', () => {
  const output = { sourceSha256: 'a', voiceSha256: 'b', takeKeys: ['1', '2'], settings: { codec: 'h264' } };
  assert.notEqual(outputKey(output, hash), outputKey({ ...output, takeKeys: ['2', '1'] }, hash));
  assert.notEqual(outputKey(output, hash), outputKey({ ...output, settings: { codec: 'ffv1' } }, hash));
});
