import { frameStartSeconds } from '../core/time/frame-clock.ts';
import type { TimePoint } from './parse/time.ts';
import { usageError } from './parse/usage.ts';
import type { CommandSession } from './session.ts';

/**
 * A typed time in seconds from the film's start. Frames are looked up on the film's own grid, whatever its rate; a
 * negative frame lies as far before the start as its opposite lies after it.
 * @throws DubwrightError USAGE beyond the film's end; what probing throws.
 */
export async function secondsOf(session: CommandSession, filmPath: string, time: TimePoint): Promise<number> {
  if (time.unit === 'ms') return time.value / 1000;
  const { signal, studio } = session;
  const { grid } = await studio.engine.call('probe', { path: filmPath }, { signal });
  const frame = Math.abs(time.value);
  if (grid === null || frame > grid.frameCount) {
    throw usageError(`there is no frame ${frame} in a film of ${grid?.frameCount ?? 0} frames`);
  }
  return Math.sign(time.value) * frameStartSeconds(grid, frame);
}
