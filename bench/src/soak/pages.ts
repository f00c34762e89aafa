const PATIENCE_MS = 15_000;
const HOUR_MS = 3_600_000;

/** What people and scripts ask for, one after the other; `{key}` is a container that the list told of. */
const PAGES = [
  '/hosts',
  '/containers?limit=100&sort=cpu&order=desc',
  '/containers/{key}',
  '/containers/{key}/history?metrics=cpu,mem&from={from}&to={to}&points=120',
  '/containers/{key}/last-words',
  '/events?limit=50',
  '/sessions/count',
  '/sessions?limit=50&sort=lastSeenAt&order=desc',
  '/sessions/events?limit=50',
  '/sessions/sources',
  '/alerts',
  '/alerts/history?limit=50',
  '/deliveries?limit=50',
  '/alert-rules',
  '/audit?limit=50',
  '/export/sessions.csv',
  '/export/alerts.csv',
  '/flags',
];

/** Pages of REST, and what came of them. */
export class Pages {
  answered = 0;
  /** By status, or by the fault where nobody answered. */
  readonly refused: Record<string, number> = {};
  private key = '';

  constructor(
    private readonly url: string,
    readonly token: string,
  ) {}

  async ask(number: number): Promise<void> {
    const page = PAGES[number % PAGES.length]!;
    if (page.includes('{key}') && this.key === '') return;
    const to = Date.now();
    const path = page.replace('{key}', this.key).replace('{from}', String(to - HOUR_MS / 4)).replace('{to}', String(to)); // prettier-ignore
    try {
      const headers = { authorization: `Bearer ${this.token}` };
      const answer = await fetch(`${this.url}/api/v1${path}`, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
      const text = await answer.text();
      if (answer.ok) this.answered += 1;
      else this.refuse(`${answer.status} ${page}`);
      if (answer.ok && page.startsWith('/containers?')) this.remember(text);
    } catch (error) {
      this.refuse(`${(error as Error).name} ${page}`);
    }
  }

  private remember(text: string): void {
    const { items } = JSON.parse(text) as { items: { key: string }[] };
    const { key } = items[Math.floor(Math.random() * items.length)] ?? { key: '' };
    this.key = key.replace('.', '/');
  }

  private refuse(why: string): void {
    this.refused[why] = (this.refused[why] ?? 0) + 1;
  }
}
