export interface RunningRedis {
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}
export function startRedis(options?: { port?: number }): Promise<RunningRedis>;
