/**
 * Whether a rule is for a request with this actor, and what limits an actor besides the rules. The
 * actor is the holder of the `actor_token`: the party that acts for the subject (RFC 8693 §1.1).
 */
import { type ActorName, nestActors, readActors } from '../../../protocol/token.ts'
import { isJsonObject, type JsonObject } from '../../../web/json.ts'
import type { Rule } from '../compile/compiled.ts'
import { OWN_ISSUER } from '../compile/issuers/own-name.ts'
import type { ActorDenial, GrantedToken } from '../decide/conclude.ts'
import { holds } from '../decide/conditions.ts'
import type { Actor } from '../decide/decision-request.ts'
import { MAX_ACTORS } from './limits.ts'

/**
 * Whether the rule is for this request. A rule with `acting_as` needs an actor that meets it. A deny
 * rule without it is for every request. An allow rule without it is only for requests without an
 * actor: rules that were written before there were actors must grant them nothing.
 */
export function speaksFor(rule: Rule, claims: JsonObject, actor: Actor | undefined): boolean {
  const { actingAs, grant } = rule
  if (actingAs === undefined) {
    return grant === undefined || (actor === undefined && !isDelegated(rule, claims))
  }
  if (actor?.issuerName !== actingAs.from) return false
  const denies = grant === undefined
  return actingAs.conditions.every((condition) => holds(condition, actor.claims, denies))
}

/**
 * Whether the subject token already names an actor. Its holder must prove again that it is one, with
 * an actor token. Otherwise it would get what the subject itself gets.
 */
function isDelegated({ from }: Pick<Rule, 'from'>, { act }: JsonObject): boolean {
  return from === OWN_ISSUER && act !== undefined
}

/** Claims that say nothing about who the actor is (RFC 8693 §4.4). */
const NO_IDENTITY = ['exp', 'nbf', 'iat', 'aud', 'jti']

/**
 * Whether the subject token names this actor in `may_act` (RFC 8693 §4.4), if it has that claim. Each
 * member must equal the claim of the actor token. Without `iss`, the actor must be of the subject's
 * issuer, whose URL is `iss`. Otherwise the same name at another issuer would be accepted (ISS-02).
 */
export function isNamed({ may_act: named }: JsonObject, iss: string, actor: Actor): boolean {
  if (named === undefined) return true
  if (!isJsonObject(named)) return false
  const members = Object.entries({ iss, ...named }).filter(([name]) => !NO_IDENTITY.includes(name))
  const claims: JsonObject = { ...actor.claims, iss: actor.issuer, sub: actor.subject }
  return (
    members.length > 1 &&
    members.every(([name, value]) => typeof value === 'string' && value === claims[name])
  )
}

/**
 * Returns the claim `act` of the token, for a conclusion of any kind. `former` has the claims of the
 * subject token if it is one of this gateway: only its `act` is kept (EXC-08).
 */
export function withActors<Granted extends GrantedToken & { readonly kind: 'granted' }>(
  granted: Granted,
  actor: Actor | undefined,
  former: JsonObject | undefined,
): Granted | ActorDenial {
  if (actor === undefined && former?.act === undefined) return granted
  const before = readActors(former?.act) ?? []
  const actors = actor === undefined ? before : actorsWith(actor, before)
  if (actors.length > MAX_ACTORS) {
    const length = actors.length
    return { kind: 'denied', reason: 'actor_chain_too_long', length, limit: MAX_ACTORS }
  }
  return { ...granted, act: nestActors(actors) }
}

/** An actor that proves itself again is the same actor. */
function actorsWith({ issuer, subject }: Actor, before: readonly ActorName[]) {
  const [current] = before
  const isSame = current?.iss === issuer && current.sub === subject
  return isSame ? before : [{ iss: issuer, sub: subject }, ...before]
}
