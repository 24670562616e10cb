/** Compiles what the published metadata of a resource says (RFC 9728). */
import type { ResourceSource } from '../../../contract/trust-document.ts'
import type { Ceilings, ResourceMetadata } from './compiled.ts'
import type { Report } from './context.ts'

/** A URL without a query, user information and fragment: its metadata is found by host and path. */
const DESCRIBED = /^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/i

export function compileMetadata(
  uri: string,
  source: ResourceSource['protected_resource_metadata'],
  { gatewayIssuer }: Ceilings,
  report: Report,
): ResourceMetadata | undefined {
  if (source === undefined || source === false) return undefined
  const scheme = gatewayIssuer.slice(0, gatewayIssuer.indexOf('://') + 3)
  if (!DESCRIBED.test(uri) || !uri.toLowerCase().startsWith(scheme)) {
    report(
      ['resources', uri, 'protected_resource_metadata'],
      'metadata_misplaced',
      `needs a resource that is a URL with ${scheme} and without a query`,
    )
  }
  const { name, documentation } = source === true ? {} : source
  return Object.freeze({ name, documentation })
}
