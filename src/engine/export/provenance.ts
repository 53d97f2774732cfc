import type { Provenance } from '../host/tasks.ts';
import type { Rational } from '../../core/time/rational.ts';

/** Version of the sidecar's layout; grows when a field changes its meaning. */
const sidecarVersion = 1;

/** The file beside a film that says which of its frames are synthetic. */
export function sidecarPathFor(outPath: string): string {
  return `${outPath}.dubwright.json`;
}

/** The sidecar's text: `Provenance` and what is needed to find the frames it speaks of. */
export function sidecarText(
  provenance: Provenance,
  film: { readonly outName: string; readonly frameCount: number; readonly frameRate: Rational },
): string {
  const record = {
    schema: 'dubwright.provenance',
    schemaVersion: sidecarVersion,
    notice: noticeFor(provenance),
    file: film.outName,
    frameCount: film.frameCount,
    frameRate: film.frameRate,
    ...provenance,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** One sentence for people. */
function noticeFor({ generator, syntheticRanges }: Provenance): string {
  const frames = syntheticRanges.reduce((sum, [from, to]) => sum + to - from, 0);
  return `AI-dubbed with ${generator}: the mouth is synthetic in ${frames} frames.`;
}

/**
 * Tags that mark the file itself: a comment that players show, and a key for machines. QuickTime shows comments under
 * its own name for them.
 */
export function labelTags(provenance: Provenance): Record<string, string> {
  const { generator, engine, engineFingerprint, sourceSha256, voiceSha256 } = provenance;
  const notice = noticeFor(provenance);
  const facts = { synthetic: true, generator, engine, engineFingerprint, sourceSha256, voiceSha256 };
  return {
    comment: notice,
    'com.apple.quicktime.comment': notice,
    dubwright: JSON.stringify(facts),
    // Brands and encoder of the source would otherwise come along as tags.
    major_brand: '',
    minor_version: '',
    compatible_brands: '',
    encoder: '',
  };
}
