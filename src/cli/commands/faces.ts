import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { FilmFaces } from '../../studio/faces-service.ts';
import { withSession } from '../session.ts';
import type { CommandSession } from '../session.ts';

/** `dubwright faces FILM`. */
export function addFacesCommand(program: Command): void {
  program
    .command('faces')
    .description('say who is in a film, where and when; the numbers are those that --face takes')
    .argument('<film>', 'the filmed speech')
    .option('--json', 'print progress and then all tracks, frame by frame, as lines of JSON')
    .action((film: string, options: { readonly json?: true }) =>
      withSession((session) => faces(session, resolve(film), options.json === true)),
    );
}

async function faces(
  { console, studio, signal }: CommandSession,
  film: string,
  isJson: boolean,
): Promise<void> {
  const { findFaces } = await import('../../studio/faces-service.ts');
  const { cacheFolder: cacheRoot, engine } = studio;
  const found = await findFaces(film, {
    engine,
    cacheRoot,
    signal,
    onProgress: (progress) => {
      if (isJson) console.printJson({ kind: 'progress', ...progress });
      else console.progress.update(progress);
    },
  });
  if (isJson) console.printJson({ kind: 'faces', ...found });
  else for (const line of describeFaces(found)) console.print(line);
}

/** Who is in a film, in a few lines each. */
export function describeFaces({ frameCount, people, shots, tracks, path }: FilmFaces): string[] {
  const film = `${path}: ${frameCount} frames, ${shots.length} ${shots.length === 1 ? 'shot' : 'shots'}`;
  if (people.length === 0) return [film, 'No face was found; a dub changes only the sound.'];
  const lines = people.flatMap(({ personId, observedFrames }) => {
    const share = Math.floor((100 * observedFrames) / frameCount);
    const own = tracks.filter((track) => track.personId === personId);
    return [`Face ${personId}: in ${observedFrames} frames (${share} %)`, ...own.map(describeTrack)];
  });
  return [film, ...lines];
}

function describeTrack({
  startFrame,
  endFrame,
  medianBox,
  medianPose,
  shotIndex,
}: FilmFaces['tracks'][number]): string {
  const { x, y, width, height } = medianBox;
  const { yawDegrees } = medianPose;
  const turned =
    Math.abs(yawDegrees) < 8
      ? 'from the front'
      : `turned ${Math.round(Math.abs(yawDegrees))}° to the ${yawDegrees > 0 ? 'right' : 'left'}`;
  return `  frames ${startFrame} to ${endFrame - 1} (shot ${shotIndex + 1}): ${width}×${height} pixels at ${x},${y}, ${turned}`;
}
