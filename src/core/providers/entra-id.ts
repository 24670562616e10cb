/**
 * Microsoft Entra ID workload tokens, both versions. The issuer contains the tenant; object ids
 * are unique within a tenant.
 */
import { claim, REGISTERED_CLAIMS } from './claim.ts'
import type { ProviderProfile } from './profile.ts'

export const entraId: ProviderProfile = {
  id: 'entra-id',
  name: 'Microsoft Entra ID access tokens (managed identities, app registrations, people)',
  status: 'verified',
  tenancy: 'per_tenant',
  issuer: {
    kind: 'pattern',
    pattern:
      /^https:\/\/(?:(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn)\/(?<tenantV2>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/v2\.0|sts\.(?:windows\.net|chinacloudapi\.cn)\/(?<tenantV1>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/)$/,
    example: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0',
  },
  // Tokens of version 1 have an issuer on a host that has no keys: sts.windows.net, or
  // sts.chinacloudapi.cn in China. National clouds have their own hosts.
  keyHosts: [
    'login.microsoftonline.com',
    'login.microsoftonline.us',
    'login.partner.microsoftonline.cn',
    'login.windows.net',
    'login.chinacloudapi.cn',
  ],
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('tid', { class: 'required', immutable: true, recorded: true }),
    claim('oid', { class: 'required', immutable: true, recorded: true }),
    claim('appid', { immutable: true, recorded: true }),
    claim('azp', { immutable: true, recorded: true }),
    claim('appidacr'),
    claim('azpacr'),
    claim('roles', { types: ['array'], immutable: false, influence: 'low' }),
    claim('scp', { immutable: false, influence: 'low' }),
    claim('idp', { influence: 'low' }),
    claim('idtyp'),
    claim('ver'),
    claim('uti', { recorded: true }),
    claim('preferred_username', { immutable: false, influence: 'high' }),
    claim('unique_name', { immutable: false, influence: 'high' }),
    claim('groups', { types: ['array'], immutable: false, influence: 'low' }),
    claim('xms_mirid', { immutable: false, influence: 'low' }),
    claim('xms_az_rid', { immutable: false, influence: 'low' }),
  ],
  tenantClaims: [['tid']],
  projectClaims: [['oid'], ['azp'], ['appid'], ['sub']],
  emailIs: 'changeable',
  unsafeEvents: [],
  replay: 'reused',
  // Tokens of managed identities live for a day, and `iat` is five minutes before the time of issue.
  maxLifetimeSeconds: 24 * 3600 + 300,
  sharedAudiences: [],
  names: { ownerId: ['tid'], projectId: ['oid'] },
}
