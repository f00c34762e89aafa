import { FakeFault } from '../../../testing/fake-browser.ts';
import { TestPage } from '../../../testing/page.ts';
import { ExpiredDialog } from './expired-dialog.ts';
import { LoginPage } from './login-page.ts';

const LOGIN = '/api/v1/auth/login';
const signedIn = { accessToken: 't', expiresIn: 900, user: { username: 'ada', role: 'viewer' } };

describe('signing in', () => {
  let page: TestPage<LoginPage | ExpiredDialog>;
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });
  async function fill(user: string | null, password: string): Promise<void> {
    if (user !== null) await page.type('input[name=username]', user);
    await page.type('input[name=password]', password);
    page.find('form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
  }

  it('says what is wrong, keeps the fields, and lets one try again', async () => {
    page = await TestPage.open(LoginPage);
    page.browser.answers = { [LOGIN]: new FakeFault(401, 'user or password is wrong') };
    await fill('ada', 'wrong');
    expect(page.find('[role=alert]').textContent).toBe('User or password is wrong.');
    page.browser.answers = { [LOGIN]: signedIn };
    await fill(null, 'right');
    expect(page.find('[role=alert]').textContent).toBe('');
  });

  it('is helped by password managers, and begins in the first field', async () => {
    page = await TestPage.open(LoginPage);
    const inputs = [...page.element.querySelectorAll('input')];
    expect(inputs.map(({ autocomplete }) => autocomplete)).toEqual(['username', 'current-password']);
  });

  it('again is for the same user, or for somebody else', async () => {
    page = await TestPage.open(ExpiredDialog);
    const user = page.find<HTMLInputElement>('input[name=username]');
    expect([user.value, user.readOnly]).toEqual(['admin', true]);
    expect(page.text).toContain('Sign in as somebody else');
  });
});
