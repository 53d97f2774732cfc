import { DubwrightError } from '../../../contract/errors.ts';
import type { TaskHandlers } from '../protocol.ts';
import { doctor } from './doctor.ts';
import { memory } from './memory.ts';
import { probe } from './probe.ts';

const notYet = (): Promise<never> =>
  Promise.reject(new DubwrightError('INTERNAL', { cause: 'this task is not connected yet' }));

/** Every task of the engine process, by name. */
export const taskHandlers: TaskHandlers = {
  probe,
  analyse: notYet,
  decodeSound: notYet,
  renderTakes: notYet,
  exportFilm: notYet,
  describeEngine: notYet,
  providers: notYet,
  doctor,
  memory,
};
