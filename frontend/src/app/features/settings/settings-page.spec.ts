import { FakeFault } from '../../../testing/fake-browser.ts';
import { TestPage } from '../../../testing/page.ts';
import { SettingsPage } from './settings-page.ts';

const token = { accessToken: 't', expiresIn: 900, user: { username: 'admin', role: 'admin' } };
const list = (...items: object[]) => ({ items, nextCursor: null, total: items.length });
const ada = { username: 'ada', role: 'viewer', disabled: false, createdAt: 1 };

describe('the settings', () => {
  let page: TestPage<SettingsPage>;
  async function open(role = 'admin'): Promise<void> {
    const answers = {
      '/api/v1/auth/refresh': { ...token, user: { username: role, role } },
      '/api/v1/users': list(ada, { ...ada, username: 'eve', disabled: true }),
      '/api/v1/users/ada': ada,
      '/api/v1/tokens': list({ id: 'aa', name: 'ci', role: 'viewer', scope: null, createdBy: 'admin', createdAt: 1, expiresAt: null, lastUsedAt: null }), // prettier-ignore
      '/api/v1/flags': { containerStats: true, sessionEvents: false },
      '/api/v1/audit': list({ t: 1, who: 'admin', action: 'sign-in', target: 'admin', from: '::1', before: null, after: null }), // prettier-ignore
    };
    page = await TestPage.open(SettingsPage, answers, { user: { name: role, role } });
    await page.settle();
  }
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });
  const sent = () => page.browser.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`); // prettier-ignore

  it('show an admin users, tokens, flags and the audit log', async () => {
    await open();
    expect(page.all('h2')).toEqual(['Profile', 'Users', 'Tokens of programs', 'Flags', 'Audit log']);
    expect(page.text).toMatch(/ada.*eve.*disabled/s);
    expect(page.text).toContain('viewer · by admin · never used');
    expect(page.text).toContain('sign-in');
  });

  it('show anyone else himself alone', async () => {
    await open('operator');
    expect(page.all('h2')).toEqual(['Profile']);
    expect(page.text).toContain('operator · operator');
  });

  it('delete a user only when it is said twice', async () => {
    await open();
    await page.click('Delete ada');
    expect(sent()).not.toContain('DELETE /api/v1/users/ada');
    await page.click('Really delete ada');
    expect(sent()).toContain('DELETE /api/v1/users/ada');
  });

  it('say what is wrong with a field', async () => {
    await open();
    const fault = new FakeFault(400, 'the request does not fit');
    fault.response = () =>
      ({ ok: false, status: 400, json: () => Promise.resolve({ detail: 'x', errors: [{ path: 'body.password', message: 'too common' }] }) }) as Response; // prettier-ignore
    page.browser.answers['/api/v1/users'] = fault;
    page.element.querySelectorAll('form')[1]!.dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
    expect(page.all('.fault')).toContain('Too common.');
  });

  it('switch a flag', async () => {
    await open();
    page.browser.answers['/api/v1/flags/containerStats'] = { containerStats: false };
    await page.click('Live figures of containers');
    expect(sent()).toContain('PUT /api/v1/flags/containerStats');
    expect(page.find('app-flags-section [role=switch]').getAttribute('aria-checked')).toBe('false');
  });
});
