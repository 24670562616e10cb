/** Serves the JSON Schema of trust documents for editors. It is the same at every gateway. */

import type { AppContext } from '../context.ts'
import { readTextAsset } from '../http/assets.ts'
import { respondTaggedText } from '../http/respond.ts'

export async function trustSchemaRoute(c: AppContext): Promise<Response> {
  const asset = await readTextAsset(c.env, 'trust.schema.json')
  if (asset.refusal !== undefined) return asset.refusal
  return respondTaggedText(c.req.raw, asset.text, 'application/schema+json')
}
