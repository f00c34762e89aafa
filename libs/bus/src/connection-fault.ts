const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

/**
 * Why a broker could not be connected to, in words that name the setting to look at. `broker` begins its settings'
 * names; without it they are the fields `url`, `ca`, … of what was configured.
 */
export function connectionFault(error: unknown, broker?: 'NATS' | 'REDIS'): string {
  const setting = (name: string): string => (broker ? `${broker}_${name.toUpperCase()}` : name);
  const { code, message, name } = (error ?? {}) as { code?: unknown; message?: unknown; name?: unknown };
  const text = String(message ?? error);
  if (UNKNOWN_AUTHORITY.has(String(code))) {
    return `its certificate is not signed by an authority that is trusted here: set ${setting('ca')} to the authority's certificate`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is for another name: ${namesOf(error) ?? text}`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (/server does not support 'tls'|wrong version number|packet length too long/i.test(text)) {
    return `it does not speak TLS: ${setting('url')} and ${setting('ca')} ask for it`;
  }
  if (/certificate required|bad certificate|unknown ca|alert decrypt error/i.test(text)) {
    return `it wants a client certificate that it knows: set ${setting('cert')} and ${setting('key')}`;
  }
  if (name === 'AuthorizationError' || /authorization violation|WRONGPASS|NOAUTH/i.test(text)) {
    return `user or password refused: ${setting('url')}`;
  }
  if (name === 'TimeoutError') return 'no answer in time';
  return text;
}

/** Whom the certificate that was shown is for. */
function namesOf(error: unknown): string | undefined {
  const { cert } = error as { cert?: { subjectaltname?: string; subject?: { CN?: string } } };
  return cert?.subjectaltname ?? cert?.subject?.CN;
}
