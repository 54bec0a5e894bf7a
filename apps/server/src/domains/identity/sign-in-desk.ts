import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '../../kernel/clock.ts';
import type { Origin, Viewer } from '../../kernel/viewer.ts';
import { hashSecret, type Keys } from '../../platform/keys.ts';
import { poolOf } from '../../platform/orm.ts';
import { membershipsOf } from './account.ts';
import { authenticate } from './authenticate.ts';
import { Session, type LetterKind } from './credential.entity.ts';
import {
  ConfirmationNeeded,
  SecondFactorNeeded,
  SecondFactorRefused,
  PasswordRefused,
  SignInRefused,
  TooManyAttempts,
  WorkspaceNotFound,
} from './identity.errors.ts';
import { Account } from './member.entity.ts';
import { passSecondFactor } from './second-factor.ts';
import { openSession, accountOf, type OpenedSession } from './session.ts';
import { redeemLink, sendResetLink } from './set-password.ts';
import { signInProven, type ProvenIdentity } from './single-sign-on.ts';
import { signIn, signOut, type SignIn } from './sign-in.ts';
import { verifyPassword } from './secret.ts';
import type { Scope } from '../../platform/scope.ts';

/** Somebody who signed in just now. */
export interface Entered {
  readonly secret: string;
  readonly expiresAt: Date;
  readonly viewer: Viewer;
}

const quarterHour = 15 * 60;
const hour = 60 * 60;
/** How long after somebody proved who they are they may do what opens much. */
const confirmedForMs = quarterHour * 1000;

/**
 * Where people come in and go out. Attempts are counted in the database, by account and by address, before a password
 * is looked at: for all nodes together, across restarts, and one by one however many come at once.
 */
export class SignInDesk {
  readonly #byAccount: RateLimiterPostgres;
  readonly #byAddress: RateLimiterPostgres;
  readonly #letters: RateLimiterPostgres;

  constructor(
    private readonly orm: MikroORM,
    private readonly clock: Clock,
    readonly publicUrl: string,
    /** What the sign-in page calls the single sign-on provider; null for none. */
    readonly singleSignOn: string | null,
    readonly keys: Keys,
  ) {
    const limiter = (keyPrefix: string, points: number, duration: number) =>
      new RateLimiterPostgres({
        storeClient: poolOf(orm),
        storeType: 'pool',
        tableName: 'rate_limit',
        tableCreated: true,
        keyPrefix,
        points,
        duration,
      });
    this.#byAccount = limiter('account', 10, quarterHour);
    this.#byAddress = limiter('address', 50, quarterHour);
    this.#letters = limiter('letters', 3, hour);
  }

  async signIn(given: SignIn, origin: Origin): Promise<Entered> {
    return this.#guarded(given.email, origin, async () => this.#enter(await signIn(this.#em(), this.clock, this.keys, given, origin)));
  }

  /** Lets in whom a single sign-on provider vouches for. */
  async enterProven(proven: ProvenIdentity, origin: Origin): Promise<Entered | null> {
    const opened = await signInProven(this.#em(), this.clock, proven, origin);
    return opened && this.#enter(opened);
  }

  async signOut(secret: string | null, origin: Origin): Promise<void> {
    if (secret) await signOut(this.#em(), this.clock, secret, origin);
  }

  /** Sends at most three letters an hour to one address, and says nothing of whether somebody has it. */
  async forgotPassword(email: string, origin: Origin): Promise<void> {
    await this.#count(this.#byAddress, origin.address);
    try {
      await this.#count(this.#letters, email.trim().toLowerCase());
    } catch (error) {
      if (error instanceof TooManyAttempts) return;
      throw error;
    }
    await sendResetLink(this.#em(), this.clock, this.publicUrl, email, origin);
  }

  /** Sets a new password by a link. Signs in too, unless the account asks for a second factor. */
  async redeem(kind: LetterKind, token: string, password: string, origin: Origin): Promise<Entered | null> {
    await this.#count(this.#byAddress, origin.address);
    const { account, member } = await redeemLink(this.#em(), this.clock, { kind, token, password }, origin);
    return account.totpConfirmedAt ? null : this.#enter(await openSession(this.#em(), this.clock, member, origin, 'link'));
  }

  /** Goes on in another of one's workspaces; the session in this one ends. */
  async switchTo(scope: Scope, workspaceId: string, secret: string | null, origin: Origin): Promise<Entered> {
    const accountId = await accountOf(scope);
    const members = accountId ? await membershipsOf(scope.em, accountId) : [];
    const member = members.find((one) => one.workspaceId === workspaceId);
    const here = secret ? await this.#em().findOne(Session, { tokenHash: hashSecret(secret) }) : null;
    if (!member || !secret || !here) throw new WorkspaceNotFound();
    const entered = await this.#enter(await openSession(this.#em(), this.clock, member, origin, 'switch', here.singleSignOn));
    await signOut(this.#em(), this.clock, secret, origin);
    return entered;
  }

  /** Refuses a browser in which somebody proved who they are long ago. Tokens were given for what they may do. */
  async requireConfirmed(secret: string | null): Promise<void> {
    if (!secret?.startsWith('session_')) return;
    const session = await this.#em().findOne(Session, { tokenHash: hashSecret(secret) });
    if (!session || session.confirmedAt.getTime() < this.clock().getTime() - confirmedForMs) throw new ConfirmationNeeded();
  }

  /** Proves once more who it is, in a browser that is signed in. */
  async confirm(
    scope: Scope,
    given: { password: string; code?: string | null | undefined },
    secret: string,
    origin: Origin,
  ): Promise<void> {
    const accountId = await accountOf(scope);
    const account = accountId && (await this.#em().findOne(Account, { id: accountId }));
    if (!account) throw new PasswordRefused('password');
    await this.#guarded(account.email, origin, () =>
      this.#em().transactional(async (em) => {
        const known = await em.findOneOrFail(Account, { id: account.id });
        if (!(await verifyPassword(given.password, known.passwordHash))) throw new PasswordRefused('password');
        if (known.totpConfirmedAt && !given.code) throw new SecondFactorNeeded();
        if (known.totpConfirmedAt && !(await passSecondFactor(em, this.keys, known, given.code ?? '', this.clock())))
          throw new SecondFactorRefused();
        await em.nativeUpdate(Session, { tokenHash: hashSecret(secret) }, { confirmedAt: this.clock() });
      }),
    );
  }

  /** Counts a signed-in person's tries of something that could be guessed. */
  async guarded<T>(scope: Scope, origin: Origin, work: () => Promise<T>): Promise<T> {
    return this.#guarded(`signed in ${(await accountOf(scope)) ?? scope.viewer.memberId}`, origin, work);
  }

  async #guarded<T>(email: string, { address }: Origin, work: () => Promise<T>): Promise<T> {
    const account = email.trim().toLowerCase();
    await this.#count(this.#byAddress, address);
    await this.#count(this.#byAccount, account);
    const result = await work();
    await this.#byAccount.delete(account);
    await this.#byAddress.reward(address);
    return result;
  }

  async #enter({ secret, expiresAt }: OpenedSession): Promise<Entered> {
    const viewer = await authenticate(this.#em(), this.clock, secret);
    if (!viewer) throw new SignInRefused();
    return { secret, expiresAt, viewer };
  }

  #em(): EntityManager {
    return this.orm.em.fork();
  }

  async #count(limiter: RateLimiterPostgres, key: string): Promise<void> {
    try {
      await limiter.consume(key.slice(0, 200));
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) throw new TooManyAttempts(Math.ceil(refusal.msBeforeNext / 1000));
      throw refusal;
    }
  }
}
