/** The schema of trust documents, where editors find it: it says nothing about this gateway. */

import trustSchema from '../../contract/trust.schema.json' with { type: 'json' }
import { METADATA_MAX_AGE_SECONDS } from '../../core/limits.ts'
import type { AppContext } from '../context.ts'
import { respondCacheable } from '../http/respond.ts'

export function trustSchemaRoute(c: AppContext): Promise<Response> {
  return respondCacheable(c.req.raw, trustSchema, {
    contentType: 'application/schema+json',
    maxAgeSeconds: METADATA_MAX_AGE_SECONDS,
  })
}
