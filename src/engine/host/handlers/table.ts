import { DubwrightError } from '../../../contract/errors.ts';
import type { TaskHandlers } from '../protocol.ts';
import { analyse } from './analyse.ts';
import { decodeSound } from './decode-sound.ts';
import { doctor } from './doctor.ts';
import { describeEngine } from './lip-engine.ts';
import { memory } from './memory.ts';
import { probe } from './probe.ts';
import { renderTakes } from './render-takes.ts';

const notYet = (): Promise<never> =>
  Promise.reject(new DubwrightError('INTERNAL', { cause: 'this task is not connected yet' }));

/** Every task of the engine process, by name. */
export const taskHandlers: TaskHandlers = {
  probe,
  analyse,
  decodeSound,
  renderTakes,
  exportFilm: notYet,
  describeEngine,
  providers: notYet,
  doctor,
  memory,
};
