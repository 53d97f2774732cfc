import type { FrameRange } from '../time/frame-range.ts';
import { canonicalJson } from './canonical-json.ts';
import type { CanonicalValue } from './canonical-json.ts';

/** Raised whenever the meaning of a key's parts changes, so that no old take is taken for a new one. */
export const takeKeyVersion = 1;

/** Everything that the pixels of one take depend on. */
export interface TakeInputs {
  /** SHA-256 of the film's bytes. */
  readonly sourceSha256: string;
  readonly range: FrameRange;
  readonly personId: number;
  /** What the face analysis found and which version of it looked. */
  readonly facesFingerprint: string;
  /** SHA-256 of exactly the samples of this segment, as the engine hears them. */
  readonly voiceSha256: string;
  /** Version, model hashes and parameters of the lip engine. */
  readonly engineFingerprint: string;
  /** Settings of this segment that change its pixels. */
  readonly parameters: Readonly<Record<string, CanonicalValue>>;
}

/** Gives the lower-case hex SHA-256 of a text in UTF-8. Injected, because the core knows no platform. */
export type HashText = (text: string) => string;

/** The name of a take: same inputs, same key; any input changes, another key. */
export function takeKey(inputs: TakeInputs, hash: HashText): string {
  const { range, parameters, ...hashes } = inputs;
  return hash(
    canonicalJson({
      kind: 'take',
      version: takeKeyVersion,
      ...hashes,
      startFrame: range.startFrame,
      endFrame: range.endFrame,
      parameters,
    }),
  );
}
