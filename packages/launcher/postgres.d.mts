export interface RunningPostgres {
  readonly port: number;
  readonly pid: number;
  url(database?: string): string;
  stop(): Promise<void>;
}
export function freePort(): Promise<number>;
export function startPostgres(options: { dataDir?: string; port?: number; ephemeral?: boolean }): Promise<RunningPostgres>;
