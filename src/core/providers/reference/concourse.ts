/** Reference data of `concourse`. */
import type { ProviderReference } from '../reference.ts'

export const concourseReference: ProviderReference = {
  contact: 'https://github.com/concourse/docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks.json',
  sources: {
    keyHosts: 'concourse/docs: docs/docs/operation/creds/id-token.md',
    algorithms: 'concourse/concourse: atc/creds/idtoken/manager.go',
    typ: 'concourse/concourse: atc/creds/idtoken/token_generator.go',
    discovery: 'concourse/docs: docs/docs/operation/creds/id-token.md',
    lifetime: 'concourse/concourse: atc/creds/idtoken/manager.go',
    claims: 'concourse/docs: docs/docs/operation/creds/id-token.md',
  },
  claims: {
    team: 'Team name.',
    pipeline: 'Pipeline name.',
    job: 'Job name.',
    instance_vars: 'Instance vars of the pipeline as comma-separated pairs.',
  },
  guide: {
    tokenRequest: {
      summary: 'A var source of type idtoken in the pipeline; read ((name:token)) in a step.',
      env: [],
      command: null,
    },
    audience: 'workload',
    lifetime: '1 h by default; expires_in of the var source, up to 24 h.',
    subjectFormats: [
      '{team}',
      '{team}/{pipeline} (default)',
      '{team}/{pipeline}/{instance_vars}',
      '{team}/{pipeline}/{instance_vars}/{job} (empty parts keep their slash)',
    ],
    traps: [
      'The issuer pattern accepts any https host; use it to validate an issuer typed by an operator, never to admit an issuer read from a token.',
      'The pipeline author picks subject_scope: a token can carry the bare team name as sub, so a rule on sub = team trusts all pipelines of the team, and a rule must not assume a number of slashes.',
      'instance_vars are free text inside sub and can contain slashes or commas.',
      'The raw sample token in the docs has alg HS256; it is not what a server emits. Allow asymmetric algorithms only.',
      'Names only; no jti.',
    ],
    unverified: [],
  },
}
