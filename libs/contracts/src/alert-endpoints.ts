import { z } from 'zod';
import { AlertMessage, AlertState, AlertTerms } from './alert.ts';
import { endpoint, idParam, Moment, pageOf, Paging } from './endpoint.ts';
import { ProvisioningStatus, RulePreview } from './rule-preview.ts';
import { AlertRuleDraft, StoredRule } from './rule.ts';
import { Silence, SilenceDraft } from './silence.ts';

const alertParam = z.object({ id: AlertMessage.shape.id.max(600) });

/** Rules, alerts and silences. */
export const ALERT_ENDPOINTS = {
  listRules: endpoint({
    method: 'get', path: '/alert-rules', tag: 'alerts', summary: 'All rules', query: z.object(Paging), answer: pageOf(StoredRule),
  }),
  createRule: endpoint({
    method: 'post', path: '/alert-rules', tag: 'alerts', role: 'admin', summary: 'Create a rule', status: 201,
    body: AlertRuleDraft, answer: StoredRule,
  }),
  previewRule: endpoint({
    method: 'post', path: '/alert-rules/preview', tag: 'alerts', audited: false,
    summary: 'What a draft selects now, how that stands, and when it would have fired in the last 15 minutes',
    body: AlertRuleDraft, answer: RulePreview,
  }),
  getProvisioning: endpoint({
    method: 'get', path: '/alert-rules/provisioning', tag: 'alerts',
    summary: 'The provisioning file: when it was read, and what is wrong with it', answer: ProvisioningStatus,
  }),
  getRule: endpoint({
    method: 'get', path: '/alert-rules/{id}', tag: 'alerts', summary: 'One rule', params: idParam, answer: StoredRule,
  }),
  replaceRule: endpoint({
    method: 'put', path: '/alert-rules/{id}', tag: 'alerts', role: 'admin',
    summary: 'Replace a rule; refused with 409 when it was changed since `revision`', params: idParam,
    query: z.object({ revision: z.coerce.number().int().optional() }), body: AlertRuleDraft, answer: StoredRule,
  }),
  deleteRule: endpoint({
    method: 'delete', path: '/alert-rules/{id}', tag: 'alerts', role: 'admin', summary: 'Delete a rule', status: 204, params: idParam,
  }),
  listAlerts: endpoint({
    method: 'get', path: '/alerts', tag: 'alerts', summary: 'Alerts by state; without one, those that are pending, firing or without data',
    query: z.object({ ...Paging, state: AlertState.optional() }), answer: pageOf(AlertMessage),
  }),
  alertHistory: endpoint({
    method: 'get', path: '/alerts/history', tag: 'alerts', summary: 'Alert messages, newest first',
    query: AlertTerms.extend({ ...Paging, from: Moment.optional(), to: Moment.optional() }),
    answer: pageOf(AlertMessage),
  }),
  ackAlert: endpoint({
    method: 'post', path: '/alerts/{id}/ack', tag: 'alerts', role: 'operator',
    summary: 'Acknowledge an alert until it is resolved; again: with another note', params: alertParam,
    body: z.object({ note: z.string().max(1000).default('') }), answer: AlertMessage,
  }),
  unackAlert: endpoint({
    method: 'post', path: '/alerts/{id}/unack', tag: 'alerts', role: 'operator',
    summary: 'Take an acknowledgement back', params: alertParam, answer: AlertMessage,
  }),
  listSilences: endpoint({
    method: 'get', path: '/silences', tag: 'alerts', summary: 'Silences: those that are on, to come, or over for less than a week',
    query: z.object(Paging), answer: pageOf(Silence),
  }),
  createSilence: endpoint({
    method: 'post', path: '/silences', tag: 'alerts', role: 'operator', status: 201,
    summary: 'Notify nobody of the alerts that match, from start to end', body: SilenceDraft, answer: Silence,
  }),
  getSilence: endpoint({
    method: 'get', path: '/silences/{id}', tag: 'alerts', summary: 'One silence', params: idParam, answer: Silence,
  }),
  replaceSilence: endpoint({
    method: 'put', path: '/silences/{id}', tag: 'alerts', role: 'operator',
    summary: 'Change a silence; refused with 409 when it was changed since `revision`', params: idParam,
    query: z.object({ revision: z.coerce.number().int().optional() }), body: SilenceDraft, answer: Silence,
  }),
  deleteSilence: endpoint({
    method: 'delete', path: '/silences/{id}', tag: 'alerts', role: 'operator', status: 204,
    summary: 'Delete a silence: what it held back and still fires is notified now', params: idParam,
  }),
} as const; // prettier-ignore
