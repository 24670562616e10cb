/** The command table: the name, summary and module of every command, and the parts of the overview. */

import type { Commands, Entry } from './command.ts'

type Row = readonly [name: string, summary: string, load: Entry['load']]

const ROWS: readonly Row[] = [
  ['init', 'write the files of a gateway on Cloudflare', () => import('../setup/commands/init.ts')],
  ['deploy', 'deploy what init wrote, with wrangler', () => import('../setup/commands/deploy.ts')],
  [
    'token',
    "exchange the platform's token for a token for one API",
    () => import('../workload/commands/token.ts'),
  ],
  [
    'exchange',
    'exchange a subject token for a token for one API',
    () => import('../workload/commands/exchange.ts'),
  ],
  [
    'exec',
    'run a program with a token that is kept fresh',
    () => import('../workload/commands/exec.ts'),
  ],
  [
    'proxy',
    'add a token to the requests of other programs',
    () => import('../workload/commands/proxy.ts'),
  ],
  [
    'doctor',
    'diagnose why a workload gets no token',
    () => import('../operate/commands/doctor.ts'),
  ],
  [
    'probe',
    'check on a schedule that a gateway grants and refuses as it must',
    () => import('../operate/commands/probe.ts'),
  ],
  ['validate', 'check trust files offline', () => import('../trust/commands/validate.ts')],
  ['lint', 'find risks in trust files', () => import('../trust/commands/lint.ts')],
  ['test', 'run the test fixtures of trust files', () => import('../trust/commands/test.ts')],
  [
    'explain',
    'show what a trust file decides, and why',
    () => import('../trust/commands/explain.ts'),
  ],
  ['suggest', 'write a rule from real claims', () => import('../trust/commands/suggest.ts')],
  [
    'rules renew',
    'set a later end of a rule in a trust file',
    () => import('../trust/commands/rules-renew.ts'),
  ],
  ['providers', 'show the known platforms', () => import('../trust/commands/providers.ts')],
  [
    'plan',
    'show what a trust file would change on a gateway',
    () => import('../trust/commands/plan.ts'),
  ],
  [
    'apply',
    'make a trust file the next revision of a gateway',
    () => import('../trust/commands/apply.ts'),
  ],
  [
    'rollback',
    'restore the trust document of an earlier revision',
    () => import('../trust/commands/rollback.ts'),
  ],
  [
    'trust log',
    'show who applied which revision when, and why',
    () => import('../trust/revisions/commands/trust-log.ts'),
  ],
  [
    'trust show',
    'print the trust document of a revision',
    () => import('../trust/revisions/commands/trust-show.ts'),
  ],
  [
    'trust diff',
    'show what changed between two revisions',
    () => import('../trust/revisions/commands/trust-diff.ts'),
  ],
  [
    'trust blame',
    'show which revision last changed each rule',
    () => import('../trust/revisions/commands/trust-blame.ts'),
  ],
  [
    'issuers',
    'show the state of the trusted issuers of a gateway',
    () => import('../trust/commands/issuers.ts'),
  ],
  [
    'decisions list',
    'show recorded decisions of a gateway',
    () => import('../decisions/commands/list.ts'),
  ],
  [
    'decisions show',
    'show one decision, and why it was made',
    () => import('../decisions/commands/show.ts'),
  ],
  [
    'decisions follow',
    'show new decisions as they are recorded',
    () => import('../decisions/commands/follow.ts'),
  ],
  [
    'decisions export',
    'write the decision log to files',
    () => import('../decisions/commands/export.ts'),
  ],
  [
    'audit verify',
    'verify exports of the decision log offline',
    () => import('../decisions/commands/audit-verify.ts'),
  ],
  [
    'posture',
    'show what is wrong or wider than needed at a gateway',
    () => import('../audit/commands/posture.ts'),
  ],
  ['ask who', 'name who can get a resource', () => import('../audit/commands/ask-who.ts')],
  ['ask what', 'name what a workload can get', () => import('../audit/commands/ask-what.ts')],
  ['ask used', 'show whether a right is still used', () => import('../audit/commands/ask-used.ts')],
  [
    'ask outliving',
    'list tokens that outlive their task',
    () => import('../audit/commands/ask-outliving.ts'),
  ],
  [
    'ask in-force',
    'show the trust document of a moment',
    () => import('../audit/commands/ask-in-force.ts'),
  ],
  [
    'revoke',
    'revoke issued tokens, and stop the issuing of more',
    () => import('../operate/commands/revoke.ts'),
  ],
  [
    'revocations list',
    'list the revocations in force',
    () => import('../revocations/commands/list.ts'),
  ],
  [
    'revocations export',
    'write all revocations for a backup',
    () => import('../revocations/commands/export.ts'),
  ],
  [
    'revocations import',
    'add exported revocations to a gateway',
    () => import('../revocations/commands/import.ts'),
  ],
  [
    'export',
    'write what a gateway stores to one file',
    () => import('../backup/commands/export.ts'),
  ],
  ['import', 'restore an export in an empty gateway', () => import('../backup/commands/import.ts')],
  [
    'keys generate',
    'generate a signing key for a gateway',
    () => import('../keys/commands/generate.ts'),
  ],
  ['keys list', 'show the signing keys of a gateway', () => import('../keys/commands/list.ts')],
  [
    'keys check',
    'check the signing keys of a gateway and their rotation',
    () => import('../keys/commands/check.ts'),
  ],
  [
    'keys rotate',
    'schedule the successor of a signing key',
    () => import('../keys/commands/rotate.ts'),
  ],
  [
    'keys retire',
    'end a signing key, at a time or at once with all its tokens',
    () => import('../keys/commands/retire.ts'),
  ],
  [
    'credential git',
    'give git a token, as a credential helper',
    () => import('../workload/commands/credential-git.ts'),
  ],
  [
    'credential docker',
    'give docker a token, as a credential helper',
    () => import('../workload/commands/credential-docker.ts'),
  ],
  [
    'credential npm',
    'print the .npmrc lines for a registry',
    () => import('../workload/commands/credential-npm.ts'),
  ],
  [
    'credential kubectl',
    'give kubectl a token, as an exec plugin',
    () => import('../workload/commands/credential-kubectl.ts'),
  ],
  [
    'credential aws',
    'give AWS tools the credentials of a role, as credential_process',
    () => import('../workload/commands/credential-aws.ts'),
  ],
  [
    'credential google',
    "give Google's libraries a token, as an executable",
    () => import('../workload/commands/credential-google.ts'),
  ],
  [
    'credential google-config',
    "print the configuration for Google's libraries",
    () => import('../workload/commands/credential-google-config.ts'),
  ],
  [
    'login',
    'log in at a gateway with an account of its identity provider',
    () => import('../people/commands/login.ts'),
  ],
  [
    'logout',
    'revoke the tokens of a login and remove them',
    () => import('../people/commands/logout.ts'),
  ],
  [
    'whoami',
    'show who is logged in at a gateway, and until when',
    () => import('../people/commands/whoami.ts'),
  ],
  ['serve', 'run a gateway on this machine', () => import('../operate/commands/serve.ts')],
  [
    'backup',
    'copy the state of a gateway of this machine, while it runs',
    () => import('../backup/commands/backup.ts'),
  ],
  [
    'restore',
    'make a state directory from a backup',
    () => import('../backup/commands/restore.ts'),
  ],
  [
    'dev-issuer',
    'run an OIDC issuer for development on this machine',
    () => import('../operate/commands/dev-issuer.ts'),
  ],
  ['completion', 'print a completion script for a shell', () => import('./completion/command.ts')],
]

export const COMMANDS: Commands = new Map(
  ROWS.map(([name, summary, load]) => [name, { summary, load }]),
)

/** The headings of `edgemint --help`, each by the command that it stands above. */
export const PARTS: ReadonlyMap<string, string> = new Map([
  ['init', 'A gateway on Cloudflare'],
  ['token', 'Tokens for workloads'],
  ['validate', 'Trust files'],
  ['plan', 'The rules of a gateway'],
  ['decisions list', 'Decisions and audits'],
  ['revoke', 'Revocations'],
  ['export', 'Export and import of a gateway'],
  ['keys generate', 'Signing keys'],
  ['credential git', 'Credential helpers'],
  ['login', 'People'],
  ['serve', 'A gateway on this machine'],
  ['completion', 'The shell'],
])
