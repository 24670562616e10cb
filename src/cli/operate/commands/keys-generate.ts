/**
 * `edgemint keys generate`: a private signing key as the gateway reads it, made here and stored
 * nowhere. It goes to stdout, from where it should flow straight into a secret.
 */
import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { parseMoment } from '../../../web/moment.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { checkSecretOutput, hint, print, say } from '../../shell/output.ts'

export const usage = `Usage: edgemint keys generate [FLAGS]

Prints a private JSON Web Key on stdout. It is stored nowhere else.

  --algorithm ALG       ES256 (default), RS256 or Ed25519; --alg for short
  --activates-at TIME   when it starts to sign, for instance 2027-01-31T00:00:00Z; at once by default
  --retires-at TIME     when it stops to sign
  --print               print the key even to a terminal

Example:
  npx edgemint keys generate --algorithm ES256 | npx wrangler secret put SIGNING_KEY_2026A`

const RSA_BITS = 2048

const GENERATORS: ReadonlyMap<string, () => KeyObject> = new Map([
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: RSA_BITS }).privateKey],
  ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
])

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    algorithm: { type: 'string' },
    alg: { type: 'string' },
    'activates-at': { type: 'string' },
    'retires-at': { type: 'string' },
    print: { type: 'boolean' },
  })
  if (values.algorithm !== undefined && values.alg !== undefined) {
    throw usageFailure('--alg and --algorithm are the same flag')
  }
  const algorithm = values.algorithm ?? values.alg ?? 'ES256'
  const generate = GENERATORS.get(algorithm)
  if (generate === undefined) {
    throw usageFailure(`--algorithm must be one of ${[...GENERATORS.keys()].join(', ')}`)
  }
  const dates = readDates(values['activates-at'], values['retires-at'])
  checkSecretOutput('a private key', {
    isTerminal: process.stdout.isTTY === true,
    isAsked: values.print === true,
  })
  const jwk = generate().export({ format: 'jwk' })
  const kid = thumbprint(jwk)
  print(JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig', ...dates }))
  say(`made the ${algorithm} key ${kid}`)
  hint(`npx wrangler secret put SIGNING_KEY_${suggestName()} takes it from a pipe`)
  return EXIT_CODES.done
}

type Dates = { readonly activates_at?: string; readonly retires_at?: string }

function readDates(activatesAt: string | undefined, retiresAt: string | undefined): Dates {
  const start = readMoment('activates-at', activatesAt)
  const end = readMoment('retires-at', retiresAt)
  if (end !== undefined && end <= Math.max(start ?? 0, Date.now() / 1000)) {
    throw usageFailure('--retires-at must be later than now and than --activates-at')
  }
  return {
    ...(activatesAt === undefined ? {} : { activates_at: activatesAt }),
    ...(retiresAt === undefined ? {} : { retires_at: retiresAt }),
  }
}

function readMoment(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const isWritten = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value)
  const moment = isWritten ? parseMoment(value) : undefined
  if (moment === undefined) {
    throw usageFailure(`--${flag} must be a UTC time such as 2027-01-31T00:00:00Z`)
  }
  return moment
}

/** RFC 7638 §3.2: the required members alone, in alphabetical order. */
function thumbprint({ kty, crv, x, y, n, e }: JsonWebKey): string {
  const members =
    kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/** One name a month; two keys of a month need a name of their own. */
function suggestName(): string {
  return new Date().toISOString().slice(0, 7).replace('-', '_')
}
