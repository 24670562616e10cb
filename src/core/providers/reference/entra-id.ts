/** Reference data of `entra-id`. */
import type { ProviderReference } from '../reference.ts'
import { UUID } from './shape.ts'

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
    appid: 'Client id of the caller; v1 tokens only.',
    azp: 'Client id of the caller; v2 tokens only.',
    appidacr: 'How the client authenticated (0 public, 1 secret, 2 certificate); v1 only.',
    azpacr: 'The same in v2 tokens.',
    roles: 'Application permissions.',
    scp: 'Delegated scopes; present for people only.',
    idp: 'Original identity provider of guests.',
    idtyp: 'app or user; optional claim.',
    ver: '1.0 or 2.0.',
    uti: 'Token identifier; Entra has no jti.',
    preferred_username: 'Mutable name; not for decisions.',
    unique_name: 'Mutable name in v1 tokens.',
    groups: 'Group ids; replaced by a link above 200.',
    xms_mirid: 'Resource path of the managed identity; made of names.',
    xms_az_rid: 'Resource path of the machine.',
  },
  shapes: { tid: UUID, oid: UUID, azp: UUID, appid: UUID },
  guide: {
    tokenRequest: {
      summary:
        'Managed identity: the instance metadata endpoint with resource set to the Application ID URI of an app registration made for the relying party. Client credentials: scope {app id uri}/.default.',
      env: [],
      command:
        'curl -s -H "Metadata: true" "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api://example-api" | jq -r .access_token',
    },
    audience: 'workload, within the resources registered in the tenant',
    lifetime:
      '60 to 90 minutes for apps, 24 hours for managed identities; iat lies five minutes before the issue.',
    subjectFormats: ['opaque string'],
    traps: [
      'Two issuers and two claim sets for one tenant: v1 ends in a slash on sts.windows.net, v2 ends in /v2.0. The version is chosen by the API app registration, not by the caller. Accept only the configured one.',
      'aud changes with the version (URI in v1, UUID in v2).',
      'Never accept common, organizations or consumers endpoints, and never take the tenant from the token: the pattern is for shaping configuration.',
      'Authorise on oid together with tid; sub is pairwise and differs per API.',
      'appid exists only in v1 and azp only in v2: a rule on a missing claim must fail closed.',
      'scp means a person is behind the token; require idtyp = app or the absence of scp for workloads.',
      'Managed identity tokens can live a day and are cached by the platform: the maximum age rule must be lenient here or the workload cannot refresh.',
      'Any app in the tenant can ask for a token for the API unless assignment is required; require roles.',
      'Since 2025 Azure DevOps service connections also come from these issuers, with sub {prefix}/sc/{organization id}/{connection id}.',
      'groups may be replaced by a distributed claim.',
    ],
    unverified: [
      'xms_mirid and xms_az_rid are not in the claims reference page; seen in public code.',
      'Metadata endpoint call and the one-hour app token life (general knowledge); the 24-hour managed identity life is from Azure DevOps docs.',
      'sub equal to oid for app-only tokens.',
      'That the API registration decides the token version (general knowledge).',
    ],
  },
}
