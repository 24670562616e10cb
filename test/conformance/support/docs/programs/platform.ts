/**
 * Fake commands of platforms that print a token. Each accepts the call that the documentation of
 * the real command describes, and refuses other calls. The tokens come from the dev issuer.
 */
import { argv } from 'node:process'
import { runProgram } from './run-program.ts'

type Program = {
  /** Returns the audience of the call, or undefined if the call is wrong. */
  readonly audience: (args: readonly string[]) => string | undefined
  readonly print: (token: string) => string
}

const after = (args: readonly string[], flag: string) => args[args.indexOf(flag) + 1]
const begins = (args: readonly string[], call: string) => args.join(' ').startsWith(`${call} `)

const PROGRAMS: Readonly<Record<string, Program>> = {
  'buildkite-agent': {
    audience: (args) =>
      begins(args, 'oidc request-token') && after(args, '--claim') === 'organization_id,pipeline_id'
        ? after(args, '--audience')
        : undefined,
    print: (token) => token,
  },
  circleci: {
    audience: (args) =>
      begins(args, 'run oidc get')
        ? (JSON.parse(after(args, '--claims') ?? '{}') as { aud?: string }).aud
        : undefined,
    print: (token) => token,
  },
  aws: {
    audience: (args) =>
      begins(args, 'sts get-web-identity-token') &&
      ['ES384', 'RS256'].includes(after(args, '--signing-algorithm') ?? '') &&
      after(args, '--query') === 'WebIdentityToken' &&
      after(args, '--output') === 'text'
        ? after(args, '--audience')
        : undefined,
    print: (token) => token,
  },
  kubectl: {
    audience: (args) =>
      begins(args, 'create token') && args.includes('-n') && args.includes('--duration')
        ? after(args, '--audience')
        : undefined,
    print: (token) => token,
  },
  // These two commands have no audience flag. The role and the project set the audience.
  vault: {
    audience: (args) =>
      begins(args, 'read -field=token') && /^identity\/oidc\/token\/[\w-]+$/.test(args[2] ?? '')
        ? 'of-the-role'
        : undefined,
    print: (token) => token,
  },
  vc: {
    audience: (args) => (begins(args, 'project token') ? 'https://vercel.com/acme' : undefined),
    print: (token) => token,
  },
  'spire-agent': {
    audience: (args) =>
      begins(args, 'api fetch jwt') && args.includes('-socketPath')
        ? after(args, '-audience')
        : undefined,
    print: (token) =>
      `token(spiffe://example.org/ns/payments/sa/worker):\n\t${token}\nbundle(spiffe://example.org):\n\t{"keys":[]}`,
  },
}

const [name = '', ...args] = argv.slice(2)
// tool.ts checks calls that do not request a token.
if (begins(args, 's3') || begins(args, 'iam')) await runProgram('tool', [name, ...args])
const program = PROGRAMS[name]
const audience = program?.audience(args)
if (program === undefined || audience === undefined) {
  process.stderr.write(`${name}: unsupported call: ${args.join(' ')}\n`)
  process.exit(1)
}
const mint = `${process.env.DOCS_PLATFORM}/mint?audience=${encodeURIComponent(audience)}`
process.stdout.write(`${program.print(await (await fetch(mint)).text())}\n`)
