// @ts-check
// What `npm start -- help` and `npm start -- creds` print.

/** @param {{ version: string }} facts */
export function helpText({ version }) {
  return `Deckwatch ${version}

  npm start              starts everything here; Ctrl-C stops it
  npm start -- creds     prints a reader's credentials for NATS
  npm start -- help      this page

Settings are environment variables; each may be given as NAME_FILE. The usual ones:

  DECKWATCH_PORT         8080          the console's port
  DECKWATCH_HOST         127.0.0.1     the console's address
  DECKWATCH_DATA         .deckwatch    local state: brokers' data, secrets, logs
  DECKWATCH_DEMO         auto          auto: a simulated host where there is no container engine; on; off
  DOCKER_HOST            unix:///var/run/docker.sock
  NATS_URL, REDIS_URL    own brokers   brokers that you run; needs DECKWATCH_SECRET_KEY

All of them: README.md and docs/.
`;
}

/**
 * @param {{ port: number | undefined, password: string, appPassword: string }} secrets
 */
export function credsText({ port, password, appPassword }) {
  const url = `nats://127.0.0.1:${port ?? 4222}`;
  const app = `--server ${url} --user app --password ${appPassword} --inbox-prefix _INBOX_app`;
  const reader = `--server ${url} --user reader --password ${password} --inbox-prefix _INBOX_reader`;
  return `NATS reader of this installation: it reads everything on deckwatch.> and the streams, and changes nothing.

  url           ${url}${port === undefined ? '   (the port is known after the first npm start)' : ''}
  user          reader
  password      ${password}
  inbox prefix  _INBOX_reader

  nats sub ${reader} 'deckwatch.alerts.>'
  nats stream view ${reader} CONTAINERS

For an application that tells of its own sessions, and may do nothing else:

  nats req ${app} deckwatch.ingest.sessions.shop '{"id":"s-1","user":"ada","op":"start"}'

Without credentials anyone on this machine may hear deckwatch.stats.> and deckwatch.hosts.>:

  nats sub --server ${url} 'deckwatch.stats.*'
`;
}

export const OUTSIDE_CREDS =
  'NATS_URL names a broker of yours: its accounts are yours to give. Readers need deckwatch.> and the streams CONTAINERS, SESSIONS, ALERTS.\n';
