/**
 * Microsoft Entra ID workload tokens, both versions. The issuer names the tenant; object ids are
 * unique in it.
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
      /^https:\/\/(?:(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn)\/(?<tenantV2>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/v2\.0|sts\.windows\.net\/(?<tenantV1>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\/)$/,
    example: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0',
  },
  // Tokens of version 1 name sts.windows.net; the national clouds have hosts of their own.
  keyHosts: [
    'login.microsoftonline.com',
    'login.microsoftonline.us',
    'login.partner.microsoftonline.cn',
  ],
  algorithms: ['RS256'],
  types: ['jwt', null],
  claims: [
    ...REGISTERED_CLAIMS,
    claim('tid', 'Tenant UUID.', { class: 'required', immutable: true }),
    claim('oid', 'Object id of the caller in that tenant.', { class: 'required', immutable: true }),
    claim('appid', 'Client id of the caller; v1 tokens only.', { immutable: true }),
    claim('azp', 'Client id of the caller; v2 tokens only.', { immutable: true }),
    claim('appidacr', 'How the client authenticated (0 public, 1 secret, 2 certificate); v1 only.'),
    claim('azpacr', 'The same in v2 tokens.'),
    claim('roles', 'Application permissions.', {
      types: ['array'],
      immutable: false,
      influence: 'low',
    }),
    claim('scp', 'Delegated scopes; present for people only.', {
      immutable: false,
      influence: 'low',
    }),
    claim('idp', 'Original identity provider of guests.', { influence: 'low' }),
    claim('idtyp', 'app or user; optional claim.'),
    claim('ver', '1.0 or 2.0.'),
    claim('uti', 'Token identifier; Entra has no jti.'),
    claim('preferred_username', 'Mutable name; not for decisions.', {
      immutable: false,
      influence: 'high',
    }),
    claim('unique_name', 'Mutable name in v1 tokens.', { immutable: false, influence: 'high' }),
    claim('groups', 'Group ids; replaced by a link above 200.', {
      types: ['array'],
      immutable: false,
      influence: 'low',
    }),
    claim('xms_mirid', 'Resource path of the managed identity; made of names.', {
      immutable: false,
      influence: 'low',
    }),
    claim('xms_az_rid', 'Resource path of the machine.', { immutable: false, influence: 'low' }),
  ],
  tenantClaims: [['tid']],
  projectClaims: [['oid'], ['azp'], ['appid'], ['sub']],
  unsafeEvents: [],
  replay: 'reused',
  // Managed identities: a day after the issue, and `iat` lies five minutes before that.
  maxLifetimeSeconds: 24 * 3600 + 300,
  sharedAudiences: [],
  names: { ownerId: ['tid'], projectId: ['oid'] },
}
