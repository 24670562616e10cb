/** Documents that the checks for every issuer catch, each with a near twin that they leave alone. */
import { type Row, ruleOf } from './documents.ts'

const SUB = 'repo:acme/app:environment:production'
const SUB_WITH_IDS = 'repo:acme@4411/app@8123456:environment:production'
const READ = { scopes: ['deploy:read'] }
const STALE_KEY = { kty: 'RSA', n: `${'w'.repeat(341)}Q`, e: 'AQAB', kid: 'k' }
const LARGE_KEY = { ...STALE_KEY, n: `${'w'.repeat(682)}Q` }
const LONG = { expires: '2028-06-30' }

export const GENERAL: readonly Row[] = [
  [
    'LINT-02',
    'a star in the owner',
    'github',
    { when: { repository: { glob: 'acme*/app' } } },
    { when: { repository: { glob: 'acme/*' } } },
  ],
  [
    'LINT-02',
    'a star before the owner',
    'github',
    { when: { sub: { glob: 'repo:*/app:environment:production' } } },
    { when: { sub: { glob: 'repo:acme/*:environment:production' } } },
  ],
  [
    'LINT-02',
    'a star for the group',
    'gitlab',
    { when: { project_path: { glob: '*/app' } } },
    { when: { project_path: { glob: 'acme/*' } } },
  ],
  [
    'LINT-03',
    'RULE-05 a star within a name',
    'github',
    { when: { repository: { glob: 'acme/app*' } } },
    { when: { repository: { glob: 'acme/*' } } },
  ],
  [
    'LINT-03',
    'a star within an environment',
    'github',
    { when: { environment: { glob: 'prod*' } } },
    { when: { environment: { glob: 'prod/*' } } },
  ],
  [
    'LINT-03',
    'a star within a name but not within a branch',
    'github',
    { when: { workflow: { glob: 'deploy*' } } },
    { when: { ref: { glob: 'refs/tags/v*' } } },
  ],
  [
    'LINT-04',
    'stars alone',
    'github',
    { when: { environment: { glob: '**' } } },
    { when: { environment: { exists: true } } },
  ],
  [
    'LINT-05',
    'RULE-06 anchors',
    'github',
    { when: { ref: '^refs/heads/main$' } },
    { when: { ref: 'refs/heads/main' } },
  ],
  [
    'LINT-05',
    'RULE-06 a dot and a star',
    'github',
    { when: { ref: { glob: 'refs/heads/.*' } } },
    { when: { ref: { glob: 'refs/heads/*' } } },
  ],
  [
    'LINT-05',
    'alternatives in brackets',
    'github',
    { when: { environment: '(production|staging)' } },
    { when: { environment: ['production', 'staging'] } },
  ],
  [
    'LINT-05',
    'a question mark of a shell',
    'github',
    { when: { ref: { glob: 'refs/tags/v?' } } },
    { when: { ref: { glob: 'refs/tags/v*' } } },
  ],
  [
    'LINT-05',
    'alternatives of a shell',
    'github',
    { when: { ref: { glob: 'refs/heads/{main,next}' } } },
    { when: { ref: ['refs/heads/main', 'refs/heads/next'] } },
  ],
  [
    'LINT-05',
    'a character class of a shell',
    'github',
    { when: { ref: { glob: 'refs/tags/v[0-9]' } } },
    { when: { actor: { glob: '*[bot]' } } },
  ],
  [
    'LINT-05',
    'a question mark in a glob, but not in the text of an expression',
    'github',
    { when: { workflow: { glob: 'Ready? *' } } },
    { rule: { condition: 'claims.workflow.startsWith("Ready? ")' } },
  ],
  [
    'LINT-05',
    'a character class with several ranges',
    'github',
    { when: { environment: { glob: 'team-[A-Za-z0-9_-]/*' } } },
    { when: { environment: { glob: '[x-ray]/*' } } },
  ],
  [
    'LINT-09',
    'RULE-17 names alone',
    'github',
    { only: { repository: 'acme/app' } },
    { only: { repository: 'acme/app', repository_id: '8123456' } },
  ],
  [
    'LINT-09',
    'RULE-17 names alone in a subject',
    'github',
    { only: { sub: SUB } },
    { only: { sub: SUB_WITH_IDS } },
  ],
  [
    'LINT-12',
    'a branch alone',
    'cluster',
    { only: { 'kubernetes.io.pod.name': 'deploy' } },
    { only: { 'kubernetes.io.pod.name': 'deploy', sub: 'system:serviceaccount:prod:deploy' } },
  ],
  [
    'LINT-15',
    'CLM-06 an audience that others have',
    'github',
    { issuer: { audience: 'https://github.com/acme' } },
    { issuer: { audience: 'https://sts.acme.dev' } },
  ],
  [
    'LINT-15',
    'CLM-06 an audience of a well-known service',
    'gitlab',
    { issuer: { audience: 'sigstore' } },
    {},
  ],
  [
    'LINT-18',
    'a name that every cluster of one domain has',
    'cluster',
    { issuer: { issuer: 'https://kubernetes.default.svc.acme.example' } },
    {
      issuer: {
        issuer: 'https://kubernetes.default.svc.acme.example',
        keys: { jwks: { keys: [STALE_KEY] } },
      },
    },
  ],
  [
    'LINT-18',
    'ISS-04 the tenant of every personal Microsoft account',
    'entra',
    {
      issuer: {
        issuer: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
      },
    },
    {},
  ],
  [
    'LINT-20',
    'a short key for a long time',
    'cluster',
    { rule: LONG, issuer: { keys: { jwks: { keys: [STALE_KEY] } } } },
    { rule: LONG, issuer: { keys: { jwks: { keys: [LARGE_KEY] } } } },
  ],
  [
    'LINT-31',
    'RULE-22 exclusions alone',
    'cluster',
    { only: { sub: { not: 'x' } } },
    { only: { sub: 'system:serviceaccount:prod:deploy' } },
  ],
  [
    'LINT-31',
    'an exclusion on a claim that may be missing',
    'github',
    { when: { actor: { not: 'evil' } } },
    { when: { actor: 'octocat' } },
  ],
  ['LINT-32', 'the scope of everything', 'github', { grant: { scopes: ['*'] } }, {}],
  ['LINT-32', 'an admin scope', 'github', { grant: { scopes: ['deploy:admin'] } }, {}],
  [
    'LINT-33',
    'a broader rule beside a narrow one',
    'github',
    {
      more: [
        ruleOf('github', {
          when: { environment: undefined },
          rule: { name: 'broad' },
          grant: { subject: 'x:{repository_id}' },
        }),
      ],
    },
    { more: [ruleOf('github', { when: { environment: 'staging' }, rule: { name: 'other' } })] },
  ],
  [
    'LINT-33',
    'RULE-19 two rules that differ in scopes alone',
    'github',
    { more: [ruleOf('github', { rule: { name: 'twin' }, grant: READ })] },
    {
      more: [
        ruleOf('github', { when: { ref: 'refs/heads/next' }, rule: { name: 'twin' }, grant: READ }),
      ],
    },
  ],
  [
    'LINT-33',
    'a rule without another value, which a number and its text both are',
    'generic',
    {
      when: { level: '1' },
      more: [ruleOf('generic', { when: { level: { not: 2 } }, rule: { name: 'broad' } })],
    },
    {
      when: { level: '1' },
      more: [ruleOf('generic', { when: { level: { not: 1 } }, rule: { name: 'broad' } })],
    },
  ],
  [
    'LINT-33',
    'a deny rule that covers a rule',
    'github',
    { more: [{ name: 'never', effect: 'deny', from: 'ci', when: { ref: { glob: '**' } } }] },
    {
      more: [
        { name: 'never', effect: 'deny', from: 'ci', when: { ref: 'refs/heads/next' } },
        {
          name: 'watch',
          effect: 'deny',
          mode: 'observe',
          from: 'ci',
          when: { ref: { glob: '**' } },
        },
        {
          name: 'freeze',
          effect: 'deny',
          expires: '2026-12-31',
          from: 'ci',
          when: { ref: { glob: '**' } },
        },
      ],
    },
  ],
  ['LINT-35', 'no description', 'github', { rule: { description: undefined } }, {}],
  ['LINT-35', 'an end too far away', 'github', { rule: LONG }, {}],
]
