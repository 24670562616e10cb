/** Reference data of `github-actions-enterprise`, `github-enterprise-server`. */

import type { ProviderReference } from '../reference.ts'
import { githubActionsReference } from './github-actions.ts'

/** What both have in common with each other and with github.com. */
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
    'curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https://api.example.com" | jq -r .value',
} as const

export const githubActionsEnterpriseReference: ProviderReference = {
  ...DOCUMENTED,
  guide: {
    tokenRequest: {
      summary:
        'Same as github-actions. The enterprise issuer is switched on with PUT /enterprises/{enterprise}/actions/oidc/customization/issuer and include_enterprise_slug true.',
      ...TOKEN_REQUEST,
    },
    audience: 'workload',
    lifetime: 'Documented sample: exp is 300 s after iat.',
    subjectFormats: ['same as github-actions'],
    traps: [
      'Turning the enterprise issuer on changes iss for every repository of the enterprise at once; both issuers may need to be accepted during the change.',
      'A slug is a name: pin enterprise_id as well, so that a re-registered slug is not trusted.',
      'A regular expression over the issuer must not let the tenant part contain a slash or a dot, or another host can be made to match.',
      'Two live sub formats. Repositories created after 15 July 2026, and repositories renamed or transferred after it, emit repo:OWNER@OWNER_ID/REPO@REPO_ID:..., older ones keep repo:OWNER/REPO:... until they opt in. Code that reads sub must know both; repository_id and repository_owner_id are the same in either.',
      'sub can be replaced per repository or per organization with include_claim_keys; the result may hold no repository at all (for example repository_owner:acme). Under a template, a rule on sub alone may match far more than it reads. Immutable-format repositories keep the ids in the repo segment even under a template.',
      'Inside sub every colon of a value is written %3A, so splitting sub on ":" is safe but the parts must be percent-decoded for that one sequence.',
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
      'An operator of the server can mint any repository, owner or id: ids are only unique inside that host. Never let a rule written for github.com be met by a GHES issuer. PyPI keeps a separate check so that a custom issuer cannot match a canonical publisher.',
      'Many servers are private, so discovery and keys may be unreachable from the internet; the key set then has to be supplied by hand.',
      'Immutable subjects are not offered on GHES, so names can be recycled there.',
    ],
    unverified: [],
  },
}
