/**
 * The commands of platforms that print a token: each takes the call that the real one takes, as its
 * documentation has it, and refuses another. What they print comes from the dev issuer.
 */
import { argv } from 'node:process'
import { runProgram } from './run-program.ts'

type Program = {
  /** The call with its flags; `AUDIENCE` stands for the audience. */
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
  // These two name no audience: the role and the project have one.
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
// What is no question for a token is looked at by tool.ts.
if (begins(args, 's3') || begins(args, 'iam')) await runProgram('tool', [name, ...args])
const program = PROGRAMS[name]
const audience = program?.audience(args)
if (program === undefined || audience === undefined) {
  process.stderr.write(`${name}: not a call of the docs: ${args.join(' ')}\n`)
  process.exit(1)
}
const mint = `${process.env.DOCS_PLATFORM}/mint?audience=${encodeURIComponent(audience)}`
process.stdout.write(`${program.print(await (await fetch(mint)).text())}\n`)
