import { createFrameRenderer } from './render-frame.ts';
import type { FrameRenderer } from './render-frame.ts';
import type { SpeakerLook } from './look.ts';
import type { MouthShape } from './mouth-shape.ts';
import { perform } from './performance.ts';
import type { Acting } from './performance.ts';
import { makeSpeaker } from './speaker.ts';
import type { FacePose, Speaker } from './speaker.ts';
import type { Stage } from './stage.ts';

/** One shot of a film, from `startFrame` (inclusive) to the next shot's start. */
export interface PlannedShot {
  readonly startFrame: number;
  readonly stage: Stage;
}

/** A film to be rendered. */
export interface FilmPlan {
  readonly look: SpeakerLook;
  readonly mouths: readonly MouthShape[];
  readonly acting: Acting;
  readonly shots: readonly PlannedShot[];
  readonly frameRate: number;
  readonly width: number;
  readonly height: number;
  /** Texels along the skin's texture; 1,536 for close-ups, 768 for quick looks. */
  readonly textureSize: number;
}

/** Renders any frame of a film in any order; frames share everything that is slow to make. */
export interface FilmRenderer {
  readonly frameCount: number;
  readonly poses: readonly FacePose[];
  readonly speaker: Speaker;
  /** Packed 8-bit sRGB, overwritten by the next call within the same shot. */
  render(frame: number): Uint8Array;
  /** The shot renderer that a frame belongs to. */
  rendererOf(frame: number): FrameRenderer;
}

/** Prepares a film: builds the speaker and plans all poses. */
export function openFilm(plan: FilmPlan): FilmRenderer {
  const speaker = makeSpeaker(plan.look, plan.textureSize);
  const poses = perform(plan.mouths, plan.acting, plan.frameRate);
  const renderers = new Map<number, FrameRenderer>();
  const rendererOf = (frame: number): FrameRenderer => {
    let index = 0;
    plan.shots.forEach((shot, candidate) => {
      if (frame >= shot.startFrame) index = candidate;
    });
    const known = renderers.get(index);
    if (known) return known;
    const fresh = createFrameRenderer(speaker, plan.shots[index].stage, plan);
    renderers.set(index, fresh);
    return fresh;
  };
  return {
    frameCount: poses.length,
    poses,
    speaker,
    rendererOf,
    render: (frame) => rendererOf(frame).render(poses[frame], frame + 1000 * plan.acting.seed),
  };
}

/**
 * Renders a speaker saying something, frame after frame, as packed 8-bit sRGB pictures. Each picture is only valid
 * until the next one is asked for.
 */
export function* renderSpeaker(plan: FilmPlan): Generator<Uint8Array> {
  const film = openFilm(plan);
  for (let frame = 0; frame < film.frameCount; frame++) yield film.render(frame);
}
