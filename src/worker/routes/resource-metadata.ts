/**
 * Serves the metadata of protected resources (RFC 9728). A request means the resource with the host
 * that it names, so only resources on a host of this gateway have metadata here. A resource that
 * does not ask for metadata has the same answer as one that does not exist.
 */

import {
  describeProtectedResource,
  findDescribedResource,
} from '../../core/endpoint/resource-metadata.ts'
import { Unavailable } from '../../core/ports.ts'
import { OAUTH_PROTECTED_RESOURCE } from '../../protocol/paths.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { answerNotFound } from '../http/failures.ts'
import { respondTagged } from '../http/respond.ts'
import { authorityOf } from '../routing/check-host.ts'
import { rawPath } from '../routing/locate.ts'

export async function resourceMetadataRoute(c: AppContext): Promise<Response> {
  const { settings, trust } = c.get('gateway')
  const { document } = await trust.load(readClock(), (task) => c.executionCtx.waitUntil(task))
  if (document === undefined) throw new Unavailable('trust_document')
  const { url } = c.req.raw
  // A proxy may end TLS, so the scheme is that of the issuer.
  const scheme = settings.issuer.slice(0, settings.issuer.indexOf('://'))
  const asked = { origin: `${scheme}://${authorityOf(url)}`, path: rawPath(url) }
  const resource = findDescribedResource(document, asked, OAUTH_PROTECTED_RESOURCE)
  if (resource === undefined) return answerNotFound(c, undefined)
  const metadata = describeProtectedResource(resource, settings.issuer)
  return respondTagged(c.req.raw, metadata, 'application/json')
}
