/**
 * The commands of platforms as small programs on the PATH, which mint at the dev issuer. Each
 * refuses arguments that the real one does not know.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Command = {
  readonly name: string
  readonly provider: string
  /** The arguments as they must be; `AUDIENCE` stands for what the gateway expects. */
  readonly args: readonly string[]
  /** Puts the token into what the command prints. */
  readonly print?: string
}

const COMMANDS: readonly Command[] = [
  {
    name: 'buildkite-agent',
    provider: 'buildkite',
    args: [
      ...['oidc', 'request-token', '--audience', 'AUDIENCE'],
      ...['--claim', 'organization_id,pipeline_id'],
    ],
  },
  {
    name: 'circleci',
    provider: 'circleci',
    args: ['run', 'oidc', 'get', '--claims', '{"aud":"AUDIENCE"}'],
  },
  {
    name: 'aws',
    provider: 'aws-outbound',
    args: [
      ...['sts', 'get-web-identity-token', '--audience', 'AUDIENCE'],
      ...['--signing-algorithm', 'ES384', '--duration-seconds', '300'],
      ...['--query', 'WebIdentityToken', '--output', 'text'],
    ],
  },
  {
    name: 'spire-agent',
    provider: 'spiffe-jwt-svid',
    args: ['api', 'fetch', 'jwt', '-audience', 'AUDIENCE', '-socketPath', '/run/spire/api.sock'],
    print:
      'token(spiffe://example.org/worker):\n\tTOKEN\nbundle(spiffe://example.org):\n\t{"keys":[]}',
  },
  {
    name: 'vault',
    provider: 'vault-identity',
    args: ['read', '-field=token', 'identity/oidc/token/deploy'],
  },
]

/** Writes them into a directory for the PATH, and answers with it. */
export function writeCommands(folder: string, issuerUrl: string, audience: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const { name, provider, args, print = 'TOKEN' } of COMMANDS) {
    const expected = args.map((argument) => argument.replace('AUDIENCE', audience))
    const program = `#!${process.execPath}
const expected = ${JSON.stringify(JSON.stringify(expected))}
if (JSON.stringify(process.argv.slice(2)) !== expected) {
  process.stderr.write('unknown arguments, and a secret: hunter2\\n')
  process.exit(64)
}
const response = await fetch(${JSON.stringify(`${issuerUrl}/${provider}/mint`)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ provider: ${JSON.stringify(provider)}, audience: ${JSON.stringify(audience)} }),
})
const { token } = await response.json()
process.stderr.write('a word for people\\n')
process.stdout.write(${JSON.stringify(print)}.replace('TOKEN', token) + '\\n')
`
    const path = join(bin, `${name}`)
    writeFileSync(path, program)
    chmodSync(path, 0o755)
  }
  // Without an ending a program is a module only where a package says so.
  writeFileSync(join(bin, 'package.json'), '{"type":"module"}')
  return bin
}
