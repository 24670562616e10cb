/**
 * Builds the record of a decision for the decision log: the facts that the log line has, the verified
 * facts of the subject token, and those claims that the deployment keeps (`DECISION_CLAIMS`).
 */
import { readDecisionId } from '../../contract/decisions/id.ts'
import { type DecisionRecord, RECORD_VERSION } from '../../contract/decisions/record.ts'
import { isJsonObject, type JsonObject, readMember } from '../../web/json.ts'
import type { DecisionEvent } from '../audit.ts'
import type { VerifiedIdentity } from '../evidence/identity.ts'
import { MAX_RECORDED_CLAIM_CHARACTERS } from '../limits.ts'
import type { ProviderProfile } from '../providers/profile.ts'

/**
 * Which claims of a verified token are kept: those that its provider profile marks as recorded, none,
 * or all.
 */
export type RecordedClaims = 'recorded' | 'none' | 'all'

/** What the caller asked for. */
type Asked = {
  readonly resource?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly rule?: string | undefined
  readonly lifetimeSeconds?: number | undefined
}

/** What an exchange knows besides its event. A log line never has it. */
export type DecisionEvidence = {
  readonly grantType?: string
  readonly asked?: Asked
  /** Absent until the token was verified. */
  readonly identity?: VerifiedIdentity
  readonly profile?: ProviderProfile
  /** The `sub` of the issued token. */
  readonly issuedSubject?: string
}

export function buildRecord(
  event: DecisionEvent,
  evidence: DecisionEvidence,
  mode: RecordedClaims,
): DecisionRecord {
  const { identity, profile } = evidence
  const claims =
    identity === undefined || mode === 'none'
      ? undefined
      : mode === 'all'
        ? identity.claims
        : pickRecorded(identity.claims, profile)
  return dropAbsent({
    v: RECORD_VERSION,
    id: event.decisionId,
    at: readDecisionId(event.decisionId)?.at ?? event.at * 1000,
    outcome: event.outcome,
    reason: event.reason,
    fault: event.fault,
    facts: event.facts,
    template: event.template,
    part: event.part,
    grant_type: evidence.grantType,
    client_hint: event.clientHint,
    issuer: event.issuer,
    issuer_url: identity?.issuer,
    subject: identity?.subject,
    subject_token_id: identity?.tokenId,
    subject_token_expires_at: identity?.expiresAt,
    ...boundClaims(claims),
    asked: describeAsked(evidence.asked),
    resource: event.resource,
    rule: event.rule,
    revision: event.revision,
    scopes: event.scope === undefined ? undefined : event.scope.split(' ').filter(Boolean),
    token_id: event.tokenId,
    key_id: event.keyId,
    expires_at: event.expiresAt,
    issued_subject: evidence.issuedSubject,
    considered: event.considered,
    observed: event.observed,
  }) as DecisionRecord
}

/** Copies the recorded claims, nested as in the token. Registered claims have members of their own. */
function pickRecorded(claims: JsonObject, profile: ProviderProfile | undefined): JsonObject {
  const picked: Record<string, unknown> = {}
  for (const { path, recorded } of profile?.claims ?? []) {
    if (!recorded) continue
    const value = readAt(claims, path)
    if (value !== undefined) writeAt(picked, path, value)
  }
  return picked
}

function readAt(claims: JsonObject, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const name of path) {
    if (!isJsonObject(value)) return undefined
    value = readMember(value, name)
  }
  return value
}

function writeAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let holder = target
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(holder, name) ? holder[name] : undefined
    const child = isJsonObject(next) ? (next as Record<string, unknown>) : {}
    holder[name] = child
    holder = child
  }
  holder[path.at(-1) ?? ''] = value
}

function boundClaims(claims: JsonObject | undefined): Partial<DecisionRecord> {
  if (claims === undefined || Object.keys(claims).length === 0) return {}
  const isTooLarge = JSON.stringify(claims).length > MAX_RECORDED_CLAIM_CHARACTERS
  return isTooLarge ? { claims_omitted: true } : { claims }
}

function describeAsked(asked: Asked | undefined): DecisionRecord['asked'] {
  if (asked === undefined) return undefined
  const { resource, scopes, rule, lifetimeSeconds } = asked
  return dropAbsent({
    resource,
    scopes: scopes === undefined ? undefined : [...scopes],
    rule,
    lifetime_seconds: lifetimeSeconds,
  })
}

function dropAbsent<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T
}
