/** Reference data of `github-actions-enterprise`, `github-enterprise-server`. */

import type { ProviderReference } from '../reference.ts'
import { githubActionsReference } from './github-actions.ts'

/** The facts that both profiles share with github.com. */
const DOCUMENTED = {
  contact: 'https://github.com/github/docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {
    algorithms: 'github/docs: content/actions/concepts/security/openid-connect.md',
    typ: 'github/docs: content/actions/concepts/security/openid-connect.md',
    discovery: 'github/docs: content/actions/reference/security/oidc.md',
    lifetime: 'github/docs: content/actions/concepts/security/openid-connect.md',
    claims: 'github/docs: content/actions/reference/security/oidc.md',
  },
  claims: githubActionsReference.claims,
  shapes: githubActionsReference.shapes,
} as const satisfies Partial<ProviderReference>

const TOKEN_REQUEST = {
  env: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
  command:
    'curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https://sts.example.com" | jq -r .value',
} as const

export const githubActionsEnterpriseReference: ProviderReference = {
  ...DOCUMENTED,
  sources: githubActionsReference.sources,
  guide: {
    tokenRequest: {
      summary:
        'Same as github-actions. Enable the enterprise issuer with PUT /enterprises/{enterprise}/actions/oidc/customization/issuer and include_enterprise_slug true.',
      ...TOKEN_REQUEST,
    },
    audience: 'workload',
    lifetime: 'Documented sample: exp is 300 s after iat.',
    subjectFormats: ['same as github-actions'],
    traps: [
      'Enabling the enterprise issuer changes iss for every repository of the enterprise at the same time. During the change, both issuers may need to be accepted.',
      'A slug is a name. Also pin enterprise_id, so that a slug that was registered again is not trusted.',
      'In a regular expression for the issuer, the tenant part must not match a slash or a dot. Otherwise another host can match.',
      'Two formats of sub are in use. Repositories that were created, renamed or transferred after 15 July 2026 have repo:OWNER@OWNER_ID/REPO@REPO_ID:..., and older ones keep repo:OWNER/REPO:... until they opt in. Code that reads sub must support both. repository_id and repository_owner_id are the same in both.',
      'A repository or organization can replace sub with include_claim_keys. The result may not contain the repository (for example repository_owner:acme), so a rule with only sub may match more than it seems. In the immutable format, the repo segment keeps the ids.',
      'In sub, every colon of a value is written as %3A. Split sub at ":" and then decode %3A in the parts.',
    ],
    unverified: ['JWKS location of path issuers (read it from discovery).'],
  },
}

export const githubEnterpriseServerReference: ProviderReference = {
  ...DOCUMENTED,
  guide: {
    tokenRequest: {
      summary: 'Same as github-actions.',
      ...TOKEN_REQUEST,
    },
    audience: 'workload',
    lifetime: 'As github-actions.',
    subjectFormats: [
      'repo:OWNER/REPO:environment:ENV',
      'repo:OWNER/REPO:pull_request',
      'repo:OWNER/REPO:ref:REF (the immutable format does not exist on GHES)',
    ],
    traps: [
      'The operator of the server can issue tokens with any repository, owner or id. Ids are unique only within that server. A rule for github.com must never match a token of a GHES issuer. PyPI also checks that a custom issuer cannot match a publisher on github.com.',
      'Many servers are private, so discovery and keys may be unreachable from the internet. Upload the key set in that case.',
      'GHES does not have the immutable subject format, so names can be reused there.',
    ],
    unverified: [],
  },
}
