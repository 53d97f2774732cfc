import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DubEvent, DubReport, DubRequestInput } from '../../src/contract/dub.ts';
import { DubwrightError } from '../../src/contract/errors.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { dub } from '../../src/studio/dub-service.ts';
import { PaperEngine } from './paper-engine.ts';
import type { PaperEngineOptions } from './paper-engine.ts';

const rateHz = 16_000;

/**
 * A voice of sentences, each `seconds` long with a pause of 0.6 s after it. A sentence is a tone of its own colour,
 * so that another colour is another sentence.
 */
export function spokenSentences(colours: readonly number[], seconds = 3): Float32Array {
  const speech = Math.round(seconds * rateHz);
  const whole = speech + Math.round(0.6 * rateHz);
  const voice = new Float32Array(colours.length * whole);
  for (const [which, colour] of colours.entries()) {
    for (let n = 0; n < speech; n++) {
      // Rising and falling like syllables, four a second.
      const loudness = 0.25 * (1.2 + Math.cos((2 * Math.PI * 4 * n) / rateHz));
      voice[which * whole + n] = loudness * Math.sin((2 * Math.PI * (150 + colour) * n) / rateHz);
    }
  }
  return voice;
}

/** Files of a job in a folder, and the request that names them. */
export interface DubDesk {
  readonly folder: string;
  readonly cacheRoot: string;
  readonly request: DubRequestInput;
  writeVoice(colours: readonly number[], seconds?: number): void;
  writeSubtitles(cues: readonly (readonly [startMs: number, endMs: number, text: string])[]): DubRequestInput;
}

const clock = (ms: number): string => {
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  return `00:${pad(Math.floor(ms / 60_000))}:${pad(Math.floor(ms / 1000) % 60)},${pad(ms % 1000, 3)}`;
};

/** Lays a film and a voice of six sentences into a folder. */
export function layOutDesk(folder: string, colours: readonly number[] = [1, 2, 3, 4, 5, 6]): DubDesk {
  const cacheRoot = join(folder, 'cache');
  mkdirSync(cacheRoot, { recursive: true });
  const request: DubRequestInput = {
    sourcePath: join(folder, 'speech.film'),
    voicePath: join(folder, 'voice.f32'),
    outPath: join(folder, 'dubbed.mp4'),
    engine: { id: 'unit-selection', modelPath: null },
  };
  writeFileSync(request.sourcePath, 'a film on paper');
  const desk: DubDesk = {
    folder,
    cacheRoot,
    request,
    writeVoice: (list, seconds) => writeFileSync(request.voicePath, spokenSentences(list, seconds)),
    writeSubtitles: (cues) => {
      const subtitlesPath = join(folder, 'voice.srt');
      const blocks = cues.map(
        ([start, end, text], index) => `${index + 1}\n${clock(start)} --> ${clock(end)}\n${text}\n`,
      );
      writeFileSync(subtitlesPath, blocks.join('\n'));
      return { ...request, subtitlesPath };
    },
  };
  desk.writeVoice(colours);
  return desk;
}

/** 24 s: longer than the desk's voice of 21.6 s. */
export const deskFrameCount = 600;

/** What a run of a job did. */
export interface DeskRun {
  readonly report: DubReport;
  readonly rendered: readonly string[];
  readonly calls: readonly string[];
  readonly events: readonly DubEvent[];
}

/** Runs a job on the desk with a paper engine; the film has 600 frames unless told otherwise. */
export async function runDesk(
  desk: DubDesk,
  request: DubRequestInput = desk.request,
  engineOptions: Partial<PaperEngineOptions> = {},
): Promise<DeskRun> {
  const engine = new PaperEngine({ frameCount: deskFrameCount, ...engineOptions });
  const events: DubEvent[] = [];
  const onEvent = (event: DubEvent): number => events.push(event);
  const report = await dub(request, { engine, onEvent, cacheRoot: desk.cacheRoot });
  return { report, rendered: engine.rendered, calls: engine.calls, events };
}

/** For `assert.rejects`: one of our errors, with this code. */
export const failsWith = (code: ErrorCode) => (thrown: unknown) => {
  assert.ok(thrown instanceof DubwrightError, String(thrown));
  assert.equal(thrown.code, code);
  return true;
};
