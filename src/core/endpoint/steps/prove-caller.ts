/**
 * Steps 4 and 5 of an exchange: who is asking. Verifies the subject token, the actor token at the
 * same time, and the proof of possession.
 */
import type { DpopProof } from '../../../protocol/dpop/check-proof.ts'
import { ok, type Result } from '../../../web/result.ts'
import type { Denial } from '../../denial.ts'
import type { VerifiedIdentity } from '../../evidence/identity.ts'
import type { UntrustedToken } from '../../evidence/peek.ts'
import { checkTokenProof } from '../../evidence/proof/check-proof.ts'
import { prove } from '../../evidence/prove.ts'
import type { Presented } from '../../grants/grant-type.ts'
import type { ExchangePorts } from '../../ports.ts'
import type { TrustView } from '../../trust-view.ts'
import { type ActorEvidence, joinActor, startActor } from '../actor.ts'
import type { Course, ExchangeSettings } from '../course.ts'
import { noteActor } from '../facts.ts'
import { type Parent, readOwnSubject } from '../own-subject.ts'
import type { ChosenIssuer } from './choose-issuer.ts'

type Question = {
  readonly token: UntrustedToken
  readonly presented: Presented
  readonly chosen: ChosenIssuer
  readonly view: TrustView
  /** The `DPoP` header, if there is one. */
  readonly dpop: string | undefined
  readonly settings: ExchangeSettings
}

export type ProvenCaller = {
  readonly identity: VerifiedIdentity
  /** The subject token, if it is a token of this gateway. */
  readonly parent: Parent | undefined
  readonly actor: ActorEvidence | undefined
  readonly proof: DpopProof | undefined
}

/** Throws `Unavailable` if keys of an issuer or the revocations cannot be loaded. */
export async function proveCaller(
  question: Question,
  course: Course,
  ports: ExchangePorts,
): Promise<Result<ProvenCaller, Denial>> {
  const { token, presented, chosen, view, dpop, settings } = question
  const { facts, evidence, receivedAt } = course
  const { issuer, trust, isOwn } = chosen
  const { presentation } = presented
  // Copying every port costs as much as a rule, and most requests do not need it.
  const givenAll = () => ({ ...settings, ...ports, presentation, view, receivedAt })
  const started =
    presented.actor && startActor(presented.actor, presented.assertion, trust, givenAll())
  const read = isOwn ? await readOwnSubject(token, givenAll(), receivedAt) : undefined
  if (read?.ok === false) return read
  const parent = read?.value
  const identity =
    parent === undefined
      ? await prove({
          token,
          issuer,
          presentation,
          view,
          receivedAt,
          gatewayIssuer: settings.gatewayIssuer,
          issuerKeysMaxStaleSeconds: settings.issuerKeysMaxStaleSeconds,
          refreshKeys: ports.refreshKeys,
          verifySignature: ports.verifySignature,
        })
      : ok(parent.identity)
  if (!identity.ok) return identity
  evidence.identity = identity.value
  evidence.profile = issuer.profile
  if (parent !== undefined) facts.parentTokenId = parent.claims.jti
  const joined = started && (await joinActor(started, identity.value, parent))
  if (joined?.ok === false) return joined
  const actor = joined?.value
  if (actor !== undefined) noteActor(facts, evidence, actor)
  const proven =
    dpop === undefined ? undefined : await checkTokenProof(dpop, givenAll(), receivedAt)
  course.nonce = proven?.nonce
  if (proven?.result.ok === false) return proven.result
  return ok({ identity: identity.value, parent, actor, proof: proven?.result.value })
}
