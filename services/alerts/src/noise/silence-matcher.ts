import type { AlertMessage, SilenceMatchers } from '@deckwatch/contracts';
import { glob } from '../rules/glob.ts';
import type { Selectable } from '../rules/compiled-rule.ts';

/** What a silence looks at: an alert, and what is known of its target beyond what the alert says. */
export interface SilenceSubject {
  alert: Pick<AlertMessage, 'rule' | 'severity' | 'target'>;
  about?: Partial<Selectable>;
}

type Test = (subject: SilenceSubject) => boolean;

const READ: Record<
  Exclude<keyof SilenceMatchers, 'labels'>,
  (subject: SilenceSubject) => (string | null | undefined)[]
> = {
  rule: ({ alert }) => [alert.rule.id, alert.rule.name],
  severity: ({ alert }) => [alert.severity],
  kind: ({ alert }) => [alert.target.kind],
  target: ({ alert }) => [alert.target.key],
  host: ({ alert }) => [alert.target.host],
  name: ({ alert }) => [alert.target.name],
  app: ({ alert }) => [alert.target.kind === 'sessions' ? alert.target.key : null],
  image: ({ about }) => [about?.image],
  project: ({ about }) => [about?.project],
  service: ({ about }) => [about?.service],
};

/** Whether an alert fits; what is not known of a target fits no glob. */
export function compileMatchers({ labels, ...globs }: SilenceMatchers): Test {
  const tests: Test[] = Object.entries(globs).flatMap(([field, pattern]) => {
    if (pattern === undefined) return [];
    const fits = glob(pattern);
    const read = READ[field as keyof typeof READ];
    return [(subject) => read(subject).some((text) => typeof text === 'string' && fits(text))];
  });
  for (const [label, pattern] of Object.entries(labels ?? {})) {
    const fits = glob(pattern);
    tests.push(({ about }) => {
      const value = about?.labels && Object.hasOwn(about.labels, label) ? about.labels[label] : undefined;
      return value !== undefined && fits(value);
    });
  }
  return (subject) => tests.every((test) => test(subject));
}
