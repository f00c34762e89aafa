import { RpcFault } from '@deckwatch/bus';
import { AlertRule, token, type AlertRuleDraft, type Selector } from '@deckwatch/contracts';

export interface FieldFault {
  path: string;
  message: string;
}

/**
 * Makes a rule of a draft, or throws RpcFault 400 with every fault and its path. `id` is what the rule gets when the
 * draft has none; `channels` are the ids that exist.
 */
export function checkRule(draft: AlertRuleDraft, id: string, channels: ReadonlySet<string>): AlertRule {
  const parsed = AlertRule.safeParse({ ...draft, id: draft.id ?? id });
  if (!parsed.success) {
    throw refusal(parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })));
  }
  const faults = faultsOf(parsed.data, channels);
  if (faults.length > 0) throw refusal(faults);
  return parsed.data;
}

/** An id made of a rule's name. */
export function idOf(name: string): string {
  return token(name).slice(0, 60);
}

function refusal(errors: FieldFault[]): RpcFault {
  return new RpcFault(400, errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors);
}

function faultsOf(rule: AlertRule, channels: ReadonlySet<string>): FieldFault[] {
  const unknown = rule.channels.flatMap((channel, at) =>
    channels.has(channel) ? [] : [{ path: `channels.${at}`, message: `there is no channel "${channel}"` }],
  );
  return [...supportFaults(rule), ...conditionFaults(rule), ...selectorFaults(rule), ...unknown];
}

function supportFaults({ condition }: AlertRule): FieldFault[] {
  if (!('outside' in condition)) return [];
  return [{ path: 'condition.outside', message: 'conditions on a pattern are not supported yet' }];
}

function conditionFaults({ condition }: AlertRule): FieldFault[] {
  if ('change' in condition && condition.change === 'drop' && condition.percent > 100)
    return [{ path: 'condition.percent', message: 'nothing drops by more than 100 %' }];
  if (!('op' in condition) || condition.clear === undefined) return [];
  const { op, value, clear } = condition;
  const over = op === '>' || op === '>=';
  if (over ? clear <= value : clear >= value) return [];
  const side = over ? 'at or below' : 'at or above';
  return [{ path: 'condition.clear', message: `the recovery level of "${op} ${value}" must be ${side} ${value}` }];
}

const CONTAINER_ONLY = ['image', 'project', 'service', 'labels'] as const satisfies (keyof Selector)[];
const NOT_OF_APPS = ['host', 'name', ...CONTAINER_ONLY] as const;

function selectorFaults({ target, select }: AlertRule): FieldFault[] {
  const faults: FieldFault[] = [];
  if (target !== 'sessions' && select.app !== undefined) {
    faults.push({ path: 'select.app', message: `a ${target} has no app` });
  }
  for (const field of ['host', 'image', 'labels'] as const) {
    if (target === 'service' && select[field] !== undefined)
      faults.push({
        path: `select.${field}`,
        message: `a service has no ${field}; select it by project, service or name`,
      });
  }
  for (const field of NOT_OF_APPS) {
    if (target === 'sessions' && select[field] !== undefined)
      faults.push({ path: `select.${field}`, message: `sessions have no ${field}; select them by app` });
  }
  for (const field of CONTAINER_ONLY) {
    if (target === 'host' && select[field] !== undefined)
      faults.push({ path: `select.${field}`, message: `a host has no ${field}` });
  }
  return faults;
}
