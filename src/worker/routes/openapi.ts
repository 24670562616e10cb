/**
 * Serves the OpenAPI document. It is public, because it has no fact about a deployment except its
 * issuer URL: the package has the same document.
 */

import type { AppContext } from '../context.ts'
import { readTextAsset } from '../http/assets.ts'
import { respondTagged } from '../http/respond.ts'

export async function openApiRoute(c: AppContext): Promise<Response> {
  const asset = await readTextAsset(c.env, 'openapi.json')
  if (asset.refusal !== undefined) return asset.refusal
  const servers = [{ url: c.get('gateway').settings.issuer }]
  return respondTagged(c.req.raw, { ...JSON.parse(asset.text), servers }, 'application/json')
}
