import type { Square } from './sample-square.ts';

/** Neighbouring squares share this much, so that no face is cut by every square that reaches it. */
const sharedPart = 0.4;
/** Each level's squares are so much smaller than those of the level before. */
const levelStep = 0.55;
/** Levels below the whole frame. */
const deepestLevel = 2;
/** Squares smaller than this show faces too small to be dubbed. */
const smallestSquare = 150;

/** Centres of equal squares that cover `length`, the first and last flush with its ends. */
function centresAlong(length: number, size: number): number[] {
  if (size >= length) return [length / 2];
  const count = Math.ceil((length - size) / (size * (1 - sharedPart))) + 1;
  return Array.from({ length: count }, (_, i) => size / 2 + (i * (length - size)) / (count - 1));
}

/**
 * Where to look for faces, coarse to fine: the whole frame as one square, then ever smaller squares in rows. The
 * detector sees faces that fill a tenth to nine tenths of a square, so each level adds smaller faces.
 */
export function searchLevels(width: number, height: number): readonly (readonly Square[])[] {
  const longest = Math.max(width, height);
  const levels: Square[][] = [[{ centreX: width / 2, centreY: height / 2, size: longest, angle: 0 }]];
  let size = Math.min(longest * levelStep, Math.min(width, height));
  // A picture much wider than high is first cut into squares of its full height.
  if (longest > 1.3 * Math.min(width, height)) size = Math.min(width, height);
  for (let level = 1; level <= deepestLevel && size >= smallestSquare; level += 1, size *= levelStep)
    levels.push(
      centresAlong(height, size).flatMap((centreY) =>
        centresAlong(width, size).map((centreX) => ({ centreX, centreY, size, angle: 0 })),
      ),
    );
  return levels;
}
