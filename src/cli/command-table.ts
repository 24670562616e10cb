/** Every command: its name, what it is for, and where it is. */

export type Command = {
  readonly usage: string
  /** Ends with one of `EXIT_CODES`; `exec` ends as its program does. */
  readonly run: (args: readonly string[]) => Promise<number>
}

export type Entry = { readonly summary: string; readonly load: () => Promise<Command> }

type Row = readonly [name: string, summary: string, load: Entry['load']]

const ROWS: readonly Row[] = [
  [
    'token',
    "exchange the platform's own token for a token of one API",
    () => import('./commands/token.ts'),
  ],
  [
    'exchange',
    'exchange a subject token for a token of one API',
    () => import('./commands/exchange.ts'),
  ],
  ['exec', 'run a program with a token that stays fresh', () => import('./commands/exec.ts')],
  [
    'proxy',
    'put a token into the requests of programs that know none',
    () => import('./commands/proxy.ts'),
  ],
  ['doctor', 'find out why a workload gets no token', () => import('./commands/doctor.ts')],
  ['validate', 'check trust files offline', () => import('./commands/validate.ts')],
  ['lint', 'find what is dangerous in trust files', () => import('./commands/lint.ts')],
  ['test', 'run the fixtures beside trust files', () => import('./commands/test.ts')],
  ['explain', 'say what a trust file decides, and why', () => import('./commands/explain.ts')],
  ['suggest', 'write a rule from real claims', () => import('./commands/suggest.ts')],
  ['providers', 'what is known of each platform', () => import('./commands/providers.ts')],
  ['plan', 'show what a trust file would change at a gateway', () => import('./commands/plan.ts')],
  [
    'apply',
    'make a trust file the next revision of a gateway',
    () => import('./commands/apply.ts'),
  ],
  [
    'rollback',
    'make the document of an earlier revision the next one',
    () => import('./commands/rollback.ts'),
  ],
  [
    'issuers',
    'show how the trusted issuers of a gateway fare',
    () => import('./commands/issuers.ts'),
  ],
  ['revoke', 'end an issued token before its time', () => import('./commands/revoke.ts')],
  [
    'keys generate',
    'make a signing key for a gateway',
    () => import('./commands/keys-generate.ts'),
  ],
  [
    'credential git',
    'give git a token, as a credential helper',
    () => import('./commands/credential-git.ts'),
  ],
  [
    'credential docker',
    'give docker a token, as a credential helper',
    () => import('./commands/credential-docker.ts'),
  ],
  [
    'credential npm',
    'write the .npmrc line of a registry',
    () => import('./commands/credential-npm.ts'),
  ],
  [
    'credential kubectl',
    'give kubectl a token, as an exec plugin',
    () => import('./commands/credential-kubectl.ts'),
  ],
  [
    'credential aws',
    'give the tools of AWS a role, as credential_process',
    () => import('./commands/credential-aws.ts'),
  ],
  [
    'credential google',
    "give Google's libraries a token, as an executable",
    () => import('./commands/credential-google.ts'),
  ],
  [
    'credential google-config',
    "write the configuration that has Google's libraries ask",
    () => import('./commands/credential-google-config.ts'),
  ],
  ['serve', 'run a gateway on this machine', () => import('./commands/serve.ts')],
  [
    'dev-issuer',
    'run an OIDC issuer for development on this machine',
    () => import('./commands/dev-issuer.ts'),
  ],
]

export const COMMANDS: ReadonlyMap<string, Entry> = new Map(
  ROWS.map(([name, summary, load]) => [name, { summary, load }]),
)
