import type { Migration } from './migration.ts';

/** Media, segments, takes, outputs and settings of one film's dub. */
export const firstLayout: Migration = {
  version: 10,
  sql: `
    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL CHECK (json_valid(value))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE media (
      role TEXT PRIMARY KEY CHECK (role IN ('source', 'voice', 'subtitles')),
      path TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      modified_ms REAL NOT NULL,
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
    ) STRICT, WITHOUT ROWID;

    -- Segments that went stay as removed rows, because their takes stay.
    CREATE TABLE segments (
      id TEXT PRIMARY KEY,
      start_frame INTEGER NOT NULL CHECK (start_frame >= 0),
      end_frame INTEGER NOT NULL CHECK (end_frame > start_frame),
      origin TEXT NOT NULL CHECK (origin IN ('cue', 'gap', 'voice')),
      text TEXT NOT NULL,
      removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE takes (
      key TEXT PRIMARY KEY,
      segment_id TEXT NOT NULL REFERENCES segments (id),
      is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
      start_frame INTEGER NOT NULL,
      end_frame INTEGER NOT NULL CHECK (end_frame > start_frame),
      file TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      outcome TEXT CHECK (outcome IS NULL OR json_valid(outcome))
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX one_current_take ON takes (segment_id) WHERE is_current = 1;
    CREATE INDEX takes_of_segment ON takes (segment_id, created_ms);

    CREATE TABLE outputs (
      path TEXT PRIMARY KEY,
      key TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      modified_ms REAL NOT NULL,
      created_ms INTEGER NOT NULL,
      details TEXT NOT NULL CHECK (json_valid(details))
    ) STRICT, WITHOUT ROWID;
  `,
};
