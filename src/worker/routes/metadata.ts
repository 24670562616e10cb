/** What the gateway publishes about itself: both discovery documents and the key set. */

import { GRANT_TYPES } from '../../core/grants/index.ts'
import { JWKS_MAX_AGE_SECONDS, METADATA_MAX_AGE_SECONDS } from '../../core/limits.ts'
import { publishedKeys } from '../../core/tokens/keyring.ts'
import { describeServer } from '../../core/tokens/metadata.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { respondCacheable } from '../http/respond.ts'

function currentKeys(c: AppContext) {
  const { settings, keyRing } = c.var.gateway
  return publishedKeys(keyRing, readClock(), settings.ceilings.maxTokenLifetimeSeconds)
}

export function metadataRoute(c: AppContext): Promise<Response> {
  const document = describeServer(c.var.gateway.settings.issuer, {
    signingAlgorithms: [...new Set(currentKeys(c).map((key) => key.alg))],
    grantTypes: GRANT_TYPES.map(({ name }) => name),
  })
  return respondCacheable(c.req.raw, document, {
    contentType: 'application/json',
    maxAgeSeconds: METADATA_MAX_AGE_SECONDS,
  })
}

export function jwksRoute(c: AppContext): Promise<Response> {
  return respondCacheable(
    c.req.raw,
    { keys: currentKeys(c) },
    { contentType: 'application/jwk-set+json', maxAgeSeconds: JWKS_MAX_AGE_SECONDS },
  )
}
