import { errorText } from '../../../contract/error-text.ts';
import { DubwrightError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import { createSyncExpert } from '../../sync/sync-expert.ts';
import type { SyncExpert } from '../../sync/sync-expert.ts';
import type { TaskContext } from '../protocol.ts';

/** Without its models the expert is missed, but nothing else needs it. */
const missing: readonly ErrorCode[] = ['MODEL_NOT_FOUND', 'MODEL_UNREADABLE', 'MODEL_WRONG_SHAPE'];

/** Set by tests; the expert that is bundled serves otherwise. */
export const expertFolderVariable = 'DUBWRIGHT_SYNC_EXPERT';

/** The sync expert, or null with a warning where its models are missing or broken: work then goes on unscored. */
export async function openExpert({ emit }: TaskContext): Promise<SyncExpert | null> {
  try {
    const modelsFolder = process.env[expertFolderVariable] ?? '';
    return await createSyncExpert({
      ...(modelsFolder === '' ? {} : { modelsFolder }),
      onFallback: (text) => emit({ kind: 'warning', text }),
    });
  } catch (thrown) {
    if (!(thrown instanceof DubwrightError) || !missing.includes(thrown.code)) throw thrown;
    const { sentence } = errorText(thrown.code, thrown.details);
    const text = `Takes get no score, because the lip-sync expert does not work: ${sentence}`;
    emit({ kind: 'warning', text });
    return null;
  }
}
