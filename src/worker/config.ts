/**
 * The Worker's settings: variables and secrets become one precise value, or a list of sentences
 * that each name the variable to change. Nothing else reads the environment.
 */

import * as z from 'zod/mini'
import type { DocumentProblem } from '../contract/admin.ts'
import { IN_ENGLISH } from '../contract/text.ts'
import { countMembers, scanMembers } from '../core/evidence/json-members.ts'
import {
  ISSUER_KEYS_MAX_STALE_CEILING_SECONDS,
  ISSUER_KEYS_MAX_STALE_SECONDS,
  MAX_RULES,
  MAX_RULES_CEILING,
  MAX_TOKEN_LIFETIME_CEILING_SECONDS,
  MAX_TOKEN_LIFETIME_SECONDS,
  MIN_TOKEN_LIFETIME_SECONDS,
  TRUST_MAX_STALE_CEILING_SECONDS,
  TRUST_MAX_STALE_SECONDS,
} from '../core/limits.ts'
import { compilePolicy } from '../core/policy/compile/compile.ts'
import type { Ceilings, CompiledTrust } from '../core/policy/compile/compiled.ts'
import { importKeyRing, type KeyRing } from '../core/tokens/keyring.ts'
import { parseHost } from '../web/host.ts'
import { findGatewayIssuerFault } from '../web/issuer-url.ts'
import { fail, ok, type Result } from '../web/result.ts'
import { RATE_POLICY } from './http/rate-policy.ts'
import type { ReplayLedger } from './objects/replay-ledger/replay-ledger.ts'
import type { RevocationLog } from './objects/revocation-log/revocation-log.ts'
import type { TrustStore } from './objects/trust-store/trust-store.ts'

/** Bindings, as wrangler.toml declares them, and variables. */
export type Env = {
  readonly TRUST_STORE: DurableObjectNamespace<TrustStore>
  readonly REPLAY_LEDGER: DurableObjectNamespace<ReplayLedger>
  readonly REVOCATION_LOG: DurableObjectNamespace<RevocationLog>
  readonly REVOCATIONS: KVNamespace
  /** Absent: no limit by address. */
  readonly RATE_LIMIT_ADDRESS?: RateLimit
  /** Absent: no limit by issuer and subject. */
  readonly RATE_LIMIT_SUBJECT?: RateLimit
  /** What the bindings above are set to, to be told to callers: the platform does not say. */
  readonly RATE_LIMIT_ADDRESS_POLICY?: string
  readonly RATE_LIMIT_SUBJECT_POLICY?: string
  readonly ISSUER?: string
  /** Hosts beside that of the issuer: see `check-host.ts`. */
  readonly ALLOWED_HOSTS?: string
  readonly BOOTSTRAP_TRUST?: string
  readonly MAX_TOKEN_LIFETIME_SECONDS?: string
  readonly MAX_RULE_EXPIRY_DAYS?: string
  readonly TRUST_MAX_STALE_SECONDS?: string
  readonly ISSUER_KEYS_MAX_STALE_SECONDS?: string
  readonly LOCAL_ISSUERS?: string
  readonly LOCAL_GATEWAY?: string
}

export type Settings = {
  readonly issuer: string
  /** The path of the issuer URL, '' at the root: every endpoint hangs below it. */
  readonly basePath: string
  readonly ceilings: Ceilings
  /** Who may administer, compiled; undefined turns the admin API off. */
  readonly policy: CompiledTrust | undefined
  readonly trustMaxStaleSeconds: number
  readonly issuerKeysMaxStaleSeconds: number
}

/** One sentence per variable at fault. Holds no value of any variable. */
export type SettingsProblem = { readonly variable: string; readonly message: string }

const wholeNumber = (fallback: number, least: number, most: number) =>
  z._default(
    z
      .pipe(
        z.string().check(z.regex(/^[0-9]{1,9}$/, 'must be a whole number')),
        z.transform(Number),
      )
      .check(
        z.refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`),
      ),
    fallback,
  )

const ratePolicy = z.optional(
  z
    .string()
    .check(z.regex(RATE_POLICY, 'must be requests and seconds of its binding, such as 3000/60')),
)

const trueOrFalse = z._default(
  z.enum(['true', 'false'], { error: 'must be true or false' }),
  'false',
)

const variablesSchema = z.object({
  ISSUER: z
    .string({ error: 'is missing: set it to the public https URL of this gateway' })
    // The fault without the spelling that is meant: no value of a variable is repeated.
    .check(({ value, issues }) => {
      const message = findGatewayIssuerFault(value)?.problem
      if (message !== undefined) issues.push({ code: 'custom', input: value, message })
    }),
  ALLOWED_HOSTS: z.optional(
    z
      .string()
      .check(
        z.refine(
          (text) =>
            text.split(/[\s,]+/).every((host) => host === '' || parseHost(host) !== undefined),
          'must be hosts with an optional port, separated by spaces or commas',
        ),
      ),
  ),
  MAX_TOKEN_LIFETIME_SECONDS: wholeNumber(
    MAX_TOKEN_LIFETIME_SECONDS,
    MIN_TOKEN_LIFETIME_SECONDS,
    MAX_TOKEN_LIFETIME_CEILING_SECONDS,
  ),
  MAX_RULE_EXPIRY_DAYS: z.optional(
    z.pipe(
      z.string().check(z.regex(/^[1-9][0-9]{0,4}$/, 'must be a whole number of days')),
      z.transform(Number),
    ),
  ),
  TRUST_MAX_RULES: wholeNumber(MAX_RULES, 1, MAX_RULES_CEILING),
  TRUST_MAX_STALE_SECONDS: wholeNumber(
    TRUST_MAX_STALE_SECONDS,
    10,
    TRUST_MAX_STALE_CEILING_SECONDS,
  ),
  ISSUER_KEYS_MAX_STALE_SECONDS: wholeNumber(
    ISSUER_KEYS_MAX_STALE_SECONDS,
    60,
    ISSUER_KEYS_MAX_STALE_CEILING_SECONDS,
  ),
  RATE_LIMIT_ADDRESS_POLICY: ratePolicy,
  RATE_LIMIT_SUBJECT_POLICY: ratePolicy,
  LOCAL_ISSUERS: trueOrFalse,
  LOCAL_GATEWAY: trueOrFalse,
})

/**
 * Whether no edge of Cloudflare stands in front of this Worker. Needs no settings: it is asked
 * before they are loaded, and with any other value nothing is served.
 */
export function isLocalGateway(env: Env): boolean {
  return env.LOCAL_GATEWAY === 'true'
}

/** Reads everything but the keys: pure and cheap, so that Durable Objects can use it too. */
export function loadSettings(env: Env): Result<Settings, readonly SettingsProblem[]> {
  const parsed = variablesSchema.safeParse(env, IN_ENGLISH)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      variable: String(issue.path[0]),
      message: issue.message,
    }))
    return fail(problems)
  }
  const variables = parsed.data
  const days = variables.MAX_RULE_EXPIRY_DAYS
  const ceilings: Ceilings = {
    gatewayIssuer: variables.ISSUER,
    maxTokenLifetimeSeconds: variables.MAX_TOKEN_LIFETIME_SECONDS,
    maxRuleExpirySeconds: days === undefined ? undefined : days * 24 * 3600,
    maxRules: variables.TRUST_MAX_RULES,
    localIssuers: variables.LOCAL_ISSUERS === 'true',
  }
  const policy = loadPolicy(env.BOOTSTRAP_TRUST, ceilings)
  if (!policy.ok) return policy
  return ok({
    issuer: variables.ISSUER,
    basePath: new URL(variables.ISSUER).pathname.replace(/\/$/, ''),
    ceilings,
    policy: policy.value,
    trustMaxStaleSeconds: variables.TRUST_MAX_STALE_SECONDS,
    issuerKeysMaxStaleSeconds: variables.ISSUER_KEYS_MAX_STALE_SECONDS,
  })
}

type LoadedPolicy = Result<CompiledTrust | undefined, readonly SettingsProblem[]>

function loadPolicy(text: string | undefined, ceilings: Ceilings): LoadedPolicy {
  if (text === undefined || text.trim() === '') return ok(undefined)
  const refuse = (messages: readonly string[]): LoadedPolicy =>
    fail(messages.map((message) => ({ variable: 'BOOTSTRAP_TRUST', message })))
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return refuse(['is not JSON'])
  }
  const compiled = compilePolicy(document, ceilings)
  if ('problems' in compiled) return refuse(compiled.problems.map(describe))
  if (countMembers(document) !== scanMembers(text).members) return refuse(['a key stands twice'])
  return ok(compiled.trust)
}

function describe(problem: DocumentProblem): string {
  return `${problem.path.join('.') || 'the document'}: ${problem.message}`
}

const SIGNING_KEY = /^SIGNING_KEY_[A-Z0-9_]+$/

export type LoadedKeys = {
  readonly ring: KeyRing
  readonly problems: readonly SettingsProblem[]
}

/** Imports every `SIGNING_KEY_<name>`. A key that cannot be used is named, never guessed at. */
export async function loadKeys(env: Env): Promise<LoadedKeys> {
  const secrets = Object.entries(env).flatMap(([variable, value]) =>
    SIGNING_KEY.test(variable) && typeof value === 'string' ? [{ variable, value }] : [],
  )
  const { ring, problems } = await importKeyRing(
    secrets.map(({ variable, value }) => ({ name: variable, jwk: value })),
  )
  const faults = problems.map(({ name, message }) => ({ variable: name, message }))
  if (secrets.length > 0) return { ring, problems: faults }
  const missing = {
    variable: 'SIGNING_KEY_<NAME>',
    message: 'is missing: make one with `edgemint keys generate` and put it as a secret',
  }
  return { ring, problems: [missing] }
}
