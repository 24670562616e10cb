/** Serves the bundle of the gateway's SPIFFE trust domain (SPIFFE Federation §5.2.1, `https_web`). */
import { describeTrustBundle } from '../../core/tokens/trust-bundle.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { answerNotFound } from '../http/failures.ts'
import { respondTagged } from '../http/respond.ts'

export async function spiffeBundleRoute(c: AppContext): Promise<Response> {
  const { settings, keyRing } = c.get('gateway')
  const { trustDomain, maxTokenLifetimeSeconds } = settings.ceilings
  if (trustDomain === undefined) return answerNotFound(c, undefined)
  const bundle = describeTrustBundle(keyRing, readClock(), maxTokenLifetimeSeconds)
  // The sequence number grows with every second. A bundle with the same keys is not a new one.
  const response = await respondTagged(c.req.raw, bundle, 'application/json', bundle.keys)
  // §5.2.1.3 requires the newest bundle.
  response.headers.set('cache-control', 'no-cache')
  return response
}
