/** Serves both metadata documents and the key set. */

import { GRANT_TYPES } from '../../core/grants/index.ts'
import { publishedKeys } from '../../core/tokens/keyring.ts'
import { describeServer } from '../../core/tokens/metadata.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { respondTagged } from '../http/respond.ts'

function currentKeys(c: AppContext) {
  const { settings, keyRing } = c.var.gateway
  return publishedKeys(keyRing, readClock(), settings.ceilings.maxTokenLifetimeSeconds)
}

export function metadataRoute(c: AppContext): Promise<Response> {
  const document = describeServer(c.var.gateway.settings.issuer, {
    signingAlgorithms: [...new Set(currentKeys(c).map((key) => key.alg))],
    grantTypes: GRANT_TYPES.map(({ name }) => name),
  })
  return respondTagged(c.req.raw, document, 'application/json')
}

export function jwksRoute(c: AppContext): Promise<Response> {
  return respondTagged(c.req.raw, { keys: currentKeys(c) }, 'application/jwk-set+json')
}
