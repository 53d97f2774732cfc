/**
 * Lip and sound features of films by the product's own code.
 *
 * usage: node film-features.ts OUT < WORK-LIST
 *
 * The work list holds one {"id", "path"} a line. Of each film appear in OUT: `ID.lips.f32` (what was seen in every
 * frame), `ID.moments.f32` (lips as the networks see them, on a fine grid), `ID.mel.f32` (log-mel), all row-major
 * float32, and, last, `ID.json`, which says how to read them. What is there already stays; progress goes to standard
 * output, one JSON object a film.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import { lipFeatureNames } from '../../src/engine/faces/lip-features.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { momentRateHz } from '../../src/engine/sync/types.ts';
import { filmEndSeconds } from '../../src/core/time/frame-clock.ts';
import { fineMomentSize, fineMomentsOf, fineStepMs } from './fine-moments.ts';
import { lipTableColumns, lipTableOf } from './lip-table.ts';
import { soundFeaturesOf, writeFloats } from './sound-features.ts';
import { messageOf, readWorkList, report, writeDoneFile, type WorkItem } from './work-list.ts';

const signal = new AbortController().signal;

async function writeLips(item: WorkItem, to: string): Promise<object> {
  const source = await openSource(item.path);
  const folder = `${to}.faces`;
  try {
    await analyseFaces({ source, folder, onProgress: () => undefined, signal });
    const faces = openFaceStore(folder);
    try {
      // People are numbered by screen time: the first is the one whom the film is about.
      const person = faces.index.people.at(0);
      if (person === undefined) throw new Error('no face in the picture');
      writeFloats(`${to}.lips.f32`, lipTableOf(faces, person.personId, source.table));
      const momentCount = Math.floor(filmEndSeconds(source.table) * momentRateHz);
      const film = { faces, clock: source.table };
      const { rows, closedBelow } = fineMomentsOf(film, person.personId, momentCount);
      writeFloats(`${to}.moments.f32`, rows);
      const { frameCount } = source.table;
      return { frames: frameCount, columns: lipTableColumns, fineStepMs, fineMomentSize, closedBelow };
    } finally {
      faces.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeSound(item: WorkItem, to: string): Promise<object> {
  const pcmPath = `${to}.pcm`;
  try {
    await decodePcmFile({ path: item.path, streamIndex: null, outPath: pcmPath, signal });
    const pcm = openPcmFile(pcmPath);
    try {
      const { mel, facts } = soundFeaturesOf(pcm, signal);
      writeFloats(`${to}.mel.f32`, mel);
      return facts;
    } finally {
      pcm.close();
    }
  } finally {
    rmSync(pcmPath, { force: true });
  }
}

async function extract(item: WorkItem, out: string): Promise<void> {
  const to = join(out, item.id);
  if (existsSync(`${to}.json`)) {
    report({ id: item.id, known: true });
    return;
  }
  const startMs = performance.now();
  try {
    const lips = await writeLips(item, to);
    const sound = await writeSound(item, to);
    writeDoneFile(`${to}.json`, { id: item.id, lipNames: [...lipFeatureNames], ...lips, ...sound });
    report({ id: item.id, seconds: (performance.now() - startMs) / 1000 });
  } catch (thrown) {
    report({ id: item.id, error: messageOf(thrown) });
  }
}

const out = process.argv.at(2);
if (out === undefined) throw new Error('usage: node film-features.ts OUT < WORK-LIST');
mkdirSync(out, { recursive: true });
for await (const item of readWorkList()) await extract(item, out);
