import { formatBytes, type AlertMessage, type LastWords, type Severity } from '@deckwatch/contracts';
import type { GroupMessage } from './group-notice.ts';

/** What is sent: a transition under its idempotency key. */
export interface Notice {
  /** The delivery's id: the same at every attempt. */
  id: string;
  message: AlertMessage;
  /** Of the container that it is about, where something happened to one. */
  lastWords?: LastWords;
}

/** The words for people, of one kind for all channels that show text. */
export interface NoticeText {
  title: string;
  /** One sentence. */
  text: string;
  facts: [name: string, value: string][];
  /** The last lines of the container's log, oldest first. */
  log: string[];
}

const MOST = 500;
/** Alerts of one notice that text shows. */
const MOST_MEMBERS = 20;

/** What a notice says in a line, such as `resolved: Host CPU, alpha`. */
export function titleOf(message: AlertMessage | GroupMessage): string {
  const { state, rule, target } = message;
  const about = 'members' in message ? `${message.members.length} alerts` : target.name;
  return oneLine(`${state}: ${rule.name}, ${about}`);
}

export function textOf({ message, lastWords }: Notice): NoticeText {
  if ('members' in message) return groupText(message as GroupMessage);
  const { severity, target, since, resolvedAt, message: text } = message;
  const facts: NoticeText['facts'] = [
    ['severity', severity],
    [target.kind, target.name],
    ...(target.host !== null && target.host !== target.name ? [['host', target.host] as [string, string]] : []),
    ['since', iso(since)],
    ...(lastWords ? wordsOf(lastWords) : []),
    ...(resolvedAt === null ? [] : [['resolved', iso(resolvedAt)] as [string, string]]),
  ];
  return {
    title: titleOf(message),
    text: text.slice(0, 2000),
    facts: facts.map(([name, value]) => [name, oneLine(value)]),
    log: lastWords?.lines ?? [],
  };
}

function groupText(group: GroupMessage): NoticeText {
  const facts = group.members
    .slice(0, MOST_MEMBERS)
    .map(({ state, message }): [string, string] => [state, oneLine(message)]);
  const left = group.members.length - facts.length;
  if (left > 0) facts.push(['and', `${left} more`]);
  return { title: titleOf(group), text: group.message.slice(0, 2000), facts, log: [] };
}

function wordsOf({ exitCode, oomKilled, memPeak, memLimit }: LastWords): NoticeText['facts'] {
  const facts: NoticeText['facts'] = [];
  if (exitCode !== null) facts.push(['exit code', `${exitCode}${oomKilled === true ? ', out of memory' : ''}`]);
  if (memPeak !== null) {
    const limit = memLimit === null ? 'no limit' : formatBytes(memLimit);
    facts.push(['most memory used', `${formatBytes(memPeak)} of ${limit}`]);
  }
  return facts;
}

/** As plain text, for mail and for what shows no fields. */
export function plainText({ text, facts, log }: NoticeText, mostLines = log.length): string {
  const lines = mostLines > 0 ? log.slice(-mostLines) : [];
  const tail = lines.length > 0 ? ['', 'last lines of its log:', ...lines] : [];
  return [text, '', ...facts.map(([name, value]) => `${name}: ${value}`), ...tail].join('\n');
}

/** How urgent it looks: what is over looks calm, whatever it was. */
export function moodOf({ state, severity }: AlertMessage): Severity | 'over' {
  return state === 'resolved' ? 'over' : severity;
}

/** Without line breaks and other control characters: names come from containers. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').slice(0, MOST);
}

const iso = (t: number): string => new Date(t).toISOString();
