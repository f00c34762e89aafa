import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { Component, type Type } from '@angular/core';
import { anAlert } from '../../../testing/builders.ts';
import { FakeFault } from '../../../testing/fake-browser.ts';
import { TestPage } from '../../../testing/page.ts';
import { AckDialog } from './ack-dialog.ts';
import { AlertActs } from './alert-acts.ts';
import { ChannelDialog } from './channels/channel-dialog.ts';
import { ChannelsPage } from './channels/channels-page.ts';
import { DeliveriesPage } from './deliveries/deliveries-page.ts';
import { RulePage } from './rules/rule-page.ts';
import { RulesPage } from './rules/rules-page.ts';
import { SilenceDialog } from './silences/silence-dialog.ts';
import { SilencesPage } from './silences/silences-page.ts';

const list = (...items: object[]) => ({ items, nextCursor: null, total: items.length });
const rule = { id: 'busy', name: 'Busy', enabled: true, severity: 'warning', target: 'container', select: { name: 'shop-*' }, condition: { metric: 'cpu', op: '>', value: 80 }, forMs: 30_000, keepMs: 0, channels: ['ops'], notify: { groupMs: 10_000, repeatMs: 0 }, noData: 'ignore', revision: 7, provisioned: false }; // prettier-ignore
const channel = { id: 'ops', name: 'Operators', type: 'webhook', url: 'https://a.org/x', allowPrivate: false, hasSecret: true, revision: 3, destination: 'https://a.org/x', last: null, perMinute: 3000, concurrency: 8 }; // prettier-ignore
const silence = { id: 's1', matchers: { rule: 'busy', host: 'demo' }, startsAt: 0, endsAt: 4e12, timeZone: 'UTC', comment: 'moving house', createdBy: 'ana', createdAt: 1, state: 'active', revision: 1, provisioned: false }; // prettier-ignore
const delivery = { id: 'a.1.ops', alertId: 'a', seq: 1, channelId: 'ops', about: 'Busy: shop-1', state: 'dead', attempts: 2, createdAt: 1, updatedAt: 2, nextAttemptAt: null, outcome: '500 Internal Server Error', tries: [{ t: 1, tookMs: 12, ok: false, outcome: '500 Internal Server Error' }] }; // prettier-ignore

@Component({ imports: [AlertActs], template: '<app-alert-acts [alert]="alert" />' })
class Known {
  protected readonly alert = anAlert({ ack: { by: 'ana', at: 1, note: '' } });
}

describe('the desk of alerts', () => {
  let page: TestPage<unknown>;
  const close = jest.fn();

  async function open<T>(
    component: Type<T>,
    answers: object = {},
    data: unknown = null,
    role = 'admin',
  ): Promise<void> {
    close.mockClear();
    TestBed.configureTestingModule({
      providers: [
        { provide: DialogRef, useValue: { close } },
        { provide: DIALOG_DATA, useValue: data },
      ],
    });
    const token = { accessToken: 't', expiresIn: 900, user: { username: role, role } };
    page = await TestPage.open(
      component,
      { '/api/v1/auth/refresh': token, ...answers },
      { user: { name: role, role } },
    );
    await page.settle();
  }
  const submit = async () => {
    page.find('form').dispatchEvent(new Event('submit', { cancelable: true }));
    await page.settle();
  };
  const sent = () => page.browser.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('/auth/'));

  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('acknowledges an alert with a note', async () => {
    await open(AckDialog, { '/api/v1/alerts/busy-1/ack': anAlert() }, anAlert({ id: 'busy-1' }));
    page.find<HTMLInputElement>('input').value = ' on it ';
    await submit();
    expect(sent()).toMatchObject([{ method: 'POST', path: '/api/v1/alerts/busy-1/ack', body: { note: 'on it' } }]);
    expect(close).toHaveBeenCalledWith(true);
  });

  it('stays open and says why when it was not taken', async () => {
    await open(AckDialog, { '/api/v1/alerts/busy-1/ack': new FakeFault(404, 'it is over already') }, anAlert({ id: 'busy-1' })); // prettier-ignore
    await submit();
    expect(page.find('.fault').textContent).toBe('It is over already.');
    expect(close).not.toHaveBeenCalled();
  });

  it.each([
    ['viewer', ''],
    ['operator', 'Take back the acknowledgement of Host is busy on atlas Silence Host is busy on atlas'],
  ])('offers a %s what he may do: %p', async (role, words) => {
    await open(Known, {}, null, role);
    expect(page.text).toBe(words);
  });

  it('silences what is like an alert, for a while', async () => {
    const alert = anAlert({ target: { kind: 'container', key: 'demo.abc', name: 'web', host: 'demo' } });
    await open(SilenceDialog, { '/api/v1/silences': silence }, alert);
    expect(page.all('.check')).toEqual(['Host is busy on web', 'everything about web', 'Host is busy everywhere', 'everything on host demo']); // prettier-ignore
    page.element.querySelectorAll<HTMLInputElement>('[type=radio]')[1]!.dispatchEvent(new Event('change'));
    await submit();
    expect(sent()).toMatchObject([{ path: '/api/v1/silences', body: { matchers: { target: 'demo.abc' } } }]);
  });

  it('lists silences in words and ends one when it is said twice', async () => {
    await open(SilencesPage, { '/api/v1/silences': list(silence), '/api/v1/silences/s1': {} });
    expect(page.all('.name')).toEqual(['rule busy · host demo']);
    expect(page.text).toContain('by ana · moving house');
    await page.click('End');
    expect(sent()).toEqual([]);
    await page.click('Really end');
    expect(sent()).toMatchObject([{ method: 'DELETE', path: '/api/v1/silences/s1' }]);
  });

  it('tells rules in sentences and switches one off by its revision', async () => {
    await open(RulesPage, { '/api/v1/alert-rules': list(rule), '/api/v1/alert-rules/busy': rule });
    expect(page.text).toContain('When a container named shop-* has CPU over 80.0 % for 30 s.');
    await page.click('Switch off');
    expect(sent()).toMatchObject([{ method: 'PUT', path: '/api/v1/alert-rules/busy?revision=7', body: { enabled: false } }]); // prettier-ignore
  });

  it('writes a new rule, says it in words, and shows what it selects now', async () => {
    const target = { kind: 'container', key: 'demo.a', name: 'shop-1', host: 'demo' };
    const selects = { total: 2, items: [{ target, value: 93, verdict: 'breach' }] };
    await open(RulePage, {
      '/api/v1/channels': list(channel),
      '/api/v1/alert-rules': rule,
      '/api/v1/alert-rules/preview': { selects, wouldHaveFired: [{}, {}], from: 0, to: 900_000, note: null },
    });
    await submit();
    expect(page.all('.fault').filter(Boolean)).toEqual(['A rule needs a name.']);
    await page.settle(500);
    expect(page.find('.sentence').textContent).toBe('When any container has CPU over 80.0 % for 30 s.');
    expect(page.find('aside').textContent).toMatch(
      /Selects\s+2\s+now,\s+1\s+of\s+them.*fired\s+2\s+times.*shop-1.*93\.0 %/s,
    );
    expect(page.text).toContain('Operators');
    await page.type('form input', 'Hot');
    const leave = jest.spyOn(TestBed.inject(Router), 'navigateByUrl').mockResolvedValue(true);
    await submit();
    expect(leave).toHaveBeenCalledWith('/alerts/rules');
    expect(sent().at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/alert-rules', body: { name: 'Hot', forMs: 30_000 } }); // prettier-ignore
  });

  it('shows a rule from a file and does not let it be written', async () => {
    await open(RulesPage, { '/api/v1/alert-rules': list({ ...rule, provisioned: true }) });
    expect(page.text).toContain('from file');
    expect(page.all('.acts button')).toEqual([]);
  });

  it('says what is wrong with the file of rules, and how many are from one that is well', async () => {
    const status = { file: 'rules.yaml', loadedAt: Date.now(), rules: 2, silences: 1, fault: null, errors: [] };
    const answers = { '/api/v1/alert-rules': list(rule), '/api/v1/alert-rules/provisioning': status };
    await open(RulesPage, answers);
    expect(page.text).toContain('2 rules and 1 silence from rules.yaml , read now');
    const errors = [{ path: 'rules.0.severity', message: 'only info, warning, critical' }];
    page.browser.answers['/api/v1/alert-rules/provisioning'] = { ...status, fault: 'it does not fit', errors };
    await page.settle(5000);
    expect(page.find('.wrong').textContent).toMatch(/still holds.*rules\.yaml.*rules\.0\.severity.*only info/s);
  });

  it('shows a channel from a file, to be tried and not to be changed', async () => {
    await open(ChannelsPage, { '/api/v1/channels': list({ ...channel, provisioned: true }) });
    expect(page.all('.name')).toEqual(['Operators Webhook from file']);
    expect(page.all('.acts button')).toEqual(['Try it : Operators']);
  });

  it('tries a channel and says what it answered', async () => {
    await open(ChannelsPage, { '/api/v1/channels': list(channel), '/api/v1/channels/ops/test': { ok: false, status: 500, answer: '500 no', tookMs: 7 } }); // prettier-ignore
    expect(page.all('.name')).toEqual(['Operators Webhook']);
    await page.click('Try it');
    expect(page.find('.about').textContent).toMatch(/Did not arrive: 500 no\s+7 ms/);
  });

  it('changes a channel and leaves its secret as it was', async () => {
    await open(ChannelDialog, { '/api/v1/channels/ops': channel }, channel);
    expect(page.find<HTMLInputElement>('[type=password]').placeholder).toBe('stays as it is');
    await page.type('[type=url]', 'https://b.org/y');
    await submit();
    const [request] = sent();
    expect(request).toMatchObject({ method: 'PUT', path: '/api/v1/channels/ops?revision=3', body: { type: 'webhook', name: 'Operators', url: 'https://b.org/y' } }); // prettier-ignore
    expect(request).not.toHaveProperty('body.secret');
    expect(close).toHaveBeenCalledWith(true);
  });

  it('lists deliveries with each attempt, and tries a dead one again', async () => {
    await open(DeliveriesPage, { '/api/v1/deliveries': list(delivery), '/api/v1/channels': list(channel), '/api/v1/deliveries/a.1.ops/retry': delivery }); // prettier-ignore
    expect(page.text).toMatch(/dead to Operators Busy: shop-1 2 attempts: 500 Internal Server Error/);
    await page.click('Try again');
    expect(sent()).toMatchObject([{ method: 'POST', path: '/api/v1/deliveries/a.1.ops/retry' }]);
  });
});
