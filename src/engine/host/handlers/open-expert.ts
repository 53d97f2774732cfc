import { errorText } from '../../../contract/error-text.ts';
import { DubwrightError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import { expertFolder, readExpertFiles } from '../../sync/bundled-expert.ts';
import { createSyncExpert } from '../../sync/sync-expert.ts';
import type { SyncExpert } from '../../sync/sync-expert.ts';
import type { TaskContext } from '../protocol.ts';

/** Without its models the expert is missed, but nothing else needs it. */
const missing: readonly ErrorCode[] = ['MODEL_NOT_FOUND', 'MODEL_UNREADABLE', 'MODEL_WRONG_SHAPE'];

function isMissing(thrown: unknown): thrown is DubwrightError {
  return thrown instanceof DubwrightError && missing.includes(thrown.code);
}

/** Name of the expert whose scores are to be had here, without opening it; null where its models are missing. */
export async function expertName(): Promise<string | null> {
  try {
    const { biasMs, fingerprint } = await readExpertFiles(expertFolder());
    return nameOf({ biasMs, fingerprint });
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

/** The name that scores carry. */
export function nameOf({ biasMs, fingerprint }: Pick<SyncExpert, 'biasMs' | 'fingerprint'>): string {
  return `${fingerprint} ${biasMs}`;
}

/** The sync expert, or null with a warning where its models are missing or broken: work then goes on unscored. */
export async function openExpert({ emit }: Pick<TaskContext, 'emit'>): Promise<SyncExpert | null> {
  try {
    return await createSyncExpert({
      modelsFolder: expertFolder(),
      onFallback: (text) => emit({ kind: 'warning', text }),
    });
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
    const { sentence } = errorText(thrown.code, thrown.details);
    const text = `Takes get no score, because the lip-sync expert does not work: ${sentence}`;
    emit({ kind: 'warning', text });
    return null;
  }
}
