import type { SyncScore } from './types.ts';

/** Less of visible mouth and voice than this says nothing, seconds. */
export const leastSeconds = 1;
/** A mouth whose opening varies less (in its own standard deviations) does not speak. */
export const leastMovement = 0.2;

/*
 * Chance digs valleys too, the deeper the less there is to compare. Measured by tests/bench/sync-evidence.ts: lips of
 * 15 clips against the sound of every other one, windows of 1 to 12 s. The confidence that one window in twenty
 * exceeds was 0.348, 0.251, 0.171 and 0.119 for 1, 2, 4 and 8 s, the middle one 0.208, 0.145, 0.109 and 0.085: both
 * fall with the root of the length. The bound falls no further than this: a dub pauses where the original does, and a
 * voice that shares no more than its pauses with the lips reached 0.12 over 11 s; lips with their own sound fell below
 * 0.18 in one window of twenty, whatever its length.
 */
const rareAtOneSecond = 0.35;
const usualAtOneSecond = 0.21;
const leastEver = 0.15;
/** An offset found by chance lies this near to another one, of ±600 ms, in one case of ten. */
const agreementMs = 60;

/** The confidence that unrelated sound reaches in one comparison of twenty. */
export function leastConfidence(comparedSeconds: number): number {
  return Math.max(leastEver, rareAtOneSecond / Math.sqrt(Math.max(comparedSeconds, 0.02)));
}

/**
 * Whether a part of a stretch may be believed that is not sure enough by itself: its offset agrees with that of the
 * whole, and it is surer than half of all unrelated sounds. Both together happen to these in one case of twenty.
 */
export function isBorneOut(part: SyncScore & { readonly movement: number }, whole: SyncScore): boolean {
  return (
    whole.evidence === 'ok' &&
    part.comparedSeconds >= leastSeconds &&
    part.movement >= leastMovement &&
    Math.abs(part.offsetMs - whole.offsetMs) <= agreementMs &&
    part.confidence >= usualAtOneSecond / Math.sqrt(part.comparedSeconds)
  );
}
