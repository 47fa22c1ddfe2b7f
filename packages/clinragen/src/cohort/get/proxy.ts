/** Hospitals’ networks often have one way out. Node’s fetch takes it by itself only where it is told to. */
import http from 'node:http';
import { CohortError } from '../cohort-error.js';

/** Node 24.14, 25.4 and later. */
const { setGlobalProxyFromEnv } = http as unknown as { setGlobalProxyFromEnv?: () => unknown };

/** Makes fetch of the whole process follow HTTPS_PROXY, HTTP_PROXY and NO_PROXY where Node can; so only commands call it. */
export function followProxy(): void {
  try {
    setGlobalProxyFromEnv?.();
  } catch (cause) {
    // The address may hold a password, so it is not shown.
    throw new CohortError('HTTPS_PROXY or HTTP_PROXY cannot be used', { expected: 'http://host:port' }, { cause });
  }
}

/** What a person behind a proxy should know when no connection comes about; empty where it would not help. */
export function proxyHint(): string {
  const { HTTPS_PROXY, https_proxy, NODE_USE_ENV_PROXY } = process.env;
  if ((HTTPS_PROXY ?? https_proxy) === undefined || NODE_USE_ENV_PROXY === '1' || setGlobalProxyFromEnv) return '';
  return '; HTTPS_PROXY is set, which Node follows from 22.21 on, with NODE_USE_ENV_PROXY=1';
}
