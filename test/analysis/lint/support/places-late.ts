/** LINT-21 to LINT-51 at each place where a rule can read a claim. */
import { type Cells, cells, says, templateless, without } from './places.ts'

const UUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
const SSH = 'claims["oidc.circleci.com/ssh-rerun"]'

export const LATE_CELLS: Readonly<Record<string, Cells>> = {
  'LINT-21': {
    when: {
      platform: 'generic',
      caught: { when: { email: 'a@acme.dev' } },
      leftAlone: { when: { email: 'a@acme.dev', email_verified: true } },
    },
    condition: {
      platform: 'generic',
      caught: says('claims.email.endsWith("@acme.dev")'),
      leftAlone: says('claims.email_verified && claims.email.endsWith("@acme.dev")'),
    },
    'grant.subject': {
      platform: 'generic',
      caught: { grant: { subject: '{email}' } },
      leftAlone: { when: { email_verified: true }, grant: { subject: '{email}' } },
    },
    'grant.claims': {
      platform: 'generic',
      caught: { grant: { claims: { mail: '{email}' } } },
      leftAlone: { when: { email_verified: true }, grant: { claims: { mail: '{email}' } } },
    },
  },
  'LINT-22': {
    ...cells(
      'generic',
      [{ only: { azp: UUID } }, { only: { azp: UUID, tid: UUID } }],
      [says(`claims.oid == "${UUID}"`), says(`claims.oid == "${UUID}" && claims.tid == "${UUID}"`)],
    ),
    'grant.subject': {
      platform: 'generic',
      caught: { grant: { subject: 'app:{appid}' } },
      leftAlone: { when: { tid: UUID }, grant: { subject: 'app:{appid}' } },
    },
    'grant.claims': 'the API is told an id; the identity is the subject',
  },
  'LINT-23': cells(
    'aws',
    [
      { only: { sub: { glob: 'arn:aws:iam::*:role/deploy' } } },
      { only: { sub: 'arn:aws:iam::123456789012:role/deploy' } },
    ],
    [
      says('claims.sub.startsWith("arn:aws:iam::")'),
      says('claims.sub == "arn:aws:iam::123456789012:role/deploy"'),
    ],
  ),
  'LINT-24': cells(
    'cluster',
    [{ only: { sub: { glob: 'system:serviceaccount:*:deploy' } } }, {}],
    [
      says('claims.sub.startsWith("system:serviceaccount:prod:")'),
      says('claims.sub == "system:serviceaccount:prod:deploy"'),
    ],
  ),
  'LINT-25': cells(
    'spiffe',
    [
      { only: { sub: { glob: 'spiffe://acme.dev/**' } } },
      { only: { sub: { glob: 'spiffe://acme.dev/ns/prod/*' } } },
    ],
    [
      says('claims.sub.startsWith("spiffe://acme.dev/")'),
      says('claims.sub.startsWith("spiffe://acme.dev/ns/prod/")'),
    ],
  ),
  'LINT-26': cells(
    'terraform',
    [
      { when: { terraform_workspace_name: { glob: '*' } } },
      { when: { terraform_workspace_name: 'app' } },
    ],
    [
      says('claims.terraform_workspace_name.startsWith("app/")'),
      says('claims.terraform_workspace_name == "app"'),
    ],
  ),
  'LINT-27': cells(
    'circleci',
    [without('oidc.circleci.com/ssh-rerun'), {}],
    [
      says(`${SSH} || true`, without('oidc.circleci.com/ssh-rerun')),
      says(`!${SSH}`, without('oidc.circleci.com/ssh-rerun')),
    ],
    'when',
  ),
  'LINT-28': cells(
    'github',
    [without('runner_environment'), {}],
    [
      says('claims.runner_environment.contains("hosted")', without('runner_environment')),
      says('claims.runner_environment == "github-hosted"', without('runner_environment')),
    ],
    'when',
  ),
  'LINT-29': cells(
    'github',
    [
      { when: { ref: undefined, event_name: 'pull_request' } },
      { when: { ref: undefined, event_name: 'pull_request', repository_visibility: 'private' } },
    ],
    [
      says('claims.event_name == "pull_request"', without('ref', 'event_name')),
      says(
        'claims.event_name == "pull_request" && claims.repository_visibility != "public"',
        without('ref', 'event_name'),
      ),
    ],
    'when',
  ),
  'LINT-30': {
    when: 'the compiler refuses it',
    condition: {
      platform: 'gitlab',
      caught: says('claims.ref_protected == true'),
      leftAlone: says('claims.ref_protected == "true"'),
    },
    ...templateless,
  },
  'LINT-31': cells(
    'cluster',
    [{ only: { sub: { not: 'x' } } }, { only: { sub: 'system:serviceaccount:prod:deploy' } }],
    [
      says('claims.sub != "y"', { only: { sub: { not: 'x' } } }),
      says(
        'claims.sub == "system:serviceaccount:a:b" || claims.sub == "system:serviceaccount:a:c"',
        {
          only: { sub: { not: 'x' } },
        },
      ),
    ],
    'when',
  ),
  'LINT-34': cells(
    'github',
    [
      { when: { sub: 'repo:Acme/App:environment:production' } },
      { when: { repository: 'Acme/App' } },
    ],
    [says('claims.repository == "Acme/App"'), says('claims.repository.lowerAscii() == "acme/app"')],
  ),
  'LINT-36': {
    when: 'a condition holds a chosen claim to values; LINT-12 asks whether that is enough',
    condition: 'an expression holds a chosen claim to values; LINT-12 asks whether that is enough',
    'grant.subject': {
      platform: 'github',
      caught: { grant: { subject: 'github:{actor}' } },
      leftAlone: says('claims.actor in ["octocat"]', { grant: { subject: 'github:{actor}' } }),
    },
    'grant.claims': {
      platform: 'github',
      caught: { grant: { claims: { team: '{workflow}' } } },
      leftAlone: says('claims.workflow == "deploy"', { grant: { claims: { team: '{workflow}' } } }),
    },
  },
  'LINT-37': cells(
    'github',
    [{ when: { environment: ' production' } }, { when: { environment: 'production' } }],
    [says('claims.environment == " production"'), says('claims.environment == "production"')],
  ),
  'LINT-38': {
    ...cells(
      'github',
      [{ when: { workflow: 'de\u200bploy' } }, { when: { workflow: 'deploy' } }],
      [says('claims.workflow == "de\u200bploy"'), says('claims.workflow == "deploy"')],
    ),
    'grant.subject': {
      platform: 'github',
      caught: { grant: { subject: 'ci\u00a0{repository_id}' } },
      leftAlone: { grant: { subject: 'ci {repository_id}' } },
    },
    'grant.claims': {
      platform: 'github',
      caught: { grant: { claims: { build: 'ci\u00a0{repository_id}' } } },
      leftAlone: { grant: { claims: { build: 'ci {repository_id}' } } },
    },
  },
  'LINT-39': {
    when: 'not: takes one value alone, so a list does not pass',
    condition: {
      platform: 'generic',
      caught: says('claims.team != "evil"'),
      leftAlone: says('claims.team in ["good"]'),
    },
    ...templateless,
  },
  'LINT-51': {
    when: 'a value has no placeholders',
    condition: 'an expression has no placeholders',
    'grant.subject': {
      platform: 'github',
      caught: { grant: { subject: 'github:%{repository_id}' } },
      leftAlone: { grant: { subject: 'github:$1:{repository_id}' } },
    },
    'grant.claims': {
      platform: 'github',
      caught: { grant: { claims: { build: ['run <run_id>'] } } },
      leftAlone: { grant: { claims: { build: ['run <{run_id}>', '<none>', '$build'] } } },
    },
  },
}
