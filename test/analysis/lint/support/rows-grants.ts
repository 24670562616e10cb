/** Documents that the checks of grants catch, each with a near twin that they leave alone. */
import type { Row } from './documents.ts'

/** A literal with a dollar sign and a brace looks like a template literal without its quotes. */
const DOLLAR = '$'

export const GRANTS: readonly Row[] = [
  [
    'LINT-32',
    'a long life for whoever a star matches',
    'github',
    { when: { ref: { glob: 'refs/tags/v*' } }, grant: { lifetime: '2h' } },
    { when: { ref: { glob: 'refs/tags/v*' } }, grant: { lifetime: '1h' } },
  ],
  [
    'LINT-36',
    'MAP-05 a subject that its holder shapes',
    'github',
    { grant: { subject: 'github:{actor}' } },
    { when: { actor: 'octocat' }, grant: { subject: 'github:{actor}' } },
  ],
  [
    'LINT-36',
    'a role that its holder chooses',
    'github',
    { grant: { claims: { team: '{workflow}' } } },
    { grant: { claims: { build: '{workflow}' } } },
  ],
  [
    'LINT-49',
    'REP-06 a budget for each branch that its holder chooses',
    'github',
    { grant: { budget: { per: 'ref', grants: 1 } } },
    { grant: { budget: { grants: 1 } } },
  ],
  [
    'LINT-49',
    'a budget that all jobs of a repository share',
    'github',
    { grant: { budget: { per: 'repository_id', grants: 1 } } },
    { grant: { budget: { per: 'run_id', grants: 1 } } },
  ],
  [
    'LINT-49',
    'a budget by a name that can be used again',
    'github',
    { grant: { budget: { per: 'repository_visibility', grants: 1 } } },
    { grant: { budget: { per: 'check_run_id', grants: 1 } } },
  ],
  [
    'LINT-49',
    'a budget for each token',
    'github',
    { grant: { budget: { per: 'jti', grants: 1 } } },
    { grant: { budget: { per: 'run_attempt', grants: 1 } } },
  ],
  [
    'LINT-49',
    'a budget for each second',
    'github',
    { grant: { budget: { per: 'iat', grants: 1 } } },
    { grant: { budget: { per: 'run_id', grants: 1 } } },
  ],
  [
    'LINT-38',
    'a space at the end of an issued text',
    'github',
    { grant: { subject: 'github:{repository_id} ' } },
    { grant: { subject: 'github: {repository_id}' } },
  ],
  [
    'LINT-38',
    'a space at the start of a text in a list',
    'github',
    { grant: { claims: { job: { of: [' {repository_id}'] } } } },
    { grant: { claims: { job: { of: ['the {repository_id}'] } } } },
  ],
  [
    'LINT-51',
    'a claim as Azure Pipelines marks it',
    'github',
    { grant: { claims: { repo: '$(repository_id)' } } },
    { grant: { claims: { repo: '$(something_else)' } } },
  ],
  [
    'LINT-51',
    'a claim as Windows marks it',
    'github',
    { grant: { claims: { repo: '%repository_id%' } } },
    { grant: { claims: { repo: '100%' } } },
  ],
  [
    'LINT-51',
    'a dollar sign before a placeholder',
    'github',
    { grant: { subject: `github:${DOLLAR}{repository_id}` } },
    { grant: { subject: 'github:$-{repository_id}$' } },
  ],
  [
    'LINT-51',
    'a per cent sign before a placeholder',
    'github',
    { grant: { claims: { build: '%{run_id}' } } },
    { grant: { claims: { build: '{run_id}%' } } },
  ],
  [
    'LINT-51',
    'a variable of a shell that names a claim',
    'github',
    { grant: { subject: 'github:$repository_id' } },
    { grant: { subject: 'github:$repository_ids' } },
  ],
  [
    'LINT-51',
    'a claim in angle brackets, within a list',
    'github',
    { grant: { claims: { build: { ids: ['a', '<run_id>'] } } } },
    { grant: { claims: { build: { ids: ['a', '<build>'] } } } },
  ],
]
