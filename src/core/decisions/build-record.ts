/**
 * Builds the record of a decision for the decision log: the facts that the log line has, the verified
 * facts of the subject token, and those claims that the deployment keeps (`DECISION_CLAIMS`).
 */
import { readDecisionId } from '../../contract/decisions/id.ts'
import { type DecisionRecord, RECORD_VERSION } from '../../contract/decisions/record.ts'
import { isJsonObject, type JsonObject, readPath } from '../../web/json.ts'
import type { DecisionEvent } from '../audit.ts'
import type { VerifiedIdentity } from '../evidence/identity.ts'
import type { CompiledTrust } from '../policy/compile/compiled.ts'
import { findTarget } from '../policy/compile/resource-uri.ts'
import type { RequestContext } from '../policy/decide/decision-request.ts'
import type { VerifiedActor } from '../policy/decide/evaluate.ts'
import { samePath } from '../policy/language/claim-path.ts'
import type { Template } from '../policy/language/template.ts'
import type { ProviderProfile } from '../providers/profile.ts'
import { recordedPaths } from './known-claims.ts'
import { MAX_RECORD_CHARACTERS } from './limits.ts'

/**
 * Which claims of a verified token are kept: those that its provider profile marks as recorded, none,
 * or all.
 */
export type RecordedClaims = 'recorded' | 'none' | 'all'

/** What the caller asked for. */
type Asked = {
  readonly resource?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly scopesWithin?: readonly string[] | undefined
  readonly rule?: string | undefined
  readonly lifetimeSeconds?: number | undefined
}

/** What an exchange knows besides its event. A log line never has it. */
export type DecisionEvidence = {
  /** From the request to the decision. */
  readonly durationMilliseconds?: number
  readonly grantType?: string
  readonly asked?: Asked
  readonly connection?: RequestContext | undefined
  /** The document that was asked; absent until it was loaded. */
  readonly trust?: Pick<CompiledTrust, 'targets'>
  /** Absent until the token was verified. */
  readonly identity?: VerifiedIdentity
  readonly profile?: ProviderProfile
  /** Absent unless somebody acts for the subject, and until the actor token was verified. */
  readonly actor?: { readonly identity: VerifiedActor; readonly profile: ProviderProfile }
  /** The `sub` of the issued token. */
  readonly issuedSubject?: string
  /** How it was made; undefined if it is the `sub` of the subject token. */
  readonly subjectTemplate?: Template | undefined
}

/** The members of a record that may be absent, with undefined for an absent one. */
type Members = Pick<DecisionRecord, 'v' | 'id' | 'at' | 'outcome'> & {
  readonly [Name in keyof DecisionRecord]: DecisionRecord[Name] | undefined
}

/** Members that a record may lack, those that a reader misses least first. */
const OMITTABLE = [
  'claims',
  'actor_claims',
  'considered',
  'observed',
  'facts',
  'template',
  'asked',
  'scopes',
] as const

/**
 * Returns the record of a decision as one line of JSON, of bounded length, and its time in epoch
 * milliseconds.
 */
export function formatRecord(
  event: DecisionEvent,
  evidence: DecisionEvidence,
  mode: RecordedClaims,
): { readonly at: number; readonly line: string } {
  const members = buildMembers(event, evidence, mode)
  let line = JSON.stringify(members)
  const omitted: string[] = []
  for (const name of OMITTABLE) {
    if (line.length <= MAX_RECORD_CHARACTERS) break
    if (members[name] === undefined) continue
    omitted.push(name)
    const absent = Object.fromEntries(omitted.map((left) => [left, undefined]))
    line = JSON.stringify({ ...members, ...absent, omitted })
  }
  return { at: members.at, line }
}

/** `JSON.stringify` leaves out members that are undefined. The version and the id come first. */
function buildMembers(
  event: DecisionEvent,
  evidence: DecisionEvidence,
  mode: RecordedClaims,
): Members {
  const { identity } = evidence
  return {
    v: RECORD_VERSION,
    id: event.decisionId,
    at: readDecisionId(event.decisionId)?.at ?? event.at * 1000,
    outcome: event.outcome,
    reason: event.reason,
    fault: event.fault,
    facts: event.facts,
    template: event.template,
    part: event.part,
    duration_milliseconds: evidence.durationMilliseconds,
    grant_type: evidence.grantType,
    client_hint: event.clientHint,
    issuer: event.issuer,
    issuer_url: identity?.issuer,
    subject: identity?.subject,
    subject_token_id: identity?.tokenId,
    subject_token_expires_at: identity?.expiresAt,
    claims: pickClaims(evidence, mode),
    actor: describeActor(evidence),
    actor_claims: evidence.actor && pickClaims(evidence.actor, mode),
    all_claims: identity !== undefined && mode === 'all' ? true : undefined,
    connection: pickConnection(evidence, mode),
    asked: describeAsked(event, evidence),
    resource: event.resource,
    rule: event.rule,
    revision: event.revision,
    scopes: event.scope === undefined ? undefined : event.scope.split(' ').filter(Boolean),
    parent_token_id: event.parentTokenId,
    token_id: event.tokenId,
    key_id: event.keyId,
    expires_at: event.expiresAt,
    issued_subject: mayKeepSubject(evidence, mode) ? evidence.issuedSubject : undefined,
    considered: event.considered as DecisionRecord['considered'],
    observed: event.observed as DecisionRecord['observed'],
    budget: event.budget,
    binding: event.binding,
  }
}

function describeActor({ actor }: DecisionEvidence): DecisionRecord['actor'] | undefined {
  if (actor === undefined) return undefined
  const { issuerName, issuer, subject, tokenId, expiresAt } = actor.identity
  const ids = tokenId === undefined ? {} : { token_id: tokenId }
  return { issuer: issuerName, issuer_url: issuer, subject, ...ids, token_expires_at: expiresAt }
}

function pickClaims(
  { identity, profile }: Pick<DecisionEvidence, 'identity' | 'profile'>,
  mode: RecordedClaims,
): JsonObject | undefined {
  if (identity === undefined || mode === 'none') return undefined
  if (mode === 'recorded') return profile && pickRecorded(identity.claims, profile)
  return Object.keys(identity.claims).length === 0 ? undefined : identity.claims
}

/** The issued subject may contain a claim that is not kept, such as the address of a person. */
function mayKeepSubject(
  { subjectTemplate, profile }: DecisionEvidence,
  mode: RecordedClaims,
): boolean {
  const recorded = mode === 'recorded' && profile !== undefined ? recordedPaths(profile) : []
  return (
    mode === 'all' ||
    (subjectTemplate?.parts ?? []).every(
      (part) =>
        part.kind !== 'claim' ||
        part.hashed ||
        // The record has the subject of the subject token.
        samePath(part.path, ['sub']) ||
        recorded.some((path) => samePath(path, part.path)),
    )
  )
}

/**
 * Copies the recorded claims, nested as in the token; undefined if there are none. A claim that the token
 * has not is undefined. Registered claims have members of their own.
 */
function pickRecorded(claims: JsonObject, profile: ProviderProfile): JsonObject | undefined {
  const picked: Record<string, unknown> = { ...shapeOf(profile) }
  let isEmpty = true
  for (const path of recordedPaths(profile)) {
    const [name = ''] = path
    if (path.length > 1) {
      const value = readPath(claims, path)
      if (value === undefined) continue
      writeAt(picked, path, value)
    } else if (Object.hasOwn(claims, name)) picked[name] = claims[name]
    else continue
    isEmpty = false
  }
  return isEmpty ? undefined : picked
}

const shapes = new WeakMap<ProviderProfile, Readonly<Record<string, undefined>>>()

/**
 * An object with the first name of each recorded path. V8 keeps members that are added one by one in
 * a hash table if there are more than a dozen, and that is slow to fill and to write as JSON.
 */
function shapeOf(profile: ProviderProfile): Readonly<Record<string, undefined>> {
  const known = shapes.get(profile)
  if (known !== undefined) return known
  const members = recordedPaths(profile).map(([name]) => `${JSON.stringify(name)}:null`)
  const shape = JSON.parse(`{${members.join(',')}}`) as Record<string, undefined>
  for (const name of Object.keys(shape)) shape[name] = undefined
  shapes.set(profile, shape)
  return shape
}

/** The path has more than one name. */
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

function pickConnection(
  { connection }: DecisionEvidence,
  mode: RecordedClaims,
): DecisionRecord['connection'] | undefined {
  if (connection === undefined || mode === 'none') return undefined
  const { ip, ...rest } = connection
  const kept = mode === 'all' && ip !== undefined ? { ...rest, ip } : rest
  return Object.keys(kept).length === 0 ? undefined : kept
}

/**
 * A secret may be pasted into any parameter, and a caller can send a new value each time. So only
 * names of the trust document are kept (LOG-01, LOG-03).
 */
function describeAsked(
  event: DecisionEvent,
  { asked, trust }: DecisionEvidence,
): DecisionRecord['asked'] | undefined {
  if (asked === undefined) return undefined
  const name = asked.resource ?? event.resource
  const target = trust === undefined || name === undefined ? undefined : findTarget(trust, name)
  const scopes = asked.scopes?.filter((scope) => target?.scopes.has(scope))
  const isRuleKnown =
    asked.rule === event.rule || event.considered?.some(({ rule }) => rule === asked.rule)
  const rule = isRuleKnown ? asked.rule : undefined
  const unknown = [
    asked.resource !== undefined && target === undefined ? ['resource' as const] : [],
    asked.scopes?.length !== scopes?.length ? ['scopes' as const] : [],
    asked.rule !== rule ? ['rule' as const] : [],
  ].flat()
  return {
    resource: asked.resource === undefined ? undefined : target?.uri,
    scopes: scopes?.length === 0 ? undefined : scopes,
    scopes_within: asked.scopesWithin?.filter((scope) => target?.scopes.has(scope)),
    rule,
    lifetime_seconds: asked.lifetimeSeconds,
    unknown: unknown.length === 0 ? undefined : unknown,
  } as DecisionRecord['asked']
}
