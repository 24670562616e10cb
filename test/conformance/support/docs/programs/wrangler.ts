/**
 * A fake wrangler without an account. It checks that wrangler has the call, and that the Worker can
 * read the secret on stdin. `dev` runs the example API on the given port.
 */
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseKeyRetirements } from '../../../../../src/contract/settings.ts'
import { WRANGLER_CALLS } from '../wrangler-calls.ts'
import { startServer } from './start-server.ts'

const args = process.argv.slice(2)
const call = Object.keys(WRANGLER_CALLS).find((name) => `${args.join(' ')} `.startsWith(`${name} `))
const flags = args.filter((arg) => arg.startsWith('-')).map((arg) => arg.split('=', 1)[0] ?? '')
const refused = flags.filter((flag) => !WRANGLER_CALLS[call ?? '']?.includes(flag))
if (call === undefined || refused.length > 0) {
  process.stderr.write(`wrangler: unsupported call: ${args.join(' ')}\n`)
  process.exit(1)
}
if (call === 'secret put') await checkSecret(args[2] ?? '')
if (call === 'dev') await startExample()

async function checkSecret(name: string): Promise<void> {
  if (name === 'BOOTSTRAP_TRUST') return
  if (name === 'KEY_RETIREMENTS') return checkRetirements(await text(process.stdin))
  const key = JSON.parse(await text(process.stdin)) as { kty?: unknown; d?: unknown }
  const isKey = typeof key.kty === 'string' && typeof key.d === 'string'
  if (/^SIGNING_KEY_[A-Z0-9_]+$/.test(name) && isKey) return
  process.stderr.write(`wrangler: the Worker does not read the secret ${name}\n`)
  process.exit(1)
}

function checkRetirements(value: string): void {
  if (parseKeyRetirements(value) !== undefined) return
  process.stderr.write('wrangler: the Worker does not read the value of KEY_RETIREMENTS\n')
  process.exit(1)
}

async function startExample(): Promise<void> {
  process.env.PORT = valuesOf('--port')[0] ?? ''
  for (const pair of valuesOf('--var')) {
    const colon = pair.indexOf(':')
    process.env[pair.slice(0, colon)] = pair.slice(colon + 1)
  }
  await startServer('wrangler', [join(import.meta.dirname, '../../../../../scripts/demo-api.ts')])
}

function valuesOf(flag: string): string[] {
  return args.flatMap((arg, index) => (arg === flag ? [args[index + 1] ?? ''] : []))
}
