import type { MikroORM } from '@mikro-orm/postgresql';
import { LockMode } from '@mikro-orm/core';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { Watch } from '../../platform/watch.ts';
import { PasswordRequest } from './credential.entity.ts';
import type { SignInDesk } from './sign-in-desk.ts';

const batchSize = 50;
/** The person has asked again by then. */
const tooOldMs = 600_000;

export interface PasswordRequestSettings {
  readonly orm: MikroORM;
  readonly desk: SignInDesk;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Mails the reset links that people asked for. Any number of nodes may run it. */
export class PasswordRequestWorker {
  readonly #watch: Watch;

  constructor(private readonly settings: PasswordRequestSettings) {
    this.#watch = new Watch('send reset links', settings.logger, () => this.#work());
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  async #work(): Promise<null> {
    const { orm, logger, clock } = this.settings;
    await orm.em.fork().nativeDelete(PasswordRequest, { createdAt: { $lt: new Date(clock().getTime() - tooOldMs) } });
    const waiting = await orm.em.fork().find(PasswordRequest, {}, { orderBy: { createdAt: 'asc' }, limit: batchSize });
    for (const { id } of waiting) {
      // One that fails must not keep the others waiting.
      await this.#answer(id).catch((error: unknown) => logger.error({ err: error }, 'a reset link could not be sent, retrying'));
    }
    return null;
  }

  async #answer(id: string): Promise<void> {
    await this.settings.orm.em.fork().transactional(async (em) => {
      const request = await em.findOne(PasswordRequest, { id }, { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE });
      if (!request) return;
      const { email, address, userAgent } = request;
      await this.settings.desk.answerPasswordRequest(em, { email, origin: { address, userAgent } });
      await em.nativeDelete(PasswordRequest, { id });
    });
  }
}
