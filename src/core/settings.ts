/**
 * The settings of a gateway in the form that the core uses: the values of its variables, the
 * compiled deploy-time policy, and the signing keys. The caller provides the variables.
 */
import type { DocumentProblem } from '../contract/admin.ts'
import { type AdminLogin, parseAdminLogin } from '../contract/login.ts'
import {
  parseKeyRetirements,
  parseSettings,
  type SettingsProblem,
  type SettingValues,
  SIGNING_KEY,
} from '../contract/settings.ts'
import { findRepeatedMember } from '../web/json.ts'
import { parseMoment } from '../web/moment.ts'
import { fail, ok, type Result } from '../web/result.ts'
import type { RecordedClaims } from './decisions/build-record.ts'
import { compilePolicy } from './policy/compile/compile.ts'
import type { Ceilings, CompiledTrust } from './policy/compile/compiled.ts'
import { importKeyRing, type KeyRing, retireKeys } from './tokens/keyring.ts'

type Variables = Readonly<Record<string, unknown>>

export type Settings = {
  readonly issuer: string
  readonly ceilings: Ceilings
  /** The compiled administrators of BOOTSTRAP_TRUST. Undefined turns the admin API off. */
  readonly policy: CompiledTrust | undefined
  /** By which provider people log in. Undefined if they cannot. */
  readonly login: AdminLogin | undefined
  readonly trustMaxStaleSeconds: number
  readonly issuerKeysMaxStaleSeconds: number
  /** Epoch seconds. 0 if every replay mark is known. */
  readonly replayNotBefore: number
  readonly decisions: DecisionSettings
  /** Proofs of possession. */
  readonly proofs: {
    /** Whether a DPoP proof must have a nonce of this gateway. */
    readonly nonce: 'required' | 'optional'
    /** Whether a verified client certificate can bind a token (RFC 8705). */
    readonly bindsCertificates: boolean
  }
  readonly alerts: {
    /** Where they are posted; undefined if they are only logged. */
    readonly webhookUrl: string | undefined
    readonly dormantDays: number
  }
}

/** The settings of the decision log. */
type DecisionSettings = {
  readonly shards: number
  readonly claims: RecordedClaims
  readonly retentionDays: number
  /** Of one shard. */
  readonly maxRecords: number
  readonly checkpointUrl: string | undefined
}

/**
 * Reads all settings except the keys. It is synchronous and cheap, so Durable Objects use it too.
 */
export function readSettings(variables: Variables): Result<Settings, readonly SettingsProblem[]> {
  const parsed = parseSettings(variables)
  if (!parsed.ok) return parsed
  const values = parsed.value
  const ceilings = ceilingsOf(values)
  const policy = readPolicy(values.BOOTSTRAP_TRUST, ceilings)
  if (!policy.ok) {
    return fail(policy.error.map((message) => ({ variable: 'BOOTSTRAP_TRUST', message })))
  }
  const login = readLogin(values.ADMIN_LOGIN, policy.value)
  if (!login.ok) return fail([{ variable: 'ADMIN_LOGIN', message: login.error }])
  return ok({
    issuer: values.ISSUER,
    ceilings,
    policy: policy.value,
    login: login.value,
    trustMaxStaleSeconds: values.TRUST_MAX_STALE_SECONDS,
    issuerKeysMaxStaleSeconds: values.ISSUER_KEYS_MAX_STALE_SECONDS,
    replayNotBefore: parseMoment(values.REPLAY_NOT_BEFORE ?? '') ?? 0,
    decisions: {
      shards: values.DECISION_SHARDS,
      claims: values.DECISION_CLAIMS,
      retentionDays: values.DECISION_RETENTION_DAYS,
      maxRecords: values.DECISION_MAX_RECORDS,
      checkpointUrl: values.DECISION_CHECKPOINT_URL,
    },
    proofs: {
      nonce: values.DPOP_NONCE,
      bindsCertificates: values.CERTIFICATE_BOUND_TOKENS,
    },
    alerts: { webhookUrl: values.ALERT_WEBHOOK_URL, dormantDays: values.ALERT_DORMANT_DAYS },
  })
}

/** Returns the ceilings that these settings put on every trust document. */
function ceilingsOf(values: SettingValues): Ceilings {
  const days = values.MAX_RULE_EXPIRY_DAYS
  return {
    gatewayIssuer: values.ISSUER,
    maxTokenLifetimeSeconds: values.MAX_TOKEN_LIFETIME_SECONDS,
    maxRuleExpirySeconds: days === undefined ? undefined : days * 24 * 3600,
    maxRules: values.TRUST_MAX_RULES,
    localIssuers: values.LOCAL_ISSUERS,
    trustDomain: values.SPIFFE_TRUST_DOMAIN,
  }
}

function readPolicy(
  text: string | undefined,
  ceilings: Ceilings,
): Result<CompiledTrust | undefined, readonly string[]> {
  if (text === undefined) return ok(undefined)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return fail(['is not JSON'])
  }
  const compiled = compilePolicy(document, ceilings)
  if ('problems' in compiled) return fail(compiled.problems.map(describe))
  const repeated = findRepeatedMember(text)
  if (repeated !== undefined) return fail([`has a duplicate key: ${repeated.join('.')}`])
  return ok(compiled.trust)
}

/** The policy must trust the provider. Otherwise no ID token of this client could be exchanged. */
function readLogin(
  text: string | undefined,
  policy: CompiledTrust | undefined,
): Result<AdminLogin | undefined, string> {
  if (text === undefined) return ok(undefined)
  const login = parseAdminLogin(text)
  if (!login.ok) return login
  if (policy === undefined) return fail('requires BOOTSTRAP_TRUST: set both')
  const issuer = policy.issuers.get(login.value.issuer)
  if (issuer === undefined) {
    return fail('names an issuer that BOOTSTRAP_TRUST does not trust: add it there')
  }
  if (issuer.audience === login.value.client_id) return login
  return fail(
    'has another client_id than the "audience" of its issuer in BOOTSTRAP_TRUST: make them equal',
  )
}

function describe(problem: DocumentProblem): string {
  return `${problem.path.join('.') || 'the document'}: ${problem.message}`
}

/** Returns every `SIGNING_KEY_<NAME>`, whether it is usable or not. */
export function listSigningKeys(
  variables: Variables,
): readonly { readonly variable: string; readonly value: string }[] {
  return Object.entries(variables).flatMap(([variable, value]) =>
    SIGNING_KEY.test(variable) && typeof value === 'string' ? [{ variable, value }] : [],
  )
}

export type LoadedKeys = {
  readonly ring: KeyRing
  readonly problems: readonly SettingsProblem[]
}

/**
 * Imports every `SIGNING_KEY_<NAME>`, with the ends of `KEY_RETIREMENTS`. An unusable key is reported
 * and left out.
 */
export async function loadKeys(variables: Variables): Promise<LoadedKeys> {
  const secrets = listSigningKeys(variables)
  const { ring: imported, problems } = await importKeyRing(
    secrets.map(({ variable, value }) => ({ name: variable, jwk: value })),
  )
  const ends = parseKeyRetirements(String(variables.KEY_RETIREMENTS ?? ''))
  const ring = ends === undefined ? imported : retireKeys(imported, ends)
  const faults = problems.map(({ name, message }) => ({ variable: name, message }))
  if (secrets.length > 0) return { ring, problems: faults }
  const missing = {
    variable: 'SIGNING_KEY_<NAME>',
    message: 'is missing: generate a key with `edgemint keys generate` and store it as a secret',
  }
  return { ring, problems: [missing] }
}
