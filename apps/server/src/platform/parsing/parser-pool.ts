import { deserialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { InvalidInput } from '../../kernel/domain-error.ts';
import type { ParserReply, ParserRequest } from './serve-parsers.ts';

interface ParserLimits {
  /** Counted from the moment a worker starts on the text, not while the task waits for one. */
  readonly timeMs: number;
  /** In characters. */
  readonly input: number;
  /** In bytes of the serialized result. */
  readonly output: number;
}

type ParserLimit = 'TIME' | 'MEMORY' | 'INPUT' | 'OUTPUT' | 'QUEUE';

/** A parser needed more than it is allowed. Its worker was ended; no other task was affected. */
export class ParserLimitExceeded extends Error {
  constructor(
    readonly limit: ParserLimit,
    readonly parser: string,
  ) {
    super(`The parser "${parser}" exceeded its limit: ${limit}.`);
  }
}

interface PoolSettings {
  /** The module that a worker runs; it calls `serveParsers`. */
  readonly entry: URL;
  readonly threads: number;
  readonly memoryMb: number;
  readonly queued: number;
  readonly idleMs: number;
}

export interface ParserTask {
  /** As `parser-worker.ts` registers it. */
  readonly parser: string;
  readonly text: string;
  readonly options?: object;
  readonly limits: ParserLimits;
}

interface Waiting {
  readonly task: ParserTask;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  running: Waiting | null;
  timer: NodeJS.Timeout | undefined;
}

const isSource = import.meta.url.endsWith('.ts');
/** The build puts chunks beside the entry points, so the worker is a sibling of the file that holds this code. */
const entry = new URL(isSource ? '../../parser-worker.ts' : './parser-worker.js', import.meta.url);
/** Node strips types by itself; parameter properties need the transform. Only tests run from sources. */
const execArgv = isSource ? ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'] : [];

/**
 * Runs parsers of external input on worker threads, so that no input blocks the event loop. A worker that exceeds its
 * time or memory is ended, and the caller gets `ParserLimitExceeded`.
 */
export class ParserPool {
  readonly #threads = new Set<Thread>();
  readonly #queue: Waiting[] = [];

  constructor(private readonly settings: PoolSettings) {}

  /** Rejects with `InvalidInput` where the parser refuses the text. */
  run<Result>(task: ParserTask): Promise<Result> {
    const { parser, text, limits } = task;
    return new Promise<unknown>((resolve, reject) => {
      if (text.length > limits.input) throw new ParserLimitExceeded('INPUT', parser);
      if (this.#queue.length >= this.settings.queued) throw new ParserLimitExceeded('QUEUE', parser);
      this.#queue.push({ task, resolve, reject });
      this.#dispatch();
    }) as Promise<Result>;
  }

  /** Ends all workers. A later task starts new ones. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    for (const thread of this.#threads) {
      if (!thread.isReady || thread.running) continue;
      const next = this.#queue.shift();
      if (!next) return;
      this.#start(thread, next);
    }
    const starting = [...this.#threads].filter(({ isReady }) => !isReady).length;
    if (this.#queue.length > starting && this.#threads.size < this.settings.threads) this.#addThread();
  }

  #start(thread: Thread, next: Waiting): void {
    const { parser, text, options = {}, limits } = next.task;
    thread.running = next;
    thread.worker.ref();
    clearTimeout(thread.timer);
    thread.timer = setTimeout(() => this.#end(thread, new ParserLimitExceeded('TIME', parser)), limits.timeMs);
    thread.worker.postMessage({ parser, text, options, output: limits.output } satisfies ParserRequest);
  }

  #addThread(): void {
    const worker = new Worker(this.settings.entry, {
      execArgv,
      resourceLimits: { maxOldGenerationSizeMb: this.settings.memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    const thread: Thread = { worker, isReady: false, running: null, timer: undefined };
    this.#threads.add(thread);
    worker.on('message', (message: 'ready' | ParserReply) => {
      if (message === 'ready') thread.isReady = true;
      else this.#finish(thread, message);
      this.#dispatch();
      if (!thread.running) this.#rest(thread);
    });
    worker.on('error', (error) => this.#end(thread, asParserError(error, thread.running)));
    worker.on('exit', (code) => this.#end(thread, new Error(`a parser worker exited with code ${code}`)));
  }

  #finish(thread: Thread, reply: ParserReply): void {
    const { running } = thread;
    thread.running = null;
    if (!running) return;
    const { parser } = running.task;
    if ('result' in reply) running.resolve(deserialize(reply.result));
    else if ('refused' in reply) running.reject(new InvalidInput(reply.refused, reply.field));
    else if ('exceeded' in reply) running.reject(new ParserLimitExceeded(reply.exceeded, parser));
    else running.reject(new Error(`The parser "${parser}" failed: ${reply.failed}`));
  }

  /** An idle worker does not keep the process alive, and ends after a while to free its memory. */
  #rest(thread: Thread): void {
    clearTimeout(thread.timer);
    thread.worker.unref();
    thread.timer = setTimeout(() => this.#end(thread, new Error('idle')), this.settings.idleMs).unref();
  }

  #end(thread: Thread, error: Error): void {
    if (!this.#threads.delete(thread)) return;
    clearTimeout(thread.timer);
    void thread.worker.terminate();
    thread.running?.reject(error);
    // A worker that cannot even start would fail again for each task that waits.
    if (!thread.isReady) for (const waiting of this.#queue.splice(0)) waiting.reject(error);
    this.#dispatch();
  }
}

function asParserError(error: Error & { code?: string }, running: Waiting | null): Error {
  return running && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new ParserLimitExceeded('MEMORY', running.task.parser) : error;
}

/** One for the process, because its threads share the processor with everything else that the process does. */
export const parserPool = new ParserPool({ entry, threads: 2, memoryMb: 128, queued: 100, idleMs: 60_000 });
