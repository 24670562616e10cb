/** Serves the JSON Schema of trust documents for editors. It is the same at every gateway. */

import trustSchema from '../../contract/trust.schema.json' with { type: 'json' }
import type { AppContext } from '../context.ts'
import { respondTagged } from '../http/respond.ts'

export function trustSchemaRoute(c: AppContext): Promise<Response> {
  return respondTagged(c.req.raw, trustSchema, 'application/schema+json')
}
