/** One step of a database's layout. */
export interface Migration {
  /** Written into `user_version`; rises in steps of ten, so that a repair fits between two. */
  readonly version: number;
  readonly sql: string;
}
