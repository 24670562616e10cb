/**
 * `edgemint keys generate`: makes a private signing key in the gateway's format and stores it
 * nowhere. Prints it on stdout, to be piped into a secret.
 */
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { checkSecretOutput, hint, print, say } from '../../shell/output.ts'
import { readTime } from '../key-time.ts'
import { ALGORITHMS, checkAlgorithm, type KeyDates, makeKey } from '../make-key.ts'

export const command = {
  synopsis: '[FLAGS]',
  about: 'Prints a private JSON Web Key on stdout. It is stored nowhere else.',
  flags: {
    algorithm: {
      value: 'ALG',
      about: '`ES256`, `ES384`, `RS256` (2048 bits), `PS256` (2048 bits), `Ed25519` or `EdDSA`',
      default: '`ES256`',
      alias: 'alg',
      completes: ALGORITHMS,
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
  checkAlgorithm(algorithm)
  const dates = readDates(values['activates-at'], values['retires-at'])
  checkSecretOutput('a private key', values.print)
  const { jwk, kid } = makeKey(algorithm, dates)
  print(jwk)
  say(`made the ${algorithm} key ${kid}`)
  const name = suggestName()
  hint(`on Cloudflare: npx wrangler secret put SIGNING_KEY_${name} reads it from a pipe`)
  hint(`on a machine of yours: edgemint serve --production --signing-key-file ${name}=FILE`)
  return EXIT_CODES.done
}

function readDates(activatesAt: string | undefined, retiresAt: string | undefined): KeyDates {
  const start = readTime('activates-at', activatesAt)
  const end = readTime('retires-at', retiresAt)
  if (end !== undefined && end <= Math.max(start ?? 0, Date.now() / 1000)) {
    throw usageFailure('--retires-at must be later than now and than --activates-at')
  }
  return {
    ...(activatesAt === undefined ? {} : { activates_at: activatesAt }),
    ...(retiresAt === undefined ? {} : { retires_at: retiresAt }),
  }
}

/** Suggests the year and month. A second key in the same month needs another name. */
function suggestName(): string {
  return new Date().toISOString().slice(0, 7).replace('-', '_')
}
