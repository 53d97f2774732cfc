import { z } from 'zod';

const scoreShape = {
  /** Sound minus picture in milliseconds: positive when the sound comes late. Null where nothing was compared. */
  offsetMs: z.number().nullable(),
  /** The same in frames of the film, one decimal. */
  offsetFrames: z.number().nullable(),
  /** Median minus minimum of the distance over all offsets; null where nothing was compared. */
  confidence: z.number().nullable(),
  /** Mean distance of the embeddings at the best offset, 0 to 2; null where nothing was compared. */
  distance: z.number().nullable(),
  /** `low`: too little visible, moving mouth with voice, or no more agreement than chance gives. */
  evidence: z.enum(['ok', 'low']),
  /** Seconds of visible mouth with voice that were compared. */
  comparedSeconds: z.number().nonnegative(),
};

/** One judgement of `dubwright sync`. */
export const syncScoreSchema = z.object(scoreShape);
/** See `syncScoreSchema`. */
export type SyncScoreReport = z.infer<typeof syncScoreSchema>;

const wholeShape = {
  ...scoreShape,
  /** Mean distance at offsets from −600 to 600 ms in steps of 20; empty where nothing was compared. */
  distances: z.array(z.number()),
  /** Each second, judged by the two seconds around its middle. */
  seconds: z.array(z.object({ second: z.int().nonnegative(), ...scoreShape })),
};

/** SyncNet's opinion on one face over one stretch of the film. */
const syncNetOpinionSchema = z.object({
  trackId: z.int().nonnegative(),
  personId: z.int().positive(),
  startSeconds: z.number(),
  endSeconds: z.number(),
  /** `low` where SyncNet's own pipeline would give no score. */
  evidence: z.enum(['ok', 'low']),
  /** Why the evidence is low; null when it is not. */
  doubt: z.enum(['short', 'small-face', 'no-sound', 'no-number']).nullable(),
  /** Null where nothing could be computed. */
  numbers: z
    .object({
      /** Smallest of the mean distances over all offsets; lower is better. */
      lseD: z.number(),
      /** Median minus smallest of the mean distances; higher is better. */
      lseC: z.number(),
      /** SyncNet's own sign: frames at 25 per second, positive when the sound comes EARLY. */
      avOffsetFrames: z.int(),
      /** Sound minus picture in milliseconds: positive when the sound comes late. */
      offsetMs: z.number(),
      /** The same in frames of the film, one decimal. */
      offsetFrames: z.number(),
      /** Windows of five frames that were compared. */
      windows: z.int().positive(),
    })
    .nullable(),
  /** Mean confidence and distance of the windows around each second, at the stretch's offset. */
  perSecond: z.array(
    z.object({ second: z.int().nonnegative(), confidence: z.number(), distance: z.number() }),
  ),
});

/** What `dubwright sync --json` prints at the end. */
export const syncReportSchema = z.object({
  version: z.literal(1),
  path: z.string(),
  /** The sound that was compared; null for the film's own. */
  voicePath: z.string().nullable(),
  frameCount: z.int().nonnegative(),
  frameRate: z.object({ num: z.int(), den: z.int().positive() }),
  /** Names the expert's networks: figures of two experts do not compare. */
  expert: z.string(),
  /** All shots of one person together, most seen first. */
  people: z.array(z.object({ personId: z.int().positive(), observedFrames: z.int(), ...wholeShape })),
  tracks: z.array(
    z.object({
      trackId: z.int().nonnegative(),
      personId: z.int().positive(),
      shotIndex: z.int().nonnegative(),
      startFrame: z.int().nonnegative(),
      /** exclusive */
      endFrame: z.int().positive(),
      ...wholeShape,
    }),
  ),
  /** Who speaks when, in film order; empty for a film with fewer than two people. */
  speakers: z.array(
    z.object({
      startSecond: z.int().nonnegative(),
      /** exclusive */
      endSecond: z.int().positive(),
      /** Null where nobody who is seen speaks. */
      personId: z.int().positive().nullable(),
    }),
  ),
  /** SyncNet's second opinion in order of time; null where its networks were not given. */
  syncNet: z.array(syncNetOpinionSchema).nullable(),
  /** Time that the comparison took, faces and sound being read already. */
  elapsedMs: z.number().nonnegative(),
});
/** See `syncReportSchema`. */
export type SyncReport = z.infer<typeof syncReportSchema>;
