import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DubwrightError } from '../../src/contract/errors.ts';
import type { TakeSync } from '../../src/core/takes/take-sync.ts';
import type { FaceIndex } from '../../src/engine/faces/types.ts';
import type { EngineTaskName, EngineTasks, RenderedTake, TakeJob } from '../../src/engine/host/tasks.ts';
import type { PlanarFormat } from '../../src/engine/media/frame.ts';
import type { AudioStreamInfo, MediaInfo, VideoStreamInfo } from '../../src/engine/media/types.ts';
import type { SpeakerActivity } from '../../src/engine/sync/speaker-activity.ts';
import { createTakeWriter } from '../../src/engine/takes/take-writer.ts';
import type { EngineCallOptions } from '../../src/engine/host/protocol.ts';
import type { EnginePort } from '../../src/studio/engine-port.ts';

const yuv420p: PlanarFormat = {
  ...{ name: 'yuv420p', model: 'yuv', planeCount: 3, bitDepth: 8, chromaShiftX: 1, chromaShiftY: 1 },
};
const sound: AudioStreamInfo = {
  ...{ streamIndex: 1, codec: 'pcm_f32le', sampleRateHz: 16_000, channelCount: 1, channelLayout: 'mono' },
  ...{ language: 'und', startSeconds: 0, durationSeconds: null },
};
const picture: VideoStreamInfo = {
  ...{ streamIndex: 0, codec: 'paper', profile: '', width: 64, height: 48, rotationDegrees: 0 as const },
  sampleAspectRatio: { num: 1, den: 1 },
  pixelFormat: 'yuv420p',
  planarFormat: yuv420p,
  colour: { range: 'tv', space: 'bt709', primaries: 'bt709', transfer: 'bt709' },
  frameRate: { num: 25, den: 1 },
  timeBase: { num: 1, den: 25 },
  startTimecode: null,
};

/** One person, in the picture from the first frame to the last. */
export function onePerson(frameCount: number): FaceIndex {
  const common = { frameCount, width: 64, height: 48, shots: [{ startFrame: 0, endFrame: frameCount }] };
  const box = { x: 16, y: 8, width: 32, height: 32 };
  const track = { id: 1, personId: 1, shotIndex: 0, startFrame: 0, endFrame: frameCount };
  return {
    ...common,
    tracks: [{ ...track, observedFrames: frameCount, medianBox: box, meanPresence: 1 }],
    people: [{ personId: 1, observedFrames: frameCount }],
  };
}

/** How a paper engine behaves. */
export interface PaperEngineOptions {
  /** Of every `.film`, at 25 frames a second. */
  readonly frameCount: number;
  readonly faces?: FaceIndex;
  readonly fingerprint?: string;
  /** Who speaks when; nobody knows unless given. */
  readonly activity?: SpeakerActivity;
  /** What the expert says of a take; nothing unless given. */
  readonly syncOf?: (job: TakeJob) => TakeSync | null;
  /** What an expert called `expert` says of a finished take. */
  readonly expert?: string;
  readonly rescore?: (takeKey: string) => TakeSync | null;
  /** The films' own sound stream holds no sample. */
  readonly filmSoundIsEmpty?: boolean;
  /** Called after each finished take, before the next begins. */
  readonly afterTake?: (finished: number) => Promise<void>;
}

/**
 * An engine without pictures: films are any bytes named `.film`, voices 16 kHz float32 named `.f32`, and takes are
 * real take files with one small patch. It keeps the engine's promises about files, events and cancellation, so
 * that a whole job runs in milliseconds.
 */
export class PaperEngine implements EnginePort {
  /** Every task it was asked for, in order. */
  readonly calls: EngineTaskName[] = [];
  /** Segments rendered, in order, as "start-end". */
  readonly rendered: string[] = [];
  readonly #options: PaperEngineOptions;

  constructor(options: PaperEngineOptions) {
    this.#options = options;
  }

  async call<Name extends EngineTaskName>(
    task: Name,
    input: EngineTasks[Name]['input'],
    options: EngineCallOptions = {},
  ): Promise<EngineTasks[Name]['output']> {
    this.calls.push(task);
    if (options.signal?.aborted === true) throw new DubwrightError('CANCELLED');
    const run = this.#tasks[task] as (
      input: EngineTasks[Name]['input'],
      options: EngineCallOptions,
    ) => Promise<EngineTasks[Name]['output']>;
    return run(structuredClone(input), options);
  }

  readonly #tasks: {
    [Name in EngineTaskName]: (
      input: EngineTasks[Name]['input'],
      options: EngineCallOptions,
    ) => Promise<EngineTasks[Name]['output']>;
  } = {
    probe: ({ path }) => Promise.resolve(this.#probe(path)),
    analyse: ({ cacheFolder }) =>
      Promise.resolve({
        faces: this.#options.faces ?? onePerson(this.#options.frameCount),
        facesFolder: join(cacheFolder, 'faces-v1'),
        fromCache: false,
        elapsedMs: 1,
      }),
    decodeSound: ({ outPath, path }) => {
      if (path.endsWith('.film') && this.#options.filmSoundIsEmpty === true) {
        throw new DubwrightError('AUDIO_EMPTY', { path });
      }
      if (path.endsWith('.film')) writeFileSync(outPath, new Float32Array(this.#options.frameCount * 640));
      else copyFileSync(path, outPath);
      return Promise.resolve({ sampleCount: 0, sampleRateHz: 16_000, sha256: '' });
    },
    renderTakes: async ({ jobs }, options) => ({ takes: await this.#render(jobs, options) }),
    scoreSync: () => Promise.reject(new Error('not on paper')),
    scoreTakes: ({ takes }) => {
      const scores = takes.flatMap(({ takeKey }) => {
        const sync = this.#options.rescore?.(takeKey) ?? null;
        return sync === null ? [] : [{ takeKey, sync }];
      });
      return Promise.resolve({ scores });
    },
    filmSync: () => Promise.resolve({ activity: this.#options.activity ?? null }),
    exportFilm: (input) => {
      if (!input.overwrite && existsSync(input.outPath)) {
        throw new DubwrightError('OUTPUT_EXISTS', { path: input.outPath });
      }
      writeFileSync(input.outPath, JSON.stringify(input));
      const sidecarPath = `${input.outPath}.json`;
      writeFileSync(sidecarPath, JSON.stringify(input.provenance));
      const { frameCount } = this.#options;
      const patchedFrames = input.takes.length;
      return Promise.resolve({
        ...{ outPath: input.outPath, sidecarPath, frameCount, patchedFrames, elapsedMs: 1, warnings: [] },
      });
    },
    describeEngine: () =>
      Promise.resolve({
        fingerprint: this.#options.fingerprint ?? 'paper 1',
        modelLicence: null,
        expert: this.#options.expert ?? null,
      }),
    providers: () => Promise.resolve({ measurements: [], chosen: {} }),
    doctor: () => Promise.resolve({ checks: [] }),
    memory: () => Promise.resolve({ peakBytes: 0, presentBytes: 0 }),
  };

  #probe(path: string): EngineTasks['probe']['output'] {
    const bytes = readFileSync(path);
    const { frameCount } = this.#options;
    const isFilm = path.endsWith('.film');
    const common = {
      path,
      formatName: 'paper',
      sizeBytes: bytes.length,
      startSeconds: 0,
      subtitleStreamCount: 0,
    };
    const info: MediaInfo = {
      ...common,
      durationSeconds: isFilm ? frameCount / 25 : bytes.length / 64_000,
      video: isFilm ? picture : null,
      audio: [sound],
    };
    const ticks = Array.from({ length: frameCount + 1 }, (_, frame) => frame);
    return {
      info,
      grid: isFilm ? { frameCount, timeBase: { num: 1, den: 25 }, ticks, isVariableRate: false } : null,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  }

  async #render(jobs: readonly TakeJob[], options: EngineCallOptions): Promise<RenderedTake[]> {
    const takes: RenderedTake[] = [];
    for (const job of jobs) {
      if (options.signal?.aborted === true) throw new DubwrightError('CANCELLED');
      const { endFrame, segmentId, startFrame, takeKey, takePath } = job;
      const timeBase = { num: 1, den: 25 };
      const writer = await createTakeWriter({
        takePath,
        startFrame,
        endFrame,
        timeBase,
        format: yuv420p,
        key: takeKey,
      });
      const plane = (size: number): { data: Uint8Array; width: number; height: number } => ({
        ...{ data: new Uint8Array(size * size).fill(128), width: size, height: size },
      });
      const box = { x: 16, y: 16, width: 2, height: 2 };
      await writer.add({ frameIndex: startFrame, box, planes: [plane(2), plane(1), plane(1)] });
      const outcome = {
        patchedFrames: 1,
        framesWithoutFace: 0,
        notes: [],
        stageMs: { paint: 1 },
        sync: this.#options.syncOf?.(job) ?? null,
      };
      await writer.finish(outcome);
      this.rendered.push(`${startFrame}-${endFrame}`);
      const take = { segmentId, takePath, elapsedMs: 1, outcome };
      takes.push(take);
      options.onEvent?.({ kind: 'take', take: structuredClone(take) });
      await this.#options.afterTake?.(takes.length);
    }
    return takes;
  }
}
