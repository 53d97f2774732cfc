import { DubwrightError } from '../../../contract/errors.ts';
import type { FloatTensor, Model } from '../../inference/types.ts';
import type { VideoFrame } from '../../media/frame.ts';
import type { PresentationTable } from '../../media/types.ts';
import type { LipRenderer, LipScene, SegmentOutcome } from '../types.ts';
import { FaceBatch } from './face-batch.ts';
import { FaceTrail } from './face-framing.ts';
import type { GeneratorInterface } from './model-interface.ts';
import { pasteFace } from './paste-face.ts';
import { SkinMatch } from './skin-match.ts';
import { VoiceWindows } from './voice-windows.ts';

/** What a renderer works with; the model is closed with the renderer. */
export interface GeneratorSetup {
  readonly model: Model;
  readonly modelPath: string;
  readonly shape: GeneratorInterface;
  readonly batchSize: number;
  readonly soundOffsetMs: number;
  readonly weight: number;
  /** Sentences about a provider that failed and the CPU that took over; grows while rendering. */
  readonly fallbacks: readonly string[];
}

type RenderRequest = Parameters<LipRenderer['render']>[0];

/** Draws a person's mouth with a generator, segment by segment. */
export class GeneratorRenderer implements LipRenderer {
  readonly #scene: LipScene;
  readonly #setup: GeneratorSetup;

  constructor(scene: LipScene, setup: GeneratorSetup) {
    this.#scene = scene;
    this.#setup = setup;
  }

  async render(request: RenderRequest): Promise<SegmentOutcome> {
    return await new SegmentRun(this.#scene, this.#setup, request).run();
  }

  async close(): Promise<void> {
    await this.#setup.model.close();
  }
}

/** Milliseconds by stage, summed over a segment. */
class StageClock {
  readonly spent = { sound: 0, crop: 0, model: 0, paste: 0 };

  measure<T>(stage: keyof StageClock['spent'], work: () => T): T {
    const start = performance.now();
    const result = work();
    this.spent[stage] += performance.now() - start;
    return result;
  }
}

/** One pass over one segment. */
class SegmentRun {
  readonly #setup: GeneratorSetup;
  readonly #request: RenderRequest;
  readonly #table: PresentationTable;
  readonly #clock = new StageClock();
  readonly #trail: FaceTrail;
  readonly #voice: VoiceWindows;
  readonly #batch: FaceBatch;
  readonly #skin = new SkinMatch();
  #patched = 0;
  #withoutFace = 0;

  constructor(scene: LipScene, setup: GeneratorSetup, request: RenderRequest) {
    const { shape, batchSize, weight } = setup;
    this.#setup = setup;
    this.#request = request;
    this.#table = scene.source.table;
    const framing = shape.faceKind === 'masked' ? 'detector-box' : 'ffhq-square';
    this.#trail = new FaceTrail(scene.faces, request.segment.personId, framing);
    this.#voice = this.#clock.measure('sound', () => new VoiceWindows(request.segment.voice));
    this.#batch = new FaceBatch(shape, batchSize, weight);
  }

  async run(): Promise<SegmentOutcome> {
    const { frames, signal } = this.#request;
    throwIfCancelled(signal);
    for await (const frame of frames) {
      throwIfCancelled(signal);
      this.#take(frame);
      if (this.#batch.isFull) await this.#flush();
    }
    await this.#flush();
    return {
      patchedFrames: this.#patched,
      framesWithoutFace: this.#withoutFace,
      notes: this.#notes(),
      stageMs: { ...this.#clock.spent },
    };
  }

  /** Frames without the face are passed over: they stay as they are. */
  #take(frame: VideoFrame): void {
    const view = this.#clock.measure('crop', () => this.#trail.at(frame.index));
    if (view === null) {
      this.#withoutFace++;
      return;
    }
    const seconds = this.#secondsInSegment(frame.index) + this.#setup.soundOffsetMs / 1000;
    this.#clock.measure('crop', () => {
      this.#batch.add({ frame, view }, (out, offset) => {
        this.#clock.measure('sound', () => this.#voice.write(seconds, out, offset));
      });
    });
  }

  #secondsInSegment(frameIndex: number): number {
    const { ticks, timeBase } = this.#table;
    const elapsed = ticks[frameIndex] - ticks[this.#request.segment.startFrame];
    return (elapsed * timeBase.num) / timeBase.den;
  }

  async #flush(): Promise<void> {
    const batch = this.#batch;
    if (batch.faces.length > 0) {
      const output = await this.#runModel();
      throwIfCancelled(this.#request.signal);
      for (const [slot, { frame, view }] of batch.faces.entries()) {
        const patch = this.#clock.measure('paste', () =>
          pasteFace({
            frame,
            view,
            generated: batch.generatedOf(output, slot),
            original: batch.originalOf(slot),
            size: this.#setup.shape,
            skin: this.#skin,
          }),
        );
        if (patch === null) {
          this.#withoutFace++;
          continue;
        }
        this.#patched++;
        // What a generator drew can only be seen; the frame has served.
        await this.#request.emit(patch, { frame });
      }
      batch.clear();
    }
    const { startFrame, endFrame } = this.#request.segment;
    this.#request.onProgress({
      stage: 'render',
      doneFrames: this.#patched + this.#withoutFace,
      totalFrames: endFrame - startFrame,
    });
  }

  async #runModel(): Promise<FloatTensor> {
    const { model, modelPath, shape } = this.#setup;
    const start = performance.now();
    const outputs = await model.run(this.#batch.feeds());
    this.#clock.spent.model += performance.now() - start;
    const output = outputs[shape.output];
    const least = this.#batch.faces.length * 3 * shape.width * shape.height;
    if (output.data.length < least) {
      const cause = `its output ${shape.output} holds ${output.dims.join('×')} values, expected ${least}`;
      throw new DubwrightError('MODEL_WRONG_SHAPE', { path: modelPath, cause });
    }
    return output;
  }

  #notes(): string[] {
    const { fallbacks } = this.#setup;
    if (this.#withoutFace === 0) return [...fallbacks];
    const total = this.#patched + this.#withoutFace;
    return [
      ...fallbacks,
      `The mouth is not to be seen in ${this.#withoutFace} of ${total} frames; they stay as they are.`,
    ];
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new DubwrightError('CANCELLED');
}
