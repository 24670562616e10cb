/** Reference data of `vercel`. */
import type { ProviderReference } from '../reference.ts'
import { known, NAME, starting } from './shape.ts'

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
    owner: NAME,
    owner_id: starting('an id such as team_7Gw5ZMzpQA8h90F832KGp7nw', 'team_'),
    project: NAME,
    project_id: starting('an id such as prj_7Gw5ZMzpQA8h90F832KGp7nw', 'prj_'),
    sub: starting('a text that begins with owner:', 'owner:'),
    environment: known('production', 'preview', 'development'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Builds and local development have the token in a variable, and functions in a request header. The library exchanges it for another audience.',
      env: ['VERCEL_OIDC_TOKEN'],
      command: 'vc project token <project>',
    },
    audience: 'workload (audience option of the vendor library); fixed otherwise',
    lifetime: 'Not verified (short; refreshed by the library).',
    subjectFormats: ['owner:{team}:project:{project}:environment:{environment}'],
    traps: [
      'Without a condition on environment, preview deployments (any branch, and possibly pull requests) get the same access as production.',
      'In global mode, the issuer is https://oidc.vercel.com for every team. Pin owner_id.',
      'The example in the vendor docs builds the key URL with new URL and swapped arguments. Resolving /.well-known/jwks against the issuer also removes the team path. Append the paths of keys and discovery to the issuer.',
      'Slugs and project names in iss and sub can be renamed. Pin owner_id and project_id.',
      'Functions get the token in a request header. A proxy that logs headers leaks it.',
      'Some relying parties refuse the default audience and require an exchanged one.',
    ],
    unverified: ['owner and project claims (from knowledge of the sub parts).', 'Lifetime, jti.'],
  },
}
