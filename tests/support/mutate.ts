/** A way of damaging a file, as transfers, disks and editors do. */
export type Damage = (bytes: Buffer, random: () => number) => Buffer;

const below = (random: () => number, end: number): number => Math.floor(random() * end);

/** Overwrites `count` bytes of the first `reach` (share of the file) with random ones. */
function flip(count: number, reach: number): Damage {
  return (bytes, random) => {
    const damaged = Buffer.from(bytes);
    for (let i = 0; i < count; i++) {
      damaged[below(random, Math.max(1, damaged.length * reach))] = below(random, 256);
    }
    return damaged;
  };
}

const cutEnd: Damage = (bytes, random) => bytes.subarray(0, 1 + below(random, bytes.length - 1));
const cutStart: Damage = (bytes, random) => bytes.subarray(1 + below(random, bytes.length / 2));

/** Exchanges two blocks of the same length. */
const swapBlocks: Damage = (bytes, random) => {
  const length = 1 + below(random, Math.min(4096, bytes.length / 4));
  const first = below(random, bytes.length / 2 - length);
  const second = bytes.length / 2 + below(random, bytes.length / 2 - length);
  const damaged = Buffer.from(bytes);
  bytes.copy(damaged, first, second, second + length);
  bytes.copy(damaged, second, first, first + length);
  return damaged;
};

/** A hole of zeros, as a failed download leaves it. */
const blank: Damage = (bytes, random) => {
  const length = 1 + below(random, bytes.length / 3);
  const start = below(random, bytes.length - length);
  return Buffer.from(bytes).fill(0, start, start + length);
};

const repeatBlock: Damage = (bytes, random) => {
  const length = 1 + below(random, Math.min(8192, bytes.length / 2));
  const start = below(random, bytes.length - length);
  return Buffer.concat([bytes.subarray(0, start + length), bytes.subarray(start)]);
};

/** Every way of damaging, by name. */
export const damages: Readonly<Record<string, Damage>> = {
  'one byte': flip(1, 1),
  'one byte of the head': flip(1, 0.05),
  'some bytes of the head': flip(8, 0.1),
  'many bytes': flip(64, 1),
  'cut end': cutEnd,
  'cut start': cutStart,
  'swapped blocks': swapBlocks,
  'a hole': blank,
  'a block twice': repeatBlock,
};
