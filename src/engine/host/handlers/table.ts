import type { TaskHandlers } from '../protocol.ts';
import { analyse } from './analyse.ts';
import { decodeSound } from './decode-sound.ts';
import { doctor } from './doctor.ts';
import { exportFilm } from './export-film.ts';
import { filmSync } from './film-sync.ts';
import { describeEngine } from './lip-engine.ts';
import { memory } from './memory.ts';
import { probe } from './probe.ts';
import { providers } from './providers.ts';
import { renderTakes } from './render-takes.ts';
import { scoreTakes } from './score-takes.ts';
import { scoreSync } from './sync.ts';

/** Every task of the engine process, by name. */
export const taskHandlers: TaskHandlers = {
  probe,
  analyse,
  decodeSound,
  renderTakes,
  filmSync,
  scoreTakes,
  scoreSync,
  exportFilm,
  describeEngine,
  providers,
  doctor,
  memory,
};
