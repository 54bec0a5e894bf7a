import { createHash } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/id.ts';
import { networkOf } from '../../kernel/network.ts';
import { cutText } from '../../kernel/text.ts';
import type { Origin, Viewer } from '../../kernel/viewer.ts';
import type { Keys } from '../../platform/keys.ts';
import { poolOf } from '../../platform/orm.ts';
import type { RefusalLog } from '../../platform/refusal-log.ts';
import type { Scope } from '../../platform/scope.ts';
import { acceptPending, acceptWithNewAccount } from './accept-invitation.ts';
import { accountAddress, membershipsOf } from './account.ts';
import { authenticate } from './authenticate.ts';
import { LetterKind, PasswordRequest, Session } from './credential.entity.ts';
import { requireBrowser } from './credential.policy.ts';
import {
  InvitationNotFound,
  PasswordRefused,
  SecondFactorNeeded,
  SecondFactorRefused,
  SignInRefused,
  TooManyAttempts,
  WorkspaceNotFound,
} from './identity.errors.ts';
import { KnownDevices } from './known-device.ts';
import { Account, type Member } from './member.entity.ts';
import { passSecondFactor } from './second-factor.ts';
import { accountOf, openSession, type OpenedSession } from './session.ts';
import { resetPassword, sendResetLink, type ResetRequest } from './set-password.ts';
import { signInProven, type ProvenIdentity } from './single-sign-on.ts';
import { signIn, signOut, type SignIn } from './sign-in.ts';
import { verifyPassword } from './secret.ts';

/** Somebody who signed in just now. */
export interface Entered {
  readonly secret: string;
  readonly expiresAt: Date;
  readonly viewer: Viewer;
}

export interface SignInSettings {
  readonly orm: MikroORM;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly refusals: RefusalLog;
  readonly publicUrl: string;
  /** Whether emails are delivered. Without a mail server, the link of an invitation is shown to the inviter. */
  readonly sendsMail: boolean;
  /** What the sign-in page calls the single sign-on provider; null for none. */
  readonly singleSignOn: string | null;
}

/** Where a sign-in comes from: an address, and what the browser remembers of earlier ones. */
export interface Door extends Origin {
  /** The cookie of a browser that has signed in before; null for a new one. */
  readonly device: string | null;
}

const quarterHour = 15 * 60;
const hour = 60 * 60;

/**
 * Signs people in and out. Attempts are counted in the database before a password is checked: for all nodes together,
 * across restarts, and one by one, also in parallel. They are counted by account and address together, so that
 * an attacker elsewhere locks no user out; by address, and by account from all addresses, with higher limits. A browser
 * that has signed in to the account before is counted separately and is not affected by others.
 */
export class SignInDesk {
  readonly #byPair: RateLimiterPostgres;
  readonly #byAddress: RateLimiterPostgres;
  readonly #byAccount: RateLimiterPostgres;
  readonly #byDevice: RateLimiterPostgres;
  readonly #letters: RateLimiterPostgres;
  readonly #devices: KnownDevices;

  constructor(private readonly settings: SignInSettings) {
    const limiter = (keyPrefix: string, points: number, duration: number) =>
      new RateLimiterPostgres({
        storeClient: poolOf(settings.orm),
        storeType: 'pool',
        tableName: 'rate_limit',
        tableCreated: true,
        keyPrefix,
        points,
        duration,
      });
    this.#byPair = limiter('pair', 10, quarterHour);
    this.#byAddress = limiter('address', 50, quarterHour);
    this.#byAccount = limiter('account', 100, quarterHour);
    this.#byDevice = limiter('device', 10, quarterHour);
    this.#letters = limiter('letters', 3, hour);
    this.#devices = new KnownDevices(settings.keys);
  }

  get keys(): Keys {
    return this.settings.keys;
  }

  get publicUrl(): string {
    return this.settings.publicUrl;
  }

  get sendsMail(): boolean {
    return this.settings.sendsMail;
  }

  get singleSignOn(): string | null {
    return this.settings.singleSignOn;
  }

  /** Signs in with a password; the device is what the browser should remember. */
  async signIn(given: SignIn, door: Door): Promise<Entered & { readonly device: string }> {
    const account = accountAddress(given.email);
    const work = async () => this.#enter(await signIn(this.#em(), this.settings, given, door));
    const nonce = this.#devices.nonceOf(account, door.device);
    const entered = nonce === null ? await this.#guarded(account, door, work) : await this.#counted(this.#byDevice, nonce, work);
    return { ...entered, device: this.#devices.remember(account, door.device) };
  }

  /** Signs in a user verified by the single sign-on provider. */
  async enterProven(proven: ProvenIdentity, origin: Origin): Promise<Entered | null> {
    const opened = await signInProven(this.#em(), this.settings.clock, proven, origin);
    return opened && this.#enter(opened);
  }

  async signOut(secret: string | null, origin: Origin): Promise<void> {
    if (secret) await signOut(this.#em(), this.settings.clock, secret, origin);
  }

  /** Stores the request. A worker handles it, so that the answer takes the same time for every address. */
  async requestPasswordReset(email: string, { address, userAgent }: Origin): Promise<void> {
    await this.#count(this.#byAddress, networkOf(address));
    const request = { id: newId(), email: cutText(accountAddress(email), 255), address, userAgent: cutText(userAgent, 255) };
    await this.#em().insert(PasswordRequest, { ...request, createdAt: this.settings.clock() });
  }

  /** Mails the link that was asked for, at most three an hour to one address. */
  async answerPasswordRequest(em: EntityManager, request: ResetRequest): Promise<void> {
    try {
      await this.#count(this.#letters, request.email);
    } catch (error) {
      if (error instanceof TooManyAttempts) return;
      throw error;
    }
    await sendResetLink(em, this.settings.clock, this.settings.publicUrl, request);
  }

  /** Sets a password by a link. Signs in too, unless the account asks for a second factor. */
  async redeem(kind: LetterKind, token: string, password: string, origin: Origin): Promise<Entered | null> {
    const { clock } = this.settings;
    await this.#count(this.#byAddress, networkOf(origin.address));
    const given = { token, password };
    if (kind === LetterKind.INVITATION)
      return this.#open(await acceptWithNewAccount(this.#em(), clock, given, origin), origin, 'invitation');
    const { account, member } = await resetPassword(this.#em(), clock, given, origin);
    return account.totpConfirmedAt ? null : this.#open(member, origin, 'link');
  }

  /** Accepts an invitation to another workspace, for a person who is signed in. */
  async acceptInvitation(scope: Scope, workspaceId: string, origin: Origin): Promise<Member> {
    requireBrowser(scope.viewer);
    const accountId = await accountOf(scope);
    const member = await this.#em().transactional(async (em) => {
      const account = await em.findOne(Account, { id: accountId ?? scope.viewer.memberId });
      return account && acceptPending(em, account, { at: this.settings.clock(), origin }, workspaceId);
    });
    if (!member) throw new InvitationNotFound();
    return member;
  }

  /** Continues in another of the viewer's workspaces; the session in this one ends. */
  async switchTo(scope: Scope, workspaceId: string, secret: string | null, origin: Origin): Promise<Entered> {
    const { clock } = this.settings;
    const { id } = requireBrowser(scope.viewer);
    const accountId = await accountOf(scope);
    const members = accountId ? await membershipsOf(scope.em, accountId) : [];
    const member = members.find((one) => one.workspaceId === workspaceId);
    const here = await this.#em().findOne(Session, { workspaceId: scope.workspaceId, id });
    if (!member || !secret || !here) throw new WorkspaceNotFound();
    const entered = await this.#enter(await openSession(this.#em(), clock, member, origin, 'switch', here.singleSignOn));
    await signOut(this.#em(), clock, secret, origin);
    return entered;
  }

  /** Proves once more who it is, in a browser that is signed in. */
  async confirm(scope: Scope, given: { password: string; code?: string | null | undefined }, origin: Origin): Promise<void> {
    const { id } = requireBrowser(scope.viewer);
    const accountId = await accountOf(scope);
    await this.guarded(scope, origin, async () => {
      const em = this.#em();
      const account = accountId && (await em.findOne(Account, { id: accountId }));
      if (!account || !(await verifyPassword(given.password, account.passwordHash))) throw new PasswordRefused('password');
      if (account.totpConfirmedAt) {
        if (!given.code) throw new SecondFactorNeeded();
        if (!(await passSecondFactor(em, this.keys, account, given.code, this.settings.clock()))) throw new SecondFactorRefused();
      }
      await em.nativeUpdate(Session, { workspaceId: scope.workspaceId, id }, { confirmedAt: this.settings.clock() });
    });
  }

  /** Counts a signed-in person's tries of something that could be guessed. */
  async guarded<T>(scope: Scope, origin: Origin, work: () => Promise<T>): Promise<T> {
    return this.#guarded(`signed in ${(await accountOf(scope)) ?? scope.viewer.memberId}`, origin, work);
  }

  async #guarded<T>(account: string, { address }: Origin, work: () => Promise<T>): Promise<T> {
    const network = networkOf(address);
    await this.#count(this.#byAddress, network);
    await this.#count(this.#byAccount, account);
    const result = await this.#counted(this.#byPair, hashed(`${account} ${network}`), work);
    await this.#byAccount.reward(cutText(account, 200));
    await this.#byAddress.reward(network);
    return result;
  }

  /** Counts a try, and forgets the earlier ones once one succeeds. */
  async #counted<T>(limiter: RateLimiterPostgres, key: string, work: () => Promise<T>): Promise<T> {
    await this.#count(limiter, key);
    const result = await work();
    await limiter.delete(key);
    return result;
  }

  async #open(member: Member, origin: Origin, how: string): Promise<Entered> {
    return this.#enter(await openSession(this.#em(), this.settings.clock, member, origin, how));
  }

  async #enter({ secret, expiresAt }: OpenedSession): Promise<Entered> {
    const viewer = await authenticate(this.#em(), this.settings.clock, secret);
    if (!viewer) throw new SignInRefused();
    return { secret, expiresAt, viewer };
  }

  #em(): EntityManager {
    return this.settings.orm.em.fork();
  }

  async #count(limiter: RateLimiterPostgres, key: string): Promise<void> {
    try {
      await limiter.consume(cutText(key, 200));
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) throw new TooManyAttempts(Math.ceil(refusal.msBeforeNext / 1000));
      throw refusal;
    }
  }
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
