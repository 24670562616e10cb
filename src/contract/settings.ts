/**
 * The table of settings: each variable of the Worker with its type, default and range, and the one
 * parser for them. The Worker, `serve`, `validate` and `lint` read their variables with it. The
 * descriptions are in `setting-texts.ts`. The core parses the deploy-time policy and the login.
 */
import { isLoopbackName, parseHost, splitHosts } from '../web/host.ts'
import { findGatewayIssuerFault } from '../web/issuer-url.ts'
import { parseMoment } from '../web/moment.ts'
import { fail, ok, type Result } from '../web/result.ts'
import {
  ALERT_DORMANT_CEILING_DAYS,
  ALERT_DORMANT_DAYS,
  DECISION_MAX_RECORDS,
  DECISION_MAX_RECORDS_CEILING,
  DECISION_MAX_RECORDS_FLOOR,
  DECISION_RETENTION_CEILING_DAYS,
  DECISION_RETENTION_DAYS,
  DECISION_SHARDS,
  DECISION_SHARDS_CEILING,
  ISSUER_KEYS_MAX_STALE_CEILING_SECONDS,
  ISSUER_KEYS_MAX_STALE_FLOOR_SECONDS,
  ISSUER_KEYS_MAX_STALE_SECONDS,
  MAX_RULE_EXPIRY_DAYS_CEILING,
  MAX_RULES,
  MAX_RULES_CEILING,
  MAX_TOKEN_LIFETIME_CEILING_SECONDS,
  MAX_TOKEN_LIFETIME_SECONDS,
  MIN_TOKEN_LIFETIME_SECONDS,
  TRUST_MAX_STALE_CEILING_SECONDS,
  TRUST_MAX_STALE_FLOOR_SECONDS,
  TRUST_MAX_STALE_SECONDS,
} from './limits.ts'
import { findMisspelling } from './misspelt-setting.ts'
import { isTrustDomain } from './text.ts'

/** `fallback` is the default. An absent variable without a default is undefined. */
type Setting =
  | {
      readonly type:
        | 'issuer'
        | 'hosts'
        | 'policy'
        | 'login'
        | 'rate'
        | 'trust_domain'
        | 'retirements'
        | 'moment'
    }
  | { readonly type: 'boolean'; readonly fallback: boolean }
  | { readonly type: 'url' }
  | { readonly type: 'choice'; readonly choices: readonly string[]; readonly fallback: string }
  | {
      readonly type: 'number'
      readonly least: number
      readonly most: number
      readonly fallback?: number
    }

export const SETTINGS = {
  ISSUER: { type: 'issuer' },
  ALLOWED_HOSTS: { type: 'hosts' },
  BOOTSTRAP_TRUST: { type: 'policy' },
  ADMIN_LOGIN: { type: 'login' },
  MAX_TOKEN_LIFETIME_SECONDS: {
    type: 'number',
    least: MIN_TOKEN_LIFETIME_SECONDS,
    most: MAX_TOKEN_LIFETIME_CEILING_SECONDS,
    fallback: MAX_TOKEN_LIFETIME_SECONDS,
  },
  KEY_RETIREMENTS: { type: 'retirements' },
  REPLAY_NOT_BEFORE: { type: 'moment' },
  SPIFFE_TRUST_DOMAIN: { type: 'trust_domain' },
  MAX_RULE_EXPIRY_DAYS: { type: 'number', least: 1, most: MAX_RULE_EXPIRY_DAYS_CEILING },
  TRUST_MAX_RULES: { type: 'number', least: 1, most: MAX_RULES_CEILING, fallback: MAX_RULES },
  TRUST_MAX_STALE_SECONDS: {
    type: 'number',
    least: TRUST_MAX_STALE_FLOOR_SECONDS,
    most: TRUST_MAX_STALE_CEILING_SECONDS,
    fallback: TRUST_MAX_STALE_SECONDS,
  },
  ISSUER_KEYS_MAX_STALE_SECONDS: {
    type: 'number',
    least: ISSUER_KEYS_MAX_STALE_FLOOR_SECONDS,
    most: ISSUER_KEYS_MAX_STALE_CEILING_SECONDS,
    fallback: ISSUER_KEYS_MAX_STALE_SECONDS,
  },
  RATE_LIMIT_ADDRESS_POLICY: { type: 'rate' },
  RATE_LIMIT_SUBJECT_POLICY: { type: 'rate' },
  DECISION_SHARDS: {
    type: 'number',
    least: 1,
    most: DECISION_SHARDS_CEILING,
    fallback: DECISION_SHARDS,
  },
  DECISION_CLAIMS: { type: 'choice', choices: ['recorded', 'none', 'all'], fallback: 'recorded' },
  DECISION_RETENTION_DAYS: {
    type: 'number',
    least: 1,
    most: DECISION_RETENTION_CEILING_DAYS,
    fallback: DECISION_RETENTION_DAYS,
  },
  DECISION_MAX_RECORDS: {
    type: 'number',
    least: DECISION_MAX_RECORDS_FLOOR,
    most: DECISION_MAX_RECORDS_CEILING,
    fallback: DECISION_MAX_RECORDS,
  },
  DECISION_CHECKPOINT_URL: { type: 'url' },
  ALERT_WEBHOOK_URL: { type: 'url' },
  ALERT_DORMANT_DAYS: {
    type: 'number',
    least: 1,
    most: ALERT_DORMANT_CEILING_DAYS,
    fallback: ALERT_DORMANT_DAYS,
  },
  DPOP_NONCE: { type: 'choice', choices: ['required', 'optional'], fallback: 'optional' },
  CERTIFICATE_BOUND_TOKENS: { type: 'boolean', fallback: false },
  LOCAL_ISSUERS: { type: 'boolean', fallback: false },
  LOCAL_GATEWAY: { type: 'boolean', fallback: false },
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof SETTINGS

type ValueOf<S> = S extends { readonly type: 'number'; readonly fallback: number }
  ? number
  : S extends { readonly type: 'number' }
    ? number | undefined
    : S extends { readonly choices: readonly (infer Choice)[] }
      ? Choice
      : S extends { readonly type: 'boolean' }
        ? boolean
        : S extends { readonly type: 'issuer' }
          ? string
          : string | undefined

/** The value of each setting, or its default. */
export type SettingValues = {
  readonly [N in SettingName]: ValueOf<(typeof SETTINGS)[N]>
}

/** One sentence for each invalid variable. It never contains a value. */
export type SettingsProblem = { readonly variable: string; readonly message: string }

/** The name of a secret with a private key. A deployment can have several. */
export const SIGNING_KEY = /^SIGNING_KEY_[A-Z0-9_]+$/

/** With this length, so that no day is read as its end. */
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/** Requests, and the seconds they are counted in: 10 or 60 on this platform. */
export const RATE_POLICY = /^([1-9][0-9]{0,6})\/(10|60)$/

/**
 * Reads all settings from the bindings of a Worker or the environment of a command. A name that
 * looks like a misspelt setting is a problem. Otherwise the intended setting would silently have its
 * default.
 */
export function parseSettings(
  variables: Readonly<Record<string, unknown>>,
): Result<SettingValues, readonly SettingsProblem[]> {
  const names = Object.keys(SETTINGS) as SettingName[]
  const values: Partial<Record<SettingName, unknown>> = {}
  const problems: SettingsProblem[] = []
  for (const variable of names) {
    const reading = parseSetting(SETTINGS[variable], variables[variable])
    if (reading.ok) values[variable] = reading.value
    else problems.push({ variable, message: reading.error })
  }
  for (const variable of Object.keys(variables)) {
    if (Object.hasOwn(SETTINGS, variable) || SIGNING_KEY.test(variable)) continue
    const message = findMisspelling(variable, names)
    if (message !== undefined) problems.push({ variable, message })
  }
  // The parser of its row returned each value.
  return problems.length > 0 ? fail(problems) : ok(values as SettingValues)
}

function parseSetting(setting: Setting, value: unknown): Result<unknown, string> {
  if (value === undefined) {
    if (setting.type === 'issuer') {
      return fail('is missing: set it to the public https URL of this gateway')
    }
    return ok('fallback' in setting ? setting.fallback : undefined)
  }
  if (typeof value !== 'string') return fail('must be text: put its value between quotes')
  switch (setting.type) {
    case 'issuer': {
      // The fault does not contain the canonical form, so that no value is repeated.
      const fault = findGatewayIssuerFault(value)?.problem
      return fault === undefined ? ok(value) : fail(fault)
    }
    case 'hosts':
      return splitHosts(value).every((host) => parseHost(host) !== undefined)
        ? ok(value)
        : fail('must be hosts with an optional port, separated by spaces or commas')
    case 'policy':
    case 'login':
      return ok(value.trim() === '' ? undefined : value)
    case 'rate':
      return RATE_POLICY.test(value)
        ? ok(value)
        : fail('must be requests and seconds of its binding, such as 3000/60')
    case 'url':
      return isHttpsUrl(value) ? ok(value) : fail('must be an https URL without user and fragment')
    case 'choice':
      return setting.choices.includes(value)
        ? ok(value)
        : fail(`must be one of ${setting.choices.join(', ')}`)
    case 'trust_domain':
      return isTrustDomain(value)
        ? ok(value)
        : fail('must be the name of a SPIFFE trust domain in lower case, without spiffe://')
    case 'retirements':
      return parseKeyRetirements(value) === undefined
        ? fail('must be pairs such as KID=2027-01-31T00:00:00Z, separated by spaces')
        : ok(value)
    case 'moment':
      return UTC_TIME.test(value) && parseMoment(value) !== undefined
        ? ok(value)
        : fail('must be a UTC time such as 2027-01-31T00:00:00Z')
    case 'boolean':
      return value === 'true' || value === 'false'
        ? ok(value === 'true')
        : fail('must be true or false')
    case 'number': {
      const { least, most } = setting
      const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN
      return number >= least && number <= most
        ? ok(number)
        : fail(`must be a whole number from ${least} to ${most}`)
    }
  }
}

function isHttpsUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password, hash, hostname } = new URL(value)
  const isLoopback = protocol === 'http:' && isLoopbackName(hostname)
  return (protocol === 'https:' || isLoopback) && `${username}${password}${hash}` === ''
}

/** The id of a signing key, a thumbprint of RFC 7638 in base64url, and a UTC time. */
const KEY_END = /^([A-Za-z0-9_-]{43})=(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/

/**
 * Parses the setting `KEY_RETIREMENTS`: the ends of signing keys, as `KID=TIME` pairs. Returns undefined
 * if the text is invalid or names a key twice.
 */
export function parseKeyRetirements(text: string): ReadonlyMap<string, number> | undefined {
  const ends = new Map<string, number>()
  for (const pair of text.split(/\s+/)) {
    if (pair === '') continue
    const [, keyId = '', time = ''] = KEY_END.exec(pair) ?? []
    const end = parseMoment(time)
    if (end === undefined || ends.has(keyId)) return undefined
    ends.set(keyId, end)
  }
  return ends
}
