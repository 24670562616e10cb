/** The flags of `serve --production`, and what they refuse. */
import { RATE_POLICY } from '../../../contract/settings.ts'
import { parseProxies } from '../../../dev/in-house.ts'
import type { ProductionOptions, RateLimit, StopOptions } from '../../../dev/index.ts'
import type { Flags, Values } from '../../shell/command.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseNumber } from '../../shell/flags.ts'
import { isOwnMachine } from '../listen-flags.ts'

/** As in wrangler.toml: docs/limits.md has the reasons. */
const ADDRESS_LIMIT = '12000/60'
const SUBJECT_LIMIT = '3000/60'
const STOP_DELAY_SECONDS = 0
/** Within the 30 seconds that Kubernetes and the 45 that the systemd unit wait. */
const STOP_DEADLINE_SECONDS = 20
/** A longer wait is a mistake, such as milliseconds. */
const MOST_STOP_SECONDS = 600

export const PRODUCTION_FLAGS = {
  production: {
    about:
      'for a gateway that other machines use: needs `--issuer`, `--state`, a signing key, and `--tls-cert` or `--behind-proxy`; makes no key, and writes its log as JSON',
  },
  'behind-proxy': {
    value: 'ADDRESS',
    about:
      'a proxy that ends TLS: its address, or its network such as `10.0.0.0/8`. Only its `X-Forwarded-For` names the client',
    repeats: true,
  },
  'tls-cert': {
    value: 'FILE',
    about:
      'the certificate chain in PEM, with which the gateway ends TLS itself; read again when it changes, and after SIGHUP',
    completes: 'files',
  },
  'tls-key': {
    value: 'FILE',
    about:
      'the key of `--tls-cert` in PEM; refused if users other than its owner and group can read it',
    completes: 'files',
  },
  'tls-client-ca': {
    value: 'FILE',
    about:
      'ask clients for a certificate of these authorities (PEM), and bind tokens to it (RFC 8705); a client without one is served as well',
    completes: 'files',
  },
  'signing-key-file': {
    value: 'NAME=FILE',
    about:
      'read the secret `SIGNING_KEY_<NAME>` from a file that only this user can read; or a directory with files named `SIGNING_KEY_<NAME>`. Files of `$CREDENTIALS_DIRECTORY` with such names are read as well',
    repeats: true,
    completes: 'files',
  },
  'rate-limit-address': {
    value: 'LIMIT',
    about: 'requests of one address, in 10 or 60 seconds; `off` for no limit',
    variables: ['RATE_LIMIT_ADDRESS_POLICY'],
    default: ADDRESS_LIMIT,
  },
  'rate-limit-subject': {
    value: 'LIMIT',
    about: 'exchanges of one subject of an issuer, in 10 or 60 seconds; `off` for no limit',
    variables: ['RATE_LIMIT_SUBJECT_POLICY'],
    default: SUBJECT_LIMIT,
  },
  'stop-delay': {
    value: 'SECONDS',
    about:
      'after SIGTERM, accept requests this much longer while `/ready` answers 503, so that a load balancer can notice',
    default: String(STOP_DELAY_SECONDS),
  },
  'stop-deadline': {
    value: 'SECONDS',
    about: 'after SIGTERM, requests may take this long to end',
    default: String(STOP_DEADLINE_SECONDS),
  },
} as const satisfies Flags

type ProductionValues = Values<typeof PRODUCTION_FLAGS>

/** What `serve` does differently in production. */
export type ProductionRequest = {
  readonly options: Omit<ProductionOptions, 'onEvent'>
  readonly rateLimits: Readonly<Record<string, RateLimit>>
  /** Tells callers of the limits. */
  readonly variables: Readonly<Record<string, string>>
  readonly keySources: readonly string[]
  readonly stop: StopOptions
}

type Around = {
  readonly host: string
  readonly issuer: string | undefined
  readonly hasState: boolean
  /** Flags for trying things out that were given, such as `--local-issuers`. */
  readonly trialFlags: readonly string[]
  readonly nameOf: (flag: keyof ProductionValues & string) => string
}

/** Returns undefined without `--production`. Throws a usage failure. */
export function parseProduction(
  values: ProductionValues,
  around: Around,
): ProductionRequest | undefined {
  if (!values.production) return refuseAlone(values, around)
  const { host, issuer, hasState, trialFlags, nameOf } = around
  const [trial] = trialFlags
  if (trial !== undefined) throw usageFailure(`--production does not allow ${trial}`)
  if (issuer === undefined) {
    throw usageFailure('--production needs --issuer', 'add the public https URL of this gateway')
  }
  if (!issuer.startsWith('https://')) throw usageFailure('--production needs an https issuer URL')
  if (!hasState) {
    throw usageFailure(
      '--production needs --state',
      'choose a directory that is backed up, such as /var/lib/edgemint',
    )
  }
  const certificate = parseCertificate(values)
  const proxies = values['behind-proxy'] ?? []
  if (parseProxies(proxies) === undefined) {
    throw usageFailure(
      '--behind-proxy must be an address, or a network of at least 8 bits (IPv6: 7), such as 10.0.0.5 or 10.0.0.0/8',
    )
  }
  if (certificate === undefined && proxies.length === 0) {
    throw usageFailure(
      '--production needs --tls-cert and --tls-key, or --behind-proxy',
      isOwnMachine(host)
        ? 'for a proxy on this machine: --behind-proxy 127.0.0.1'
        : 'plain http on a network would show every token',
    )
  }
  const address = parseLimit(
    values['rate-limit-address'] ?? ADDRESS_LIMIT,
    nameOf('rate-limit-address'),
  )
  const subject = parseLimit(
    values['rate-limit-subject'] ?? SUBJECT_LIMIT,
    nameOf('rate-limit-subject'),
  )
  return {
    options: { proxies, ...(certificate === undefined ? {} : { certificate }) },
    rateLimits: {
      ...(address === undefined ? {} : { RATE_LIMIT_ADDRESS: address }),
      ...(subject === undefined ? {} : { RATE_LIMIT_SUBJECT: subject }),
    },
    variables: {
      ...describePolicy('RATE_LIMIT_ADDRESS_POLICY', address),
      ...describePolicy('RATE_LIMIT_SUBJECT_POLICY', subject),
    },
    keySources: values['signing-key-file'] ?? [],
    stop: {
      delayMilliseconds: parseSeconds(values['stop-delay'], STOP_DELAY_SECONDS, '--stop-delay'),
      deadlineMilliseconds: parseSeconds(
        values['stop-deadline'],
        STOP_DEADLINE_SECONDS,
        '--stop-deadline',
      ),
    },
  }
}

/** Otherwise a local gateway would look as if it had what these flags ask for. */
function refuseAlone(values: ProductionValues, { nameOf }: Around): undefined {
  for (const flag of Object.keys(PRODUCTION_FLAGS) as (keyof ProductionValues & string)[]) {
    const isGiven = flag !== 'production' && values[flag] !== undefined
    // A variable of the environment may belong to another program.
    if (isGiven && nameOf(flag) === `--${flag}`) throw usageFailure(`--${flag} needs --production`)
  }
}

function parseCertificate(values: ProductionValues): ProductionOptions['certificate'] {
  const certificate = values['tls-cert']
  const key = values['tls-key']
  const clientAuthorities = values['tls-client-ca']
  if (certificate !== undefined && key !== undefined) return { certificate, key, clientAuthorities }
  if (certificate !== undefined) throw usageFailure('--tls-cert needs --tls-key')
  if (key !== undefined) throw usageFailure('--tls-key needs --tls-cert')
  if (clientAuthorities !== undefined) {
    throw usageFailure(
      '--tls-client-ca needs --tls-cert',
      'a proxy in front sees the certificate of the client, and the gateway does not',
    )
  }
  return undefined
}

function parseLimit(text: string, name: string): RateLimit | undefined {
  if (text === 'off') return undefined
  const [, limit, period] = RATE_POLICY.exec(text) ?? []
  if (limit === undefined) {
    throw usageFailure(
      `${name} must be 1 to 9999999 requests in 10 or 60 seconds, such as 3000/60, or off`,
    )
  }
  return { limit: Number(limit), period: period === '10' ? 10 : 60 }
}

function describePolicy(name: string, limit: RateLimit | undefined) {
  return limit === undefined ? {} : { [name]: `${limit.limit}/${limit.period}` }
}

function parseSeconds(text: string | undefined, fallback: number, name: string): number {
  const range = { least: 0, most: MOST_STOP_SECONDS, unit: 'seconds' }
  return parseNumber(name, text ?? String(fallback), range) * 1000
}
