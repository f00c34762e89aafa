import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { TestBed } from '@angular/core/testing';
import { FakeFault } from '../../../testing/fake-browser.ts';
import { TestPage } from '../../../testing/page.ts';
import { RevokeDialog } from './revoke-dialog.ts';
import type { RevokeWish } from './revoking.ts';

const BULK = '/api/v1/sessions/bulk-delete';

describe('ending sessions', () => {
  let page: TestPage<RevokeDialog>;
  let close: jest.Mock;

  async function open(wish: RevokeWish, answers: Record<string, unknown>): Promise<void> {
    close = jest.fn();
    TestBed.configureTestingModule({
      providers: [
        { provide: DIALOG_DATA, useValue: wish },
        { provide: DialogRef, useValue: { close } },
      ],
    });
    const token = { accessToken: 't', expiresIn: 900, user: { username: 'admin', role: 'admin' } };
    page = await TestPage.open(RevokeDialog, { '/api/v1/auth/refresh': token, ...answers });
  }
  const refs = [
    { app: 'shop', id: 'a' },
    { app: 'wiki', id: 'b' },
  ];
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('asks first, and says beforehand whose source lets nobody', async () => {
    await open({ refs, unable: ['wiki'] }, {});
    expect(page.text).toContain('End 2 sessions?');
    expect(page.text).toContain("Sessions of wiki can't be ended");
    await page.click('Cancel');
    expect(close).toHaveBeenCalledWith(false);
    expect(page.browser.requests.some(({ path }) => path === BULK)).toBe(false);
  });

  it('says what could not be ended, and why', async () => {
    const items = [
      { app: 'shop', id: 'a', revoked: true, atSource: true, why: null },
      { app: 'wiki', id: 'b', revoked: false, atSource: false, why: 'the source does not let go' },
    ];
    await open({ refs, unable: [] }, { [BULK]: { items } });
    await page.click('End 2');
    await page.settle(50);
    expect(page.text).toContain('1 session was ended. 1 could not be:');
    expect(page.all('li')).toEqual(['wiki / b the source does not let go']);
    await page.click('Close');
    expect(close).toHaveBeenCalledWith(true);
  });

  it('takes a request that failed for what it is', async () => {
    await open({ refs, unable: [] }, { [BULK]: new FakeFault(503, 'the session registry is away') });
    await page.click('End 2');
    await page.settle(50);
    expect(page.all('li')).toEqual(['shop / a the session registry is away', 'wiki / b the session registry is away']);
  });
});
