/**
 * Log-mel frames of many sounds by the product's own code, in one process.
 *
 * usage: node voice-mel-files.ts OUT < WORK-LIST
 *
 * The work list holds one {"id", "path"} a line; a path ends in .pcm (mono float32 at 16 kHz, read as it is) or names
 * any sound or film that the product can decode. Of each appear `ID.mel.f32` and, last, `ID.json` in OUT.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { soundFeaturesOf, writeFloats } from './sound-features.ts';
import { messageOf, readWorkList, report, writeDoneFile, type WorkItem } from './work-list.ts';

const signal = new AbortController().signal;

function extractPcm(item: WorkItem, pcmPath: string, to: string): void {
  const pcm = openPcmFile(pcmPath);
  try {
    const { mel, facts } = soundFeaturesOf(pcm, signal);
    writeFloats(`${to}.mel.f32`, mel);
    writeDoneFile(`${to}.json`, { id: item.id, ...facts });
  } finally {
    pcm.close();
  }
}

async function extract(item: WorkItem, out: string): Promise<void> {
  const to = join(out, item.id);
  if (existsSync(`${to}.json`)) {
    report({ id: item.id, known: true });
    return;
  }
  const decoded = item.path.endsWith('.pcm') ? null : `${to}.decoded.pcm`;
  try {
    if (decoded !== null)
      await decodePcmFile({ path: item.path, streamIndex: null, outPath: decoded, signal });
    extractPcm(item, decoded ?? item.path, to);
    report({ id: item.id });
  } catch (thrown) {
    report({ id: item.id, error: messageOf(thrown) });
  } finally {
    if (decoded !== null) rmSync(decoded, { force: true });
  }
}

const out = process.argv.at(2);
if (out === undefined) throw new Error('usage: node voice-mel-files.ts OUT < WORK-LIST');
mkdirSync(out, { recursive: true });
for await (const item of readWorkList()) await extract(item, out);
