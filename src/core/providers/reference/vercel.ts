/** Reference data of `vercel`. */
import type { ProviderReference } from '../reference.ts'
import { known, starting } from './shape.ts'

export const vercelReference: ProviderReference = {
  contact: 'https://vercel.com/docs/oidc/reference',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks',
  sources: {
    keyHosts: 'https://vercel.com/docs/oidc/reference',
    algorithms: 'https://vercel.com/docs/oidc/reference',
    discovery: 'https://vercel.com/docs/oidc/reference',
    claims: 'https://vercel.com/docs/oidc/reference',
  },
  claims: {
    owner: 'Team slug.',
    owner_id: 'Team id (team_...).',
    project: 'Project name.',
    project_id: 'Project id (prj_...).',
    environment: 'production, preview, development or a custom environment.',
    external_sub: 'Optional external subject.',
  },
  shapes: {
    sub: starting('a text that begins with owner:', 'owner:'),
    environment: known('production', 'preview', 'development'),
  },
  guide: {
    tokenRequest: {
      summary:
        'In builds and local development a variable, in functions a request header; the library exchanges it for another audience.',
      env: ['VERCEL_OIDC_TOKEN'],
      command: 'vc project token <project>',
    },
    audience: 'workload (audience option of the vendor library); fixed otherwise',
    lifetime: 'Not verified (short; refreshed by the library).',
    subjectFormats: ['owner:{team}:project:{project}:environment:{environment}'],
    traps: [
      'Without an environment condition, preview deployments (any branch, and possibly pull requests) get the same access as production.',
      'Two issuer modes: a project in global mode has iss https://oidc.vercel.com for every team, so owner_id must be pinned.',
      'The example in the vendor docs builds the key URL with new URL and swapped arguments; resolving /.well-known/jwks against the issuer would also drop the team path. Build key and discovery URLs by appending to the issuer.',
      'Slugs and project names in iss and sub can be renamed: pin owner_id and project_id.',
      'Tokens reach functions in a request header: a proxy that logs headers leaks them.',
      'Some relying parties refuse the default audience and require an exchanged one.',
    ],
    unverified: ['owner and project claims (from knowledge of the sub parts).', 'Lifetime, jti.'],
  },
}
