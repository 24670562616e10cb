/**
 * The request headers with which Edgemint fetches discovery documents and key sets. The gateway and
 * the verifier send the same headers.
 */
import { RELEASE } from './release.ts'

/**
 * Headers of a request for JSON of another party. A Kubernetes API server serves its key set only
 * as `application/jwk-set+json` (RFC 7517 §8.5.1), and answers 406 if `Accept` does not include it.
 * Some firewalls answer 403 to a client without `User-Agent`.
 */
export const KEY_REQUEST_HEADERS = {
  accept: 'application/json, application/jwk-set+json, */*;q=0.1',
  'user-agent': `edgemint/${RELEASE}`,
} as const
