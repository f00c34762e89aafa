import * as contracts from '@deckwatch/contracts';
import type { z } from 'zod';
import * as builders from '../index.ts';

const built: [name: string, schema: z.ZodType, message: unknown][] = [
  ['a container event', contracts.ContainerEvent, builders.aContainerEvent()],
  ['a container', contracts.Container, builders.aContainer()],
  ["a container's sample", contracts.ContainerSample, builders.aContainerSample()],
  ['a sweep', contracts.StatsSweep, builders.aStatsSweep()],
  ['a host report', contracts.HostReport, builders.aHostReport()],
  ['a host', contracts.Host, builders.aHost()],
  ['a session event', contracts.SessionEvent, builders.aSessionEvent()],
  ['what an app sends of a session', contracts.SessionIngest, builders.aSessionIngest()],
  ['the same by REST', contracts.SessionIngestItem, builders.aSessionIngestItem()],
  ['a session', contracts.Session, builders.aSession()],
  ['a session count', contracts.SessionCount, builders.aSessionCount()],
  ['a rule', contracts.AlertRule, builders.aRule()],
  ['a stored rule', contracts.StoredRule, builders.aStoredRule()],
  ['an alert message', contracts.AlertMessage, builders.anAlertMessage()],
  ['a channel draft', contracts.ChannelDraft, builders.aChannelDraft()],
  ['a channel', contracts.Channel, builders.aChannel()],
  ['a delivery', contracts.Delivery, builders.aDelivery()],
  ["a service's status", contracts.ServiceStatus, builders.aServiceStatus()],
];

describe('the builders', () => {
  it.each(built)('make %s that its schema takes as it is', (_name, schema, message) => {
    expect(schema.parse(message)).toEqual(message);
  });

  it('make a sweep that the hot road takes', () => {
    expect(contracts.isStatsSweep(builders.aStatsSweep())).toBe(true);
  });

  it('derive keys from what a test sets', () => {
    expect(builders.aContainer({ host: 'beta', id: 'aaaaaaaaaaaa' }).key).toBe('beta.aaaaaaaaaaaa');
    expect(builders.aHost({ host: 'beta' }).key).toBe('beta');
    expect(builders.aDelivery({ seq: 2, channelId: 'ops' }).id).toMatch(/\.2\.ops$/);
  });

  it('give every container number an id of its own', () => {
    const ids = new Set(Array.from({ length: 100_000 }, (_, number) => builders.containerIdOf(number)));
    expect(ids.size).toBe(100_000);
    expect(contracts.ContainerId.parse(builders.containerIdOf(99_999))).toBe('00000001869f');
  });
});
