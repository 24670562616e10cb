/**
 * Fake commands of platforms as small programs on the PATH, with tokens of the dev issuer. Each
 * refuses arguments that the real command does not have.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Command = {
  readonly name: string
  readonly provider: string
  /** The required arguments. `AUDIENCE` is replaced by the audience of the gateway. */
  readonly args: readonly string[]
  /** The output of the command. `TOKEN` is replaced by the token. */
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

/** Writes the programs into a folder for the PATH. Returns the folder. */
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
  // A program without a file extension is a module only if a package.json says so.
  writeFileSync(join(bin, 'package.json'), '{"type":"module"}')
  return bin
}
