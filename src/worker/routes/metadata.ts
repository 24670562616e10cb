/** Serves both metadata documents and the key set. */

import { GRANT_TYPES } from '../../core/grants/index.ts'
import { Unavailable } from '../../core/ports.ts'
import { INCOMING_ALGORITHMS } from '../../core/providers/profile.ts'
import { publishedKeys } from '../../core/tokens/keyring.ts'
import { describeServer } from '../../core/tokens/metadata.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { respondTagged } from '../http/respond.ts'

function currentKeys(c: AppContext) {
  const { settings, keyRing } = c.var.gateway
  return publishedKeys(keyRing, readClock(), settings.ceilings.maxTokenLifetimeSeconds)
}

export async function metadataRoute(c: AppContext): Promise<Response> {
  const document = describeServer(c.var.gateway.settings.issuer, {
    signingAlgorithms: [...new Set(currentKeys(c).map((key) => key.alg))],
    grantTypes: GRANT_TYPES.map(({ name }) => name),
    assertionAlgorithms: INCOMING_ALGORITHMS,
    ...(await readOffers(c)),
    bindsCertificates: c.var.gateway.settings.proofs.bindsCertificates,
  })
  return respondTagged(c.req.raw, document, 'application/json')
}

/** Metadata is also served without the trust store. It then names nothing of a draft. */
async function readOffers(c: AppContext) {
  const background = (task: Promise<unknown>) => c.executionCtx.waitUntil(task)
  const { trust, statusLists } = c.var.gateway
  try {
    const { document } = await trust.load(readClock(), background)
    const issuers = [...(document?.issuers.values() ?? [])]
    const resources = [...(document?.resources.values() ?? [])]
    return {
      acceptsIdJag: issuers.some(({ accepts }) => accepts.includes('id_jag')),
      hasStatusLists:
        statusLists !== undefined && resources.some(({ hasStatusList }) => hasStatusList),
    }
  } catch (error) {
    if (error instanceof Unavailable) return { acceptsIdJag: false, hasStatusLists: false }
    throw error
  }
}

export function jwksRoute(c: AppContext): Promise<Response> {
  return respondTagged(c.req.raw, { keys: currentKeys(c) }, 'application/jwk-set+json')
}
