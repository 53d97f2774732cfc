import { performance } from 'node:perf_hooks';
import { lipFeaturesOf } from '../../faces/lip-features.ts';
import type { Patch, VideoFrame } from '../../media/frame.ts';
import type { LipRenderer, LipScene, LipSegment, SegmentOutcome } from '../types.ts';
import { easeColour, fitColour, type ColourPlane } from './colour-match.ts';
import { compositePatch } from './composite.ts';
import { donorsAlong, type Donor } from './donors.ts';
import { lipTargetsOf, type LipTargets } from './lip-targets.ts';
import { destinationMesh, poseDonor } from './mouth-geometry.ts';
import { cropOf } from './mouth-library.ts';
import { nudgeLips, planNudges } from './nudge-lips.ts';
import { ownShares } from './own-share.ts';
import { readSmoothMesh, shapeSize } from './person-table.ts';
import { frameMiddles, type Speaker } from './prepare-speaker.ts';
import { selectUnits } from './select-units.ts';
import { leapShapesOf, leapSize, targetCosts } from './target-costs.ts';
import { buildWarpField, defaultMaskShape } from './warp-field.ts';

/** Price of leaving a run. */
const jumpCost = 1.5;
/** How quickly the light of a run follows new frames. */
const colourEase = 0.35;

interface Plan {
  readonly targets: LipTargets;
  readonly path: Int32Array;
  readonly donors: readonly (readonly Donor[])[];
  /** How far to open each frame's borrowed mouth, in eye-corner distances. */
  readonly nudges: Float32Array;
}

/** What goes into one frame. */
interface FramePlan {
  readonly donors: readonly Donor[];
  readonly nudge: number;
  /** Share of the film's own mouth (`ownShares`). */
  readonly own: number;
}

/** Renders segments of one speaker; see `createUnitSelectionEngine`. */
export class UnitSelectionRenderer implements LipRenderer {
  readonly #scene: LipScene;
  readonly #speaker: Speaker;
  readonly #middles: Float64Array;
  readonly #follows: Uint8Array;
  /** Library shapes scaled so that squared distance is the price of a leap. */
  readonly #leapShapes: Float32Array;

  constructor(scene: LipScene, speaker: Speaker) {
    this.#scene = scene;
    this.#speaker = speaker;
    this.#middles = frameMiddles(scene.source.table);
    const { libraryFrames, libraryShapes, table } = speaker;
    this.#leapShapes = leapShapesOf(libraryShapes);
    this.#follows = Uint8Array.from(libraryFrames, (frame, j) =>
      j > 0 && libraryFrames[j - 1] === frame - 1 && table.trackIds[frame] === table.trackIds[frame - 1]
        ? 1
        : 0,
    );
  }

  async render(request: Parameters<LipRenderer['render']>[0]): Promise<SegmentOutcome> {
    const { segment, frames, emit, onProgress, signal } = request;
    const started = performance.now();
    if (this.#speaker.isStill) return untouched(segment, frames, this.#speaker.notes);
    const { donors, nudges } = await this.#plan(segment, signal);
    const owns = ownShares(segment, this.#speaker.table);
    const planned = performance.now();
    const total = segment.endFrame - segment.startFrame;
    let patchedFrames = 0;
    let framesWithoutFace = 0;
    const light = new RunLight();
    for await (const frame of frames) {
      signal.throwIfAborted();
      const at = frame.index - segment.startFrame;
      const own = owns[at];
      const shown =
        own < 1 ? this.#renderFrame(frame, { donors: donors[at], nudge: nudges[at], own }, light) : null;
      if (shown) {
        patchedFrames++;
        await emit(shown.patch, { features: shown.lips });
      } else {
        framesWithoutFace++;
      }
      onProgress({ stage: 'render', doneFrames: frame.index + 1 - segment.startFrame, totalFrames: total });
    }
    return {
      patchedFrames,
      framesWithoutFace,
      notes: this.#speaker.notes,
      stageMs: { choose: planned - started, render: performance.now() - planned },
    };
  }

  close(): Promise<void> {
    this.#speaker.library.close();
    return Promise.resolve();
  }

  /**
   * The opening that the voice asks for and that of the mouths chosen, frame by frame, in standard deviations: what a
   * segment will do, without rendering it.
   */
  async explain(
    segment: LipSegment,
  ): Promise<{ readonly wanted: Float32Array; readonly chosen: Float32Array }> {
    const { targets, path } = await this.#plan(segment, new AbortController().signal);
    const { libraryShapes } = this.#speaker;
    return {
      wanted: Float32Array.from(path, (_index, t) => targets.shapes[t * shapeSize]),
      chosen: Float32Array.from(path, (index) => libraryShapes[index * shapeSize]),
    };
  }

  /** What the voice asks for and which mouths answer, for every frame of a segment. */
  async #plan(segment: LipSegment, signal: AbortSignal): Promise<Plan> {
    const { predictor, rest } = this.#speaker;
    const { ticks, timeBase } = this.#scene.source.table;
    const startSeconds = (ticks[segment.startFrame] * timeBase.num) / timeBase.den;
    const seconds = this.#middles
      .slice(segment.startFrame, segment.endFrame)
      .map((middle) => middle - startSeconds);
    const heard = await predictor.hear(segment.voice, seconds, signal);
    const targets = lipTargetsOf(heard, { voice: segment.voice, seconds }, { rest, trust: predictor.trust });
    const isCut = this.#cuts(segment);
    const path = selectUnits({
      targetCount: seconds.length,
      libraryCount: this.#speaker.libraryFrames.length,
      fillTargetCosts: targetCosts(this.#speaker, targets, segment.startFrame),
      followsPrevious: this.#follows,
      shapes: this.#leapShapes,
      shapeSize: leapSize,
      jumpCost,
      isCut,
    });
    const donors = donorsAlong(path, this.#follows, isCut);
    return { targets, path, donors, nudges: this.#nudgesFor(targets, donors) };
  }

  #nudgesFor(targets: LipTargets, donors: readonly (readonly Donor[])[]): Float32Array {
    const { libraryShapes, scale } = this.#speaker;
    const openingOf = (z: number): number => scale.mean[0] + scale.deviation[0] * z;
    const wanted = Float32Array.from(donors, (_donors, t) => openingOf(targets.shapes[t * shapeSize]));
    const borrowed = Float32Array.from(donors, (frame) =>
      frame.reduce((sum, { index, share }) => sum + share * openingOf(libraryShapes[index * shapeSize]), 0),
    );
    return planNudges({ wanted, borrowed, closure: targets.closure });
  }

  #cuts(segment: LipSegment): Uint8Array {
    const isCut = new Uint8Array(segment.endFrame - segment.startFrame);
    for (const shot of this.#scene.faces.index.shots) {
      const at = shot.startFrame - segment.startFrame;
      if (at > 0 && at < isCut.length) isCut[at] = 1;
    }
    return isCut;
  }

  /** Null where there is no mouth to be seen. */
  #renderFrame(
    frame: VideoFrame,
    { donors, nudge, own }: FramePlan,
    light: RunLight,
  ): { readonly patch: Patch; readonly lips: Float32Array } | null {
    const { library, table } = this.#speaker;
    const targetMesh = readSmoothMesh(this.#scene.faces, table, frame.index);
    if (!targetMesh) return null;
    const mouths = donors.map(({ index, share }) => ({ ...library.read(index), share: share * (1 - own) }));
    const ownCrop = own > 0 ? cropOf(frame, targetMesh) : null;
    if (ownCrop) mouths.push({ mesh: targetMesh, crop: ownCrop, share: own });
    mouths.sort((a, b) => b.share - a.share);
    const posed = mouths.map(({ mesh, share }) => ({ mesh: poseDonor(mesh, targetMesh), share }));
    const destination = destinationMesh(targetMesh, posed);
    nudgeLips(destination, nudge * (1 - own));
    const field = buildWarpField({
      frame,
      format: frame.format,
      targetMesh,
      destination,
      donorMeshes: mouths.map((mouth) => mouth.mesh),
      shape: defaultMaskShape,
    });
    if (!field) return null;
    const colours = light.follow(fitColour(frame, mouths, field), donors[0].index);
    return { patch: compositePatch(frame, mouths, field, colours), lips: lipFeaturesOf(destination) };
  }
}

/** The outcome of a segment whose frames are left as they are; reads them, as every renderer does. */
async function untouched(
  segment: LipSegment,
  frames: AsyncIterable<VideoFrame>,
  notes: readonly string[],
): Promise<SegmentOutcome> {
  for await (const frame of frames) if (frame.index >= segment.endFrame) break;
  return { patchedFrames: 0, framesWithoutFace: 0, notes, stageMs: {} };
}

/** Keeps the colour match steady inside a run and lets it change where another run begins. */
class RunLight {
  #previous: { readonly colours: readonly ColourPlane[]; readonly index: number } | null = null;

  follow(colours: readonly ColourPlane[], index: number): readonly ColourPlane[] {
    const isRun = this.#previous !== null && index === this.#previous.index + 1;
    const eased = this.#previous && isRun ? easeColour(this.#previous.colours, colours, colourEase) : colours;
    this.#previous = { colours: eased, index };
    return eased;
  }
}
