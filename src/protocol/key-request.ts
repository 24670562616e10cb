/**
 * How Edgemint asks for discovery documents and key sets. The gateway and the verifier send the
 * same headers; where they send them is their own matter.
 */
import { RELEASE } from './release.ts'

/**
 * Headers of a request for JSON that another party publishes. A Kubernetes API server serves its key
 * set as `application/jwk-set+json` alone and answers 406 to a client that does not name it
 * (RFC 7517 §8.5.1). Some firewalls answer 403 to a client without `User-Agent`.
 */
export const KEY_REQUEST_HEADERS = {
  accept: 'application/json, application/jwk-set+json, */*;q=0.1',
  'user-agent': `edgemint/${RELEASE}`,
} as const
