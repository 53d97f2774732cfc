import { z } from 'zod';
import type { SyncFigures, TakeSync } from '../core/takes/take-sync.ts';

/** `SyncFigures` as JSON. */
export const syncFiguresSchema: z.ZodType<SyncFigures> = z.object({
  offsetMs: z.number(),
  offsetFrames: z.number(),
  confidence: z.number(),
  distance: z.number(),
  evidence: z.enum(['ok', 'low']),
  comparedSeconds: z.number().nonnegative(),
});

/** `TakeSync` as JSON: in a take's file, in a project and in a report. */
export const takeSyncSchema: z.ZodType<TakeSync> = z.object({
  expert: z.string(),
  take: syncFiguresSchema,
  original: syncFiguresSchema.nullable(),
  film: syncFiguresSchema.nullable(),
  lipMovement: z.number().nonnegative(),
});
