import { computed, DestroyRef, effect, inject, Service, signal, untracked } from '@angular/core';
import type { Role } from '@deckwatch/contracts';
import { filter } from 'rxjs';
import { BROWSER } from './browser.ts';
import { Connection } from './connection.ts';
import { isRecord } from './frames.ts';
import { TABS } from './tabs.ts';

export interface SignedInUser {
  name: string;
  role: Role;
}

export type AuthState =
  /** Not known yet: the gateway has not said. */
  | { kind: 'asking' }
  | { kind: 'in'; user: SignedInUser }
  /** Nobody is signed in, and nobody was on this page. */
  | { kind: 'out' }
  /** Somebody was: the page stays as it is until he signs in again. */
  | { kind: 'expired'; user: SignedInUser };

export type LoginOutcome = { ok: true } | { ok: false; message: string };
interface Token {
  text: string;
  /** Unix ms by this browser's clock. */
  endsAt: number;
}
type Renewal = 'renewed' | 'refused' | 'failed';

const LOGIN = '/api/v1/auth/login';
const REFRESH = '/api/v1/auth/refresh';
const LOGOUT = '/api/v1/auth/logout';
const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };
/** An access token is renewed so long before it ends. */
const EARLY_MS = 60_000;
const RETRY_MS = 5000;
/** The other tabs wait for one that asks. */
const ANSWER_MS = 10_000;

/**
 * Who is signed in. Cookies that no script can read hold the login; the access token that writing needs is held here, for
 * as long as the page lives, and renewed before it ends, over the open connection too. Tabs of one browser share the login:
 * one of them asks for a new token and tells the others.
 */
@Service()
export class Auth {
  private readonly browser = inject(BROWSER);
  private readonly connection = inject(Connection);
  private readonly tabs = inject(TABS);
  private readonly current = signal<AuthState>({ kind: 'asking' });
  private token: Token | null = null;
  /** Rises when somebody signs in or out: what was asked before counts no more. */
  private era = 0;
  private renewal: Promise<Renewal> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly state = this.current.asReadonly();
  readonly user = computed(() => {
    const state = this.current();
    return state.kind === 'in' || state.kind === 'expired' ? state.user : null;
  });

  constructor() {
    effect(() => {
      const greeting = this.connection.welcome();
      if (greeting) untracked(() => this.greeted(greeting));
    });
    effect(() => {
      if (this.connection.state().kind === 'unauthenticated')
        untracked(() => this.current().kind !== 'out' && void this.recover());
    });
    const others = this.tabs.messages$.subscribe((message) => this.hear(message));
    // Somebody may have signed in again in another tab.
    const back = this.browser.back$
      .pipe(filter(() => this.current().kind === 'expired' || this.current().kind === 'out'))
      .subscribe(() => void this.recover());
    inject(DestroyRef).onDestroy(() => {
      back.unsubscribe();
      others.unsubscribe();
      clearTimeout(this.timer);
    });
  }

  /** Whether the user may do what `role` may. */
  may(role: Role): boolean {
    const user = this.user();
    return user !== null && RANK[user.role] >= RANK[role];
  }

  async login(username: string, password: string): Promise<LoginOutcome> {
    const answer = await this.post(LOGIN, { username, password });
    if (!answer) return { ok: false, message: 'The gateway does not answer.' };
    if (!answer.ok) return { ok: false, message: await refusalOf(answer) };
    this.era += 1;
    this.share(await answer.json());
    this.connection.reconnectNow();
    return { ok: true };
  }

  /** Out is who the gateway has let go: when it does not answer, he is still in, and is told so. */
  async logout(): Promise<LoginOutcome> {
    const answer = await this.post(LOGOUT);
    // A login that has ended needs no end.
    if (!answer?.ok && this.current().kind === 'in') {
      const why = answer ? await refusalOf(answer) : 'The gateway does not answer.';
      return { ok: false, message: `${why} You are still signed in.` };
    }
    this.tabs.tell({ kind: 'out' });
    this.leave();
    return { ok: true };
  }

  /** The token for a request that writes; null: there is none to be had. */
  async accessToken(): Promise<string | null> {
    if (!this.token || this.token.endsAt - Date.now() < EARLY_MS / 2) await this.renew();
    return this.token?.text ?? null;
  }

  /** Asks for a new access token, once for all who want one at the same moment, in this tab and the others. */
  renew(): Promise<Renewal> {
    const before = this.token;
    this.renewal ??= this.tabs
      .alone(() => (this.hasAnotherThan(before) ? Promise.resolve<Renewal>('renewed') : this.askAnew()))
      .finally(() => (this.renewal = null));
    return this.renewal;
  }

  /** Another tab was quicker. */
  private hasAnotherThan(before: Token | null): boolean {
    return this.token !== null && this.token !== before && this.token.endsAt - Date.now() > EARLY_MS;
  }

  private async askAnew(): Promise<Renewal> {
    const { era } = this;
    const answer = await this.post(REFRESH);
    if (era !== this.era) return this.token ? 'renewed' : 'refused';
    if (answer?.ok) {
      this.share(await answer.json());
      return 'renewed';
    }
    if (answer?.status !== 401) return 'failed';
    this.token = null;
    clearTimeout(this.timer);
    this.current.update((state) =>
      state.kind === 'in' ? { kind: 'expired', user: state.user } : state.kind === 'expired' ? state : { kind: 'out' },
    );
    return 'refused';
  }

  /** The gateway does not know us any more: perhaps only the access token has ended. */
  private async recover(): Promise<void> {
    const renewal = await this.renew();
    if (renewal === 'renewed') this.connection.reconnectNow();
    if (renewal === 'failed') this.later(RETRY_MS, () => void this.recover());
  }

  private greeted({ user, expiresAt, t }: NonNullable<ReturnType<Connection['welcome']>>): void {
    if (isUser(user)) this.current.set({ kind: 'in', user });
    if (typeof expiresAt === 'number') this.renewIn(expiresAt - t);
  }

  private renewIn(leftMs: number): void {
    this.later(Math.max(1000, leftMs - EARLY_MS), () => void this.renewInTime());
  }

  /** Goes on over the open connection: nothing on the page notices. */
  private async renewInTime(): Promise<void> {
    const renewal = await this.renew();
    if (renewal === 'renewed') this.goOn();
    if (renewal === 'failed') this.later(RETRY_MS, () => void this.renewInTime());
  }

  private goOn(): void {
    if (!this.token) return;
    this.connection.send('refresh', { token: this.token.text });
    this.renewIn(this.token.endsAt - Date.now());
  }

  /** Another tab has a new token, has signed in, or has signed out. */
  private hear(message: unknown): void {
    if (!isRecord(message)) return;
    if (message['kind'] === 'out') return this.leave();
    if (message['kind'] !== 'renewed') return;
    const { kind } = this.current();
    this.keep(message['answer']);
    if (kind === 'in') this.goOn();
    else this.connection.reconnectNow();
  }

  private leave(): void {
    this.era += 1;
    clearTimeout(this.timer);
    this.token = null;
    this.current.set({ kind: 'out' });
  }

  private share(answer: unknown): void {
    this.keep(answer);
    this.tabs.tell({ kind: 'renewed', answer });
  }

  private later(ms: number, run: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(run, ms);
  }

  private keep(answer: unknown): void {
    if (!isRecord(answer) || typeof answer['accessToken'] !== 'string' || typeof answer['expiresIn'] !== 'number')
      return;
    this.token = { text: answer['accessToken'], endsAt: Date.now() + answer['expiresIn'] * 1000 };
    const account = answer['user'];
    const user = isRecord(account) ? { name: account['username'], role: account['role'] } : null;
    if (isUser(user)) this.current.set({ kind: 'in', user });
  }

  /** undefined: no answer. */
  private async post(path: string, body?: object): Promise<Response | undefined> {
    const init: RequestInit = { method: 'POST', credentials: 'same-origin', signal: AbortSignal.timeout(ANSWER_MS) };
    if (body) Object.assign(init, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    try {
      return await this.browser.fetch(path, init);
    } catch {
      return undefined; // no network, or no gateway
    }
  }
}

function isUser(value: unknown): value is SignedInUser {
  return isRecord(value) && typeof value['name'] === 'string' && String(value['role']) in RANK;
}

async function refusalOf(answer: Response): Promise<string> {
  const problem: unknown = await answer.json().catch(() => null);
  const detail =
    isRecord(problem) && typeof problem['detail'] === 'string' ? problem['detail'] : `HTTP ${answer.status}`;
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
}
