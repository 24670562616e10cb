/** Every command: its name, what it is for, and where it is. */

import type { Commands, Entry } from './command.ts'

type Row = readonly [name: string, summary: string, load: Entry['load']]

const ROWS: readonly Row[] = [
  [
    'token',
    "exchange the platform's own token for a token of one API",
    () => import('../workload/commands/token.ts'),
  ],
  [
    'exchange',
    'exchange a subject token for a token of one API',
    () => import('../workload/commands/exchange.ts'),
  ],
  [
    'exec',
    'run a program with a token that stays fresh',
    () => import('../workload/commands/exec.ts'),
  ],
  [
    'proxy',
    'put a token into the requests of programs that know none',
    () => import('../workload/commands/proxy.ts'),
  ],
  [
    'doctor',
    'find out why a workload gets no token',
    () => import('../operate/commands/doctor.ts'),
  ],
  ['validate', 'check trust files offline', () => import('../trust/commands/validate.ts')],
  ['lint', 'find what is dangerous in trust files', () => import('../trust/commands/lint.ts')],
  ['test', 'run the fixtures beside trust files', () => import('../trust/commands/test.ts')],
  [
    'explain',
    'say what a trust file decides, and why',
    () => import('../trust/commands/explain.ts'),
  ],
  ['suggest', 'write a rule from real claims', () => import('../trust/commands/suggest.ts')],
  ['providers', 'what is known of each platform', () => import('../trust/commands/providers.ts')],
  [
    'plan',
    'show what a trust file would change at a gateway',
    () => import('../trust/commands/plan.ts'),
  ],
  [
    'apply',
    'make a trust file the next revision of a gateway',
    () => import('../trust/commands/apply.ts'),
  ],
  [
    'rollback',
    'make the document of an earlier revision the next one',
    () => import('../trust/commands/rollback.ts'),
  ],
  [
    'issuers',
    'show how the trusted issuers of a gateway fare',
    () => import('../trust/commands/issuers.ts'),
  ],
  ['revoke', 'end an issued token before its time', () => import('../operate/commands/revoke.ts')],
  [
    'keys generate',
    'make a signing key for a gateway',
    () => import('../operate/commands/keys-generate.ts'),
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
    'write the .npmrc line of a registry',
    () => import('../workload/commands/credential-npm.ts'),
  ],
  [
    'credential kubectl',
    'give kubectl a token, as an exec plugin',
    () => import('../workload/commands/credential-kubectl.ts'),
  ],
  [
    'credential aws',
    'give the tools of AWS a role, as credential_process',
    () => import('../workload/commands/credential-aws.ts'),
  ],
  [
    'credential google',
    "give Google's libraries a token, as an executable",
    () => import('../workload/commands/credential-google.ts'),
  ],
  [
    'credential google-config',
    "write the configuration that has Google's libraries ask",
    () => import('../workload/commands/credential-google-config.ts'),
  ],
  ['serve', 'run a gateway on this machine', () => import('../operate/commands/serve.ts')],
  [
    'dev-issuer',
    'run an OIDC issuer for development on this machine',
    () => import('../operate/commands/dev-issuer.ts'),
  ],
  [
    'completion',
    'print what completes these commands in a shell',
    () => import('./completion/command.ts'),
  ],
]

export const COMMANDS: Commands = new Map(
  ROWS.map(([name, summary, load]) => [name, { summary, load }]),
)
