import { firstLayout } from './0010-first-layout.ts';
import type { Migration } from './migration.ts';

/** Every layout step of a project file, oldest first. Steps that were once released never change. */
export const projectMigrations: readonly Migration[] = [firstLayout];
