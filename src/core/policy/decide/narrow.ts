/**
 * Decides what the holder of a token of this gateway gets: a narrower token for the same resource
 * without any rule, or a token for another resource or for an actor by a rule `from: self`. Nothing
 * grows along the chain: not the lifetime, and not the scopes at one resource. A deny rule
 * `from: self` refuses all of them.
 */

import { splitScopes } from '../../../protocol/scope.ts'
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import { ancestorsOf, SVID_TYP } from '../../../protocol/token.ts'
import type { JsonObject } from '../../../web/json.ts'
import type { OwnTokens, Rule, SubjectForm } from '../compile/compiled.ts'
import { isNameOf } from '../compile/resource-uri.ts'
import { findRenderedFault } from '../consumer/check-grant.ts'
import { countBytes, longestOf } from '../language/template.ts'
import { isRenderedUri, uriFormOf } from '../language/uri-template.ts'
import { type Conclusion, conclude, type MatchedQuestion } from './conclude.ts'
import { wantedScopes } from './wanted-scopes.ts'

/** What is read from the token. The gateway has verified all of it. A tool may know only a part. */
type Parent = {
  readonly aud: string | undefined
  readonly exp: number | undefined
  readonly scopes: readonly string[]
  /** The names of the rules that granted the token and its ancestors. */
  readonly rules: readonly string[]
  /** The audiences of its ancestors. */
  readonly left: readonly string[]
}

function readParent(claims: JsonObject): Parent {
  const { aud, exp, scope, client_id: rule } = claims
  const ancestors = ancestorsOf(claims)
  return {
    aud: typeof aud === 'string' ? aud : undefined,
    exp: typeof exp === 'number' ? exp : undefined,
    scopes: typeof scope === 'string' ? splitScopes(scope) : [],
    rules: [
      ...ancestors.map(({ client_id }) => client_id),
      ...(typeof rule === 'string' ? [rule] : []),
    ],
    left: ancestors.filter(({ actor }) => actor !== true).map(({ aud }) => aud),
  }
}

/** Claims that each token gets anew. All others are carried over to a token for the same resource. */
const SET_ANEW: ReadonlySet<string> = new Set(
  'iss sub aud exp nbf iat jti client_id scope origin rev anc act cnf status'.split(' '),
)

/** The part of the decision that is the same for a verified token and for claims of one. */
export function concludeOwn({ ruleNamed }: OwnTokens, question: MatchedQuestion): Conclusion {
  const { claims, matching, resource, request, at } = question
  const denying = matching.find(({ mode, grant }) => mode === 'enforce' && grant === undefined)
  if (denying !== undefined) return { kind: 'denied', reason: 'rule_denied', rule: denying }
  // The subject is kept, and no token of this gateway that is accepted here has a subject in the trust
  // domain of the gateway (OUT-01).
  if (resource.typ === SVID_TYP) return { kind: 'denied', reason: 'no_rule_matched' }
  const parent = readParent(claims)
  const left = (parent.exp ?? Number.POSITIVE_INFINITY) - at
  if (left <= 0) return { kind: 'denied', reason: 'token_expired', exp: at + left, now: at }
  // A rule that was removed issues nothing more, and neither do the tokens that it granted (REV-03).
  const ended = parent.rules.find((name) => !isInForce(ruleNamed(name), at))
  if (ended !== undefined) return { kind: 'denied', reason: 'granting_rule_ended', name: ended }
  const granting = ruleNamed(parent.rules.at(-1) ?? '')
  const isSame = parent.aud === resource.audience
  const conclusion = !isSame
    ? exchange(parent, question)
    : request.actor === undefined
      ? narrow(granting, parent, question)
      : delegate(granting, parent, question)
  if (conclusion.kind === 'denied') return conclusion
  return { ...conclusion, lifetimeSeconds: Math.min(conclusion.lifetimeSeconds, left) }
}

/** Whether a rule still grants something. `at` is in epoch seconds. */
export function isInForce(rule: Rule | undefined, at: number): boolean {
  return rule?.grant !== undefined && rule.mode === 'enforce' && rule.expiresAt > at
}

/** The same resource: the rule that granted the token decides how far, but never beyond the token. */
function narrow(
  rule: Rule | undefined,
  parent: Parent,
  { claims, subject = '', resource, request }: MatchedQuestion,
): Conclusion {
  const grant = rule?.grant
  const isOther = request.rule !== undefined && request.rule !== rule?.name
  if (rule === undefined || grant?.resource !== resource.uri || isOther) {
    return { kind: 'denied', reason: 'no_rule_matched' }
  }
  // The document may have changed since the token was issued.
  const kept = pick(claims, (claim) => !SET_ANEW.has(claim))
  const { preset } = resource
  const refused = preset && findRenderedFault(preset, subject, kept)
  if (refused !== undefined || findFault(subject, resource.subject) !== undefined) {
    return { kind: 'denied', reason: 'no_rule_matched' }
  }
  const scopes = wantedScopes(parent, request)
  const isHeld = (scope: string) => parent.scopes.includes(scope) && grant.scopes.includes(scope)
  if (scopes.length === 0 || !scopes.every(isHeld)) {
    return { kind: 'denied', reason: 'scope_not_granted' }
  }
  return {
    kind: 'granted',
    isNarrowing: true,
    rule,
    // The mark of a platform's token was made, and its job was counted, when this token was issued.
    grant: { ...grant, replay: 'reuse', budget: undefined },
    subject,
    claims: kept,
    scopes,
    lifetimeSeconds: Math.min(
      request.lifetimeSeconds ?? Number.POSITIVE_INFINITY,
      grant.lifetimeSeconds,
      resource.maxLifetimeSeconds,
    ),
  }
}

/** Another resource: a rule `from: self` decides, with an actor or without. */
function exchange({ aud, left }: Parent, question: MatchedQuestion): Conclusion {
  // Otherwise a chain could win back the scopes that it gave up at this resource (EXC-07). The token
  // itself has another name of the resource as `aud` if the document has changed since.
  const held = aud === undefined ? left : [...left, aud]
  if (held.some((one) => isNameOf(question.resource, one))) {
    return { kind: 'denied', reason: 'resource_left' }
  }
  return concludeKept(question)
}

/**
 * An actor at the same resource: a rule `from: self` decides, but never beyond the token and the rule
 * that granted it.
 */
function delegate(
  granting: Rule | undefined,
  parent: Parent,
  question: MatchedQuestion,
): Conclusion {
  const { resource, request } = question
  const grant = granting?.grant
  if (grant?.resource !== resource.uri) return { kind: 'denied', reason: 'no_rule_matched' }
  const held = parent.scopes.filter((scope) => grant.scopes.includes(scope))
  if (request.scopes?.every((scope) => held.includes(scope)) === false) {
    return { kind: 'denied', reason: 'scope_not_granted' }
  }
  const conclusion = concludeKept({
    ...question,
    request: { ...request, scopesWithin: held },
  })
  if (conclusion.kind === 'denied') return conclusion
  const lifetimeSeconds = Math.min(conclusion.lifetimeSeconds, grant.lifetimeSeconds)
  return { ...conclusion, lifetimeSeconds }
}

/** Concludes from rules `from: self`, which keep the subject. */
function concludeKept(question: MatchedQuestion): Conclusion {
  const conclusion = conclude(question, undefined)
  if (conclusion.kind === 'denied') return conclusion
  const { rule, subject } = conclusion
  const fault = findFault(subject, question.resource.subject)
  if (fault !== undefined) return { kind: 'denied', reason: 'template_unrenderable', rule, fault }
  return conclusion
}

/** The kept subject may not have the form that the resource demands of its subjects. */
function findFault(
  subject: string,
  { kind, maxBytes }: SubjectForm,
): UnrenderableTemplate | undefined {
  const isUri = kind === 'uri'
  if (isUri && !isRenderedUri(subject)) return { template: 'subject', cause: 'unusable' }
  const limit = maxBytes ?? longestOf(isUri ? uriFormOf(subject) : undefined)
  const length = countBytes(subject)
  if (length <= limit) return undefined
  return { template: 'subject', cause: 'result_too_long', length, limit }
}

function pick(claims: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => isWanted(name)))
}
