/** Sources for Google and Azure, which ask the metadata server of the workload's machine. */
import type { Platform } from '../platform.ts'
import { askPlatform, placeUrl, type Question, readMember } from './ask-platform.ts'
import { readVariable, requireVariable, SourceFault, type SourceRow } from './row.ts'

const METADATA_HOST = 'GCE_METADATA_HOST'

export const GOOGLE: SourceRow = {
  name: 'google',
  any: [METADATA_HOST, 'K_SERVICE', 'CLOUD_RUN_JOB', 'FUNCTION_TARGET', 'GOOGLE_CLOUD_PROJECT'],
  async ask(platform, request) {
    const host = readVariable(platform, METADATA_HOST) ?? 'metadata.google.internal'
    if (!/^[\w.-]+(:\d+)?$/.test(host)) throw new SourceFault(`${METADATA_HOST} is not a host`)
    const query = new URLSearchParams({ audience: request.audience, format: 'full' })
    const { text, headers } = await askPlatform(platform, request, {
      // The request contains no secret, so plain http to a host name is safe.
      url: `http://${host}/computeMetadata/v1/instance/service-accounts/default/identity?${query}`,
      headers: { 'metadata-flavor': 'Google' },
    })
    // In another network, a different server may have this name. It does not send this header.
    if (headers.get('metadata-flavor') !== 'Google') {
      throw new SourceFault(`${host} is not a metadata server`)
    }
    return text
  },
}

const ENDPOINT = 'IDENTITY_ENDPOINT'
const IMDS_HOST = 'AZURE_POD_IDENTITY_AUTHORITY_HOST'
const CLIENT_ID = 'AZURE_CLIENT_ID'

/**
 * App Service, Functions and Container Apps give the endpoint in a variable. A virtual machine has a
 * fixed metadata address.
 */
export const AZURE_MANAGED_IDENTITY: SourceRow = {
  name: 'azure-managed-identity',
  any: [ENDPOINT, IMDS_HOST, 'WEBSITE_INSTANCE_ID', CLIENT_ID],
  async ask(platform, request) {
    const question = describeQuestion(platform, request.audience)
    return readMember(await askPlatform(platform, request, question), 'access_token')
  },
}

function describeQuestion(platform: Platform, resource: string): Question {
  // `client_id` selects one of several user-assigned identities.
  const identity = { resource, client_id: readVariable(platform, CLIENT_ID) }
  const endpoint = readVariable(platform, ENDPOINT)
  if (endpoint !== undefined) {
    return {
      url: placeUrl(ENDPOINT, endpoint, { 'api-version': '2019-08-01', ...identity }),
      headers: { 'x-identity-header': requireVariable(platform, 'IDENTITY_HEADER') },
    }
  }
  const base = readVariable(platform, IMDS_HOST) ?? 'http://169.254.169.254'
  const place = `${base.replace(/\/+$/, '')}/metadata/identity/oauth2/token`
  return {
    url: placeUrl(IMDS_HOST, place, { 'api-version': '2018-02-01', ...identity }),
    headers: { metadata: 'true' },
    // While the identity or the metadata server is being updated.
    passing: [404, 410],
  }
}
