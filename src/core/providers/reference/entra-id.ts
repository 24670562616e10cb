/** Reference data of `entra-id`. */
import type { ProviderReference } from '../reference.ts'
import { known, oneOf, starting, UUID } from './shape.ts'

export const entraIdReference: ProviderReference = {
  contact: 'https://github.com/MicrosoftDocs/entra-docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  sources: {
    keyHosts: 'MicrosoftDocs/entra-docs: docs/identity-platform/access-tokens.md',
    algorithms: 'MicrosoftDocs/entra-docs: docs/identity-platform/access-tokens.md',
    typ: 'MicrosoftDocs/entra-docs: docs/identity-platform/access-tokens.md',
    discovery: 'MicrosoftDocs/entra-docs: docs/identity-platform/access-tokens.md',
    lifetime:
      'MicrosoftDocs/entra-docs: docs/identity/managed-identities-azure-resources/how-to-use-vm-token.md',
    claims: 'MicrosoftDocs/entra-docs: docs/identity-platform/access-token-claims-reference.md',
  },
  claims: {
    tid: 'Tenant UUID.',
    oid: 'Object id of the caller in that tenant.',
    appid: 'Client id of the caller; only in v1 tokens.',
    azp: 'Client id of the caller; only in v2 tokens.',
    appidacr: 'How the client authenticated (0 public, 1 secret, 2 certificate); v1 only.',
    azpacr: 'The same in v2 tokens.',
    roles: 'Application permissions.',
    scp: 'Delegated scopes; present only for people.',
    idp: 'Original identity provider of guests.',
    idtyp: 'app or user; optional claim.',
    ver: '1.0 or 2.0.',
    uti: 'Token identifier; Entra has no jti.',
    preferred_username: 'Mutable name; not for decisions.',
    unique_name: 'Mutable name in v1 tokens.',
    groups: 'Group ids; replaced by a link if there are more than 200.',
    xms_mirid: 'Resource path of the managed identity; consists of names.',
    xms_az_rid: 'Resource path of the machine.',
  },
  shapes: {
    tid: UUID,
    oid: UUID,
    azp: UUID,
    appid: UUID,
    appidacr: oneOf('0', '1', '2'),
    azpacr: oneOf('0', '1', '2'),
    idtyp: known('app', 'user'),
    ver: oneOf('1.0', '2.0'),
    xms_mirid: starting('a path such as /subscriptions/…/userAssignedIdentities/worker', '/'),
    xms_az_rid: starting('a path such as /subscriptions/…/virtualMachines/worker', '/'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Managed identity: call the instance metadata endpoint, with resource set to the Application ID URI of an app registration for the relying party. Client credentials: use the scope {app id uri}/.default.',
      env: [],
      command:
        'curl -s -H "Metadata: true" "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api://example-api" | jq -r .access_token',
    },
    audience: 'workload, within the resources registered in the tenant',
    lifetime:
      '60 to 90 minutes for apps, 24 hours for managed identities. iat is five minutes before the time of issue.',
    subjectFormats: ['opaque string'],
    traps: [
      'A tenant has two issuers with different claims: v1 on sts.windows.net ends in a slash, v2 ends in /v2.0. The app registration of the API determines the version, not the caller. Accept only the configured one.',
      'aud changes with the version (URI in v1, UUID in v2).',
      'Never accept the endpoints common, organizations or consumers, and never take the tenant from the token. The pattern only checks the configuration.',
      'Authorise on oid together with tid. sub is different for each API.',
      'appid exists only in v1 and azp only in v2. A rule on a missing claim must not match.',
      'A token with scp acts for a person. For workloads, require idtyp = app or the absence of scp.',
      'Managed identity tokens can live a day and the platform caches them. With a short maximum age, the workload cannot get a new token in time.',
      'Any app in the tenant can request a token for the API unless assignment is required. Require roles.',
      'Since 2025, these issuers also sign tokens of Azure DevOps service connections, with sub {prefix}/sc/{organization id}/{connection id}.',
      'A distributed claim may replace groups.',
    ],
    unverified: [
      'xms_mirid and xms_az_rid are not in the claims reference page. They occur in public code.',
      'The call of the metadata endpoint and the one-hour lifetime of app tokens (general knowledge). The 24-hour lifetime of managed identity tokens is from Azure DevOps docs.',
      'sub equal to oid for app-only tokens.',
      'That the API registration determines the token version (general knowledge).',
    ],
  },
}
