import { z } from 'zod';
import { syncFiguresSchema } from './sync.ts';

/**
 * Whose lips are dubbed: in every segment whoever speaks there in the film itself (where that is not clear, the person
 * most on screen), or one person throughout: the one most on screen, a person by number, whoever is at a point of a
 * frame.
 */
export const faceSelectorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('speaking') }),
  z.object({ kind: z.literal('most-seen') }),
  z.object({ kind: z.literal('person'), personId: z.int().positive() }),
  z.object({
    kind: z.literal('at'),
    /** Seconds from the film's start. */
    seconds: z.number().nonnegative(),
    /** Pixels of the upright frame. */
    x: z.number(),
    y: z.number(),
  }),
]);
/** See `faceSelectorSchema`. */
export type FaceSelector = z.infer<typeof faceSelectorSchema>;

/** One dubbing job, as every shell (command line, server, window) asks for it. */
export const dubRequestSchema = z.object({
  sourcePath: z.string().min(1),
  voicePath: z.string().min(1),
  outPath: z.string().min(1),
  /** Project file to create or update; null keeps a temporary one in the user's cache folder. */
  projectPath: z.string().min(1).nullable().default(null),
  /** SRT or VTT whose cues are the segments; null takes the pauses of the voice. */
  subtitlesPath: z.string().min(1).nullable().default(null),
  engine: z.object({
    id: z.enum(['unit-selection', 'generator']),
    modelPath: z.string().min(1).nullable(),
  }),
  codec: z.enum(['h264', 'hevc', 'prores', 'ffv1']).default('h264'),
  overwrite: z.boolean().default(false),
  face: faceSelectorSchema.default({ kind: 'speaking' }),
  /** Where the voice's first sample sounds, milliseconds from the film's start; negative cuts its beginning. */
  voiceStartMs: z.number().default(0),
  /** Level of the film's own sound under the voice in dB (-18); null leaves it out. */
  keepOriginalAudioDb: z.number().nullable().default(null),
  /** A voice longer than the film is cut, or the film's last frame is held until it ends. */
  extend: z.enum(['cut', 'hold']).default('cut'),
  /** Between subtitle cues: keep the film's own mouth, or let it follow the voice there too (rest in silence). */
  between: z.enum(['keep', 'rest']).default('keep'),
  /** The report is written here as JSON; null writes none. */
  reportPath: z.string().min(1).nullable().default(null),
});
/** A complete request. */
export type DubRequest = z.infer<typeof dubRequestSchema>;
/** A request as a caller writes it: everything with a default may be left out. */
export type DubRequestInput = z.input<typeof dubRequestSchema>;

/** The long steps of a job, in order. */
export const dubStages = [
  'probe',
  'sound',
  'faces',
  'segments',
  'speakers',
  'keys',
  'scores',
  'library',
  'voice',
  'render',
  'export',
] as const;
/** One of `dubStages`. */
export type DubStage = (typeof dubStages)[number];

/** What a job says while it runs. */
export type DubEvent =
  | { readonly kind: 'stage-started'; readonly stage: DubStage }
  | { readonly kind: 'stage-finished'; readonly stage: DubStage; readonly elapsedMs: number }
  | {
      readonly kind: 'progress';
      readonly stage: DubStage;
      readonly doneFrames: number;
      readonly totalFrames: number;
      /** Over the last few seconds; null until there is something to measure. */
      readonly framesPerSecond: number | null;
      /** Of this stage alone; null until there is something to measure. */
      readonly secondsLeft: number | null;
    }
  | {
      readonly kind: 'take';
      readonly segmentId: string;
      readonly takeKey: string;
      /** Takes finished in this run, and how many it has to render in all. */
      readonly finished: number;
      readonly total: number;
    }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'warning'; readonly text: string };

const personSchema = z.object({
  personId: z.int().positive(),
  /** Frames in which this person's face was found. */
  observedFrames: z.int().nonnegative(),
});

/** A person whose lips were dubbed in at least one segment. */
const dubbedPersonSchema = personSchema.extend({
  /** How this person's own lips follow the film's own sound, whole film: what takes are measured by. */
  originalSync: syncFiguresSchema.nullable(),
});

const rationalSchema = z.object({ num: z.int(), den: z.int().positive() });

/** Why a segment got the face it has. */
export const faceReasons = ['requested', 'only-face', 'speaking', 'most-seen'] as const;

/** Whose lips a segment dubs. */
export const segmentFaceSchema = z.object({
  personId: z.int().positive(),
  /**
   * `requested` by the user; the `only-face` of the film; `speaking` there in the film's own sound; `most-seen` in the
   * film, because it is not clear who speaks there.
   */
  reason: z.enum(faceReasons),
});
/** See `segmentFaceSchema`. */
export type SegmentFace = z.infer<typeof segmentFaceSchema>;

/** What became of one segment. */
export const segmentReportSchema = z.object({
  id: z.string(),
  startFrame: z.int().nonnegative(),
  /** exclusive */
  endFrame: z.int().positive(),
  /** When its first frame appears, seconds from the film's start. */
  startSeconds: z.number().nonnegative(),
  text: z.string(),
  /** Null where nothing is to be rendered. */
  takeKey: z.string().nullable(),
  state: z.enum(['rendered', 'reused', 'skipped']),
  /** Frames with changed pixels; null when a reused take does not say. */
  patchedFrames: z.int().nonnegative().nullable(),
  framesWithoutFace: z.int().nonnegative().nullable(),
  notes: z.array(z.string()),
  /** Null when nobody is in the film. */
  face: segmentFaceSchema.nullable(),
  /** How the new lips follow the voice; null where nothing was rendered, or nothing could be scored. */
  sync: syncFiguresSchema.nullable(),
  /** How the film's own lips follow its own sound in these frames. */
  originalSync: syncFiguresSchema.nullable(),
  /** Standard deviation of the mouth's opening while the voice speaks, in those of this person over the film. */
  lipMovement: z.number().nonnegative().nullable(),
  /** Whether somebody should look at this segment, and why: one sentence each. */
  review: z.object({ needed: z.boolean(), reasons: z.array(z.string()) }),
});
/** See `segmentReportSchema`. */
export type SegmentReport = z.infer<typeof segmentReportSchema>;

/** What a finished job tells, on screen and in `--report`. */
export const dubReportSchema = z.object({
  /** 2: faces, scores and reviews per segment. Everything that 1 had is still there and means the same. */
  version: z.literal(2),
  outPath: z.string(),
  /** Null when the export was up to date and no sidecar was found beside it. */
  sidecarPath: z.string().nullable(),
  /** Null for the temporary project. */
  projectPath: z.string().nullable(),
  frameCount: z.int().nonnegative(),
  frameRate: rationalSchema,
  width: z.int().positive(),
  height: z.int().positive(),
  engine: z.object({
    id: z.string(),
    fingerprint: z.string(),
    modelLicence: z.string().nullable(),
    /** Execution provider that served the faces and, for a generator, its model; null when not told. */
    facesProvider: z.string().nullable(),
    generatorProvider: z.string().nullable(),
  }),
  /**
   * The person dubbed where it is not clear who speaks, or throughout; null when nobody was found. Segments say whose
   * lips they dub.
   */
  face: personSchema.nullable(),
  /** Everybody else in the film, most seen first. */
  otherFaces: z.array(personSchema),
  segments: z.array(segmentReportSchema),
  /** People dubbed and scored, by number. */
  dubbedFaces: z.array(dubbedPersonSchema),
  renderedSegments: z.int().nonnegative(),
  reusedSegments: z.int().nonnegative(),
  skippedSegments: z.int().nonnegative(),
  /** Segments whose lips were scored, and those of them that are worth a look. */
  scoredSegments: z.int().nonnegative(),
  segmentsToReview: z.int().nonnegative(),
  renderedFrames: z.int().nonnegative(),
  patchedFrames: z.int().nonnegative(),
  /** False when the finished file was already there, made from the same takes. */
  exported: z.boolean(),
  analysisFromCache: z.boolean(),
  stageMs: z.record(z.string(), z.number().nonnegative()),
  totalMs: z.number().nonnegative(),
  /** Frames of the film over the whole run's time. */
  framesPerSecond: z.number().nonnegative(),
  /** Rendered frames over render time; null when nothing was rendered. */
  renderFramesPerSecond: z.number().nonnegative().nullable(),
  /** Frames over export time; null when nothing was exported. */
  exportFramesPerSecond: z.number().nonnegative().nullable(),
  /** Highest resident memory of this process, the engine process and its helpers together, in bytes. */
  peakMemoryBytes: z.int().nonnegative(),
  notes: z.array(z.string()),
  warnings: z.array(z.string()),
});
/** See `dubReportSchema`. */
export type DubReport = z.infer<typeof dubReportSchema>;
