/**
 * `edgemint keys generate`: makes a private signing key in the gateway's format and stores it
 * nowhere. Prints it on stdout, to be piped into a secret.
 */
import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { parseMoment } from '../../../web/moment.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { checkSecretOutput, hint, print, say } from '../../shell/output.ts'

const RSA_BITS = 2048

const GENERATORS: ReadonlyMap<string, () => KeyObject> = new Map([
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: RSA_BITS }).privateKey],
  ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
])

export const command = {
  synopsis: '[FLAGS]',
  about: 'Prints a private JSON Web Key on stdout. It is stored nowhere else.',
  flags: {
    algorithm: {
      value: 'ALG',
      about: '`ES256`, `RS256` (2048 bits) or `Ed25519`',
      default: '`ES256`',
      alias: 'alg',
      completes: [...GENERATORS.keys()],
    },
    'activates-at': {
      value: 'TIME',
      about: 'the UTC time from which the key signs, such as `2027-01-31T00:00:00Z`',
      default: 'immediately',
    },
    'retires-at': {
      value: 'TIME',
      about: 'the UTC time until which the key signs',
      default: 'never',
    },
    print: { about: 'print the key even to a terminal' },
  },
  example:
    'npx edgemint keys generate --algorithm ES256 | npx wrangler secret put SIGNING_KEY_2026A',
} as const satisfies Command

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  const algorithm = values.algorithm ?? 'ES256'
  const generate = GENERATORS.get(algorithm)
  if (generate === undefined) {
    throw usageFailure(`--algorithm must be one of ${[...GENERATORS.keys()].join(', ')}`)
  }
  const dates = readDates(values['activates-at'], values['retires-at'])
  checkSecretOutput('a private key', values.print)
  const jwk = generate().export({ format: 'jwk' })
  const kid = thumbprint(jwk)
  print(JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig', ...dates }))
  say(`made the ${algorithm} key ${kid}`)
  hint(`npx wrangler secret put SIGNING_KEY_${suggestName()} reads it from a pipe`)
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

/** Hashes only the required members, in alphabetical order (RFC 7638 §3.2). */
function thumbprint({ kty, crv, x, y, n, e }: JsonWebKey): string {
  const members =
    kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

/** Suggests the year and month. A second key in the same month needs another name. */
function suggestName(): string {
  return new Date().toISOString().slice(0, 7).replace('-', '_')
}
