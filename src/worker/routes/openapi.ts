/**
 * Serves the OpenAPI document. It is public, because it has no fact about a deployment except its
 * issuer URL: the package has the same document.
 */

import { completeOpenApi } from '../../contract/openapi/complete.ts'
import openApi from '../../contract/openapi/openapi.json' with { type: 'json' }
import trustSchema from '../../contract/trust.schema.json' with { type: 'json' }
import type { AppContext } from '../context.ts'
import { respondTagged } from '../http/respond.ts'

export function openApiRoute(c: AppContext): Promise<Response> {
  const document = completeOpenApi(openApi, trustSchema, { url: c.get('gateway').settings.issuer })
  return respondTagged(c.req.raw, document, 'application/json')
}
