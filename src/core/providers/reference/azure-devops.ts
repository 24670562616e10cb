/** Reference data of `azure-devops`. */
import type { ProviderReference } from '../reference.ts'
import { DIGITS, FULL_REF, starting, URL_TEXT, UUID } from './shape.ts'

export const azureDevopsReference: ProviderReference = {
  contact: 'https://github.com/MicrosoftDocs/azure-devops-docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: 'https://vstoken.dev.azure.com/.well-known/jwks',
  sources: {
    keyHosts: 'https://vstoken.dev.azure.com/.well-known/openid-configuration',
    algorithms: 'https://vstoken.dev.azure.com/.well-known/openid-configuration',
    discovery: 'https://vstoken.dev.azure.com/.well-known/openid-configuration',
    claims: 'gravitational/teleport: lib/azuredevops/azuredevops.go',
  },
  claims: {
    org_id: 'Organization UUID; must equal the one in iss.',
    prj_id: 'Project UUID.',
    def_id: 'Pipeline definition id.',
    rpo_id: 'Repository id; for GitHub repositories a name such as owner/repo, not a UUID.',
    rpo_uri: 'Repository URI.',
    rpo_ver: 'Commit.',
    rpo_ref: 'Ref of the run, for example refs/heads/main.',
    run_id: 'Run id.',
  },
  shapes: {
    run_id: DIGITS,
    sub: {
      ...starting('a text such as p://organization/project/pipeline', 'p://', 'sc://'),
      whole: /^[a-z]+:\/\/[^/]+\/[^/]+\/./,
    },
    rpo_uri: URL_TEXT,
    org_id: UUID,
    prj_id: UUID,
    def_id: DIGITS,
    rpo_ref: FULL_REF,
  },
  guide: {
    tokenRequest: {
      summary: 'POST to the injected URI with the job access token; the audience cannot be chosen.',
      env: ['SYSTEM_OIDCREQUESTURI', 'SYSTEM_ACCESSTOKEN'],
      command:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own syntax.
        'curl -sS -X POST -H "Authorization: Bearer $SYSTEM_ACCESSTOKEN" -H "Content-Type: application/json" "${SYSTEM_OIDCREQUESTURI}?api-version=7.1" -d "" | jq -r .oidcToken',
    },
    audience: 'issuer-fixed',
    lifetime: '300 s in the observed samples.',
    subjectFormats: [
      'p://{organization}/{project}/{pipeline} for pipeline tokens',
      'sc://{organization}/{project}/{service connection} for old service connection tokens',
    ],
    traps: [
      'The audience is the same constant for every tenant and every relying party, and Entra accepts it too, so the audience does not separate them. Pin org_id, prj_id and def_id, keep the maximum age short, and refuse replays.',
      'Two kinds of tokens have the same issuer. The scheme of sub distinguishes them. Accept only p:// unless you need service connection tokens.',
      'New service connections do not use this issuer. Their issuer is https://login.microsoftonline.com/{tenant}/v2.0 and their sub is {prefix}/sc/{organization id}/{service connection id}. Rules for one issuer do not cover the other.',
      'sub contains names. It changes when the organization, project or pipeline is renamed.',
      'Names in sub can contain spaces and other characters. Parse sub as a URL and require exactly two path segments.',
      'The token request needs the pipeline access token in the environment.',
    ],
    unverified: ['Presence of jti and nbf.'],
  },
}
