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
      summary:
        'Declare a var source of type idtoken in the pipeline, and read ((name:token)) in a step.',
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
      'The issuer pattern accepts any https host. Use it only to check an issuer that an operator enters, never to accept an issuer from a token.',
      'The pipeline author chooses subject_scope, so sub can be only the team name. A rule with sub equal to the team trusts all pipelines of the team. A rule must not depend on the number of slashes.',
      'instance_vars in sub are free text and can contain slashes or commas.',
      'The sample token in the docs has alg HS256, which servers do not use. Allow only asymmetric algorithms.',
      'The token contains only names, no ids, and no jti.',
    ],
    unverified: [],
  },
}
