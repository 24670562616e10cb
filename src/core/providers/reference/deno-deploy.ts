/** Reference data of `deno-deploy`. */
import type { ProviderReference } from '../reference.ts'
import { NAME, starting, UUID } from './shape.ts'

export const denoDeployReference: ProviderReference = {
  contact: 'https://docs.deno.com/deploy/reference/oidc',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks.json',
  sources: {
    keyHosts: 'https://docs.deno.com/deploy/reference/oidc',
    algorithms: 'https://docs.deno.com/deploy/reference/oidc',
    discovery: 'https://docs.deno.com/deploy/reference/oidc',
    lifetime: 'https://docs.deno.com/deploy/reference/oidc',
    claims: 'https://docs.deno.com/deploy/reference/oidc',
  },
  claims: {
    org_id: 'Organization UUID.',
    org_slug: 'Organization slug.',
    app_id: 'Application UUID.',
    app_slug: 'Application slug.',
    context_id: 'Context UUID.',
    context_name: 'Context, for example production.',
    revision_id: 'Revision id.',
    deployment_id: 'Hash of the deployment metadata.',
  },
  shapes: {
    sub: starting('a text that begins with deployment:', 'deployment:'),
    org_id: UUID,
    org_slug: NAME,
    app_id: UUID,
    app_slug: NAME,
    context_id: UUID,
    context_name: NAME,
  },
  guide: {
    tokenRequest: { summary: 'The application calls a library function.', env: [], command: null },
    audience: 'workload',
    lifetime: '300 s; nbf is 60 s before iat.',
    subjectFormats: ['deployment:{org}/{app}/{context}'],
    traps: [
      'The docs page names RS256 in one section and ES256 in another, and says that this may change. Allow both.',
      'Preview contexts are separate contexts of the same app. Pin context_id or context_name.',
      'There is no jti, but tokens live only five minutes.',
    ],
    unverified: [],
  },
}
