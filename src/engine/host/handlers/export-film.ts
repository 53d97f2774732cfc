import { exportFilm as writeFilm } from '../../export/export-film.ts';
import type { TaskContext } from '../protocol.ts';
import type { ExportFilmInput, ExportFilmResult } from '../tasks.ts';

/** Lays takes over the film and writes the finished file. */
export function exportFilm(input: ExportFilmInput, { emit, signal }: TaskContext): Promise<ExportFilmResult> {
  return writeFilm(input, {
    onProgress: (progress) => emit({ kind: 'progress', progress }),
    warn: (text) => emit({ kind: 'warning', text }),
    signal,
  });
}
