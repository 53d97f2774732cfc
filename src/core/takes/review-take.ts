import type { TakeSync } from './take-sync.ts';

/** Why a take deserves a look; one sentence each. */
export interface TakeReview {
  readonly needed: boolean;
  readonly reasons: readonly string[];
}

/** Below this share of the film's own confidence a take is worth a look. docs/adr/0007 has the figures behind it. */
export const leastConfidenceShare = 0.6;
/** Lips and voice may be apart by as much as nobody notices, and no further; milliseconds. */
export const mostOffsetMs = 80;
/** A mouth that moves less than this while the voice speaks hardly moves; in the person's own standard deviations. */
export const leastLipMovement = 0.35;
/** Less speech than this cannot be judged, seconds. */
const judgeableSeconds = 1;

/** After so much speech even a weak film's lips are told from those of strangers, seconds. */
const tellingSeconds = 2;

/** Whether a take's lips should be looked at before the film leaves the house. Takes without a score need no look. */
export function reviewTake(sync: TakeSync | null): TakeReview {
  const reasons = sync === null ? [] : reasonsFor(sync);
  return { needed: reasons.length > 0, reasons };
}

function reasonsFor({ film, lipMovement, take }: TakeSync): string[] {
  if (take.comparedSeconds < judgeableSeconds) return [];
  if (lipMovement < leastLipMovement) return ['the mouth hardly moves while the voice speaks'];
  const reasons: string[] = [];
  if (film?.evidence === 'ok' && take.confidence < leastConfidenceShare * film.confidence) {
    reasons.push("the lips follow the voice less surely than the film's own follow its sound");
  } else if (take.evidence === 'low' && take.comparedSeconds >= tellingSeconds) {
    reasons.push('the lips cannot be told from lips that say something else');
  }
  // Whatever the film's own lag is: an engine lays lips where the voice is.
  const late = take.evidence === 'ok' ? take.offsetMs : 0;
  if (Math.abs(late) > mostOffsetMs) {
    reasons.push(
      `the voice seems ${Math.round(Math.abs(late))} ms ${late > 0 ? 'behind' : 'ahead of'} the lips`,
    );
  }
  return reasons;
}
