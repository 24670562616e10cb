/**
 * The actor token of a token exchange (RFC 8693 §2.1): the token of the party that acts for the
 * subject. It is verified like a subject token, at the same time, and becomes an identity of its own.
 * `policy/actors/acting.ts` decides what the actor may do.
 *
 * An exchange never marks an actor token as used (TE-41): an agent acts for many subjects with one
 * token. The mark of the subject token is the same with any actor, so that two agents cannot both
 * exchange a token that a rule accepts once.
 */
import type { TokenAncestor } from '../../protocol/token.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import { findIssuer } from '../evidence/find-issuer.ts'
import type { VerifiedIdentity } from '../evidence/identity.ts'
import { peek } from '../evidence/peek.ts'
import { type ProofQuestion, prove } from '../evidence/prove.ts'
import { checkPresentation } from '../evidence/token-kinds.ts'
import type { PresentedActor } from '../grants/grant-type.ts'
import type { Issuance } from '../issuance.ts'
import { MAX_ACTOR_ANCESTORS } from '../policy/actors/limits.ts'
import type { CompiledTrust } from '../policy/compile/compiled.ts'
import type { VerifiedActor } from '../policy/decide/evaluate.ts'
import type { ProviderProfile } from '../providers/profile.ts'
import { type OwnSubjectPorts, type Parent, readOwnSubject } from './own-subject.ts'

export type ActorEvidence = {
  readonly identity: VerifiedActor
  /** Undefined unless it is a token of this gateway. */
  readonly own: Parent | undefined
  readonly profile: ProviderProfile
}

type Ports = OwnSubjectPorts & Omit<ProofQuestion, 'issuer' | 'token' | 'presentation'>

/** What became of the verification. An exception is kept until the subject token is verified. */
type Settled = { readonly result: Result<ActorEvidence, Denial> } | { readonly thrown: unknown }

/** Begins to verify the actor token. The promise never rejects. */
export function startActor(
  actor: PresentedActor,
  assertion: string,
  trust: CompiledTrust,
  ports: Ports,
): Promise<Settled> {
  // The signature can have several valid forms, so it is not compared (EXC-03).
  if (signedPartOf(actor.token) === signedPartOf(assertion)) {
    return Promise.resolve({ result: deny({ reason: 'actor_is_subject' }) })
  }
  return verifyActor(actor, trust, ports).then(
    (result) => ({ result: result.ok ? result : deny(ofActor(result.error)) }),
    (thrown: unknown) => ({ thrown }),
  )
}

/**
 * Returns the actor of a request whose subject token is verified. Throws `Unavailable` if the keys of
 * its issuer or the revocations cannot be loaded.
 */
export async function joinActor(
  started: Promise<Settled>,
  subject: VerifiedIdentity,
  parent: Parent | undefined,
): Promise<Result<ActorEvidence, Denial>> {
  const settled = await started
  if ('thrown' in settled) throw settled.thrown
  const { result } = settled
  if (!result.ok) return result
  const { identity, own } = result.value
  const isSame = identity.issuer === subject.issuer && identity.tokenId === subject.tokenId
  if ((isSame && identity.tokenId !== undefined) || isOfOneChain(parent, own)) {
    return deny({ reason: 'actor_is_subject' })
  }
  // Whoever acts for the actor would be left out of the issued token.
  if (identity.claims.act !== undefined) return deny({ reason: 'actor_delegated' })
  const length = ancestryOf(parent, own).filter(({ actor }) => actor === true).length
  if (length <= MAX_ACTOR_ANCESTORS) return result
  const facts = { length, limit: MAX_ACTOR_ANCESTORS }
  return deny({ reason: 'actor_chain_too_long', facts })
}

function signedPartOf(token: string): string {
  return token.slice(0, token.lastIndexOf('.'))
}

async function verifyActor(
  { token, presentation }: PresentedActor,
  trust: CompiledTrust,
  ports: Ports,
): Promise<Result<ActorEvidence, Denial>> {
  const peeked = peek(token)
  if (!peeked.ok) return peeked
  const { gatewayIssuer, receivedAt } = ports
  const isOwn = presentation === 'access_token' && peeked.value.issuer === gatewayIssuer
  const issuer = isOwn ? trust.own?.issuer : findIssuer(trust, peeked.value.issuer)
  if (issuer === undefined) {
    return deny({ reason: 'issuer_not_trusted', facts: { iss: 'unknown', searched: 'document' } })
  }
  const { name: issuerName, profile } = issuer
  if (isOwn) {
    const own = await readOwnSubject(peeked.value, ports, receivedAt)
    if (!own.ok) return own
    // The proof of the request is about the holder of the subject token (EXC-09).
    if (Object.hasOwn(own.value.claims, 'cnf')) return deny({ reason: 'token_bound' })
    return ok({ identity: { ...own.value.identity, issuerName }, own: own.value, profile })
  }
  const refused = checkPresentation(issuer, presentation)
  if (refused !== undefined) return refused
  const identity = await prove({ ...ports, issuer, presentation, token: peeked.value })
  if (!identity.ok) return identity
  return ok({ identity: { ...identity.value, issuerName }, own: undefined, profile })
}

/** The denial for the same fault of an actor token. Its causes stay in the log. */
function ofActor({ reason: cause }: Denial): Denial {
  switch (cause) {
    case 'issuer_not_trusted':
      return { reason: 'actor_issuer_not_trusted' }
    case 'token_expired':
      return { reason: 'actor_expired' }
    case 'token_revoked':
      return { reason: 'actor_revoked' }
    case 'token_type_unsupported':
      return { reason: cause, at: 'actor_token_type' }
    default:
      return { reason: 'actor_not_accepted', facts: { cause } }
  }
}

/** Whether one of two tokens of this gateway descends from the other: they name the same subject. */
function isOfOneChain(subject: Parent | undefined, actor: Parent | undefined): boolean {
  if (subject === undefined || actor === undefined) return false
  return (
    subject.descent.anc.some((one) => one.actor !== true && one.jti === actor.claims.jti) ||
    actor.descent.anc.some(({ jti }) => jti === subject.claims.jti)
  )
}

/**
 * The ancestors of the issued token. If the actor token is one of this gateway, it is an ancestor
 * too, with its own: revoking it ends every token that it took part in.
 */
function ancestryOf(parent: Parent | undefined, own: Parent | undefined): readonly TokenAncestor[] {
  const before = parent?.descent.anc ?? []
  if (own === undefined) return before
  const known = new Set(before.map(({ jti }) => jti))
  const { iss, sub } = own.descent.origin
  const added = own.descent.anc.filter(({ jti }) => !known.has(jti))
  // Revoking the issuer or the subject of the actor's first token ends the issued token, too.
  const marked = added.map((one, at) => ({
    ...one,
    actor: true as const,
    ...(at === 0 ? { origin: { iss, sub } } : {}),
  }))
  return [...before, ...marked]
}

/** What the issued token says about its ancestors. */
export function descend(
  parent: Parent | undefined,
  actor: ActorEvidence | undefined,
): Pick<Issuance, 'descent'> {
  if (actor?.own === undefined) return parent === undefined ? {} : { descent: parent.descent }
  return { descent: { origin: parent?.descent.origin, anc: ancestryOf(parent, actor.own) } }
}

/** The longest lifetime. A token never outlives the tokens of this gateway that it was issued for. */
export function lifeLeft(
  most: number,
  at: number,
  parent: Parent | undefined,
  actor: ActorEvidence | undefined,
): number {
  const ofActor = actor?.own === undefined ? most : actor.own.claims.exp - at
  return Math.min(parent === undefined ? most : parent.claims.exp - at, ofActor)
}
