/**
 * Compares the access of two versions of a rule, issuer or resource, each by itself. What another rule
 * grants instead is not considered: the replay of recorded decisions shows that.
 */
import type {
  Budget,
  Grant,
  Resource,
  Rule,
  TrustedIssuer,
} from '../../core/policy/compile/compiled.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import { canonicalResource } from '../../protocol/resource-uri.ts'
import { matchesImply } from './conditions-imply.ts'
import {
  both,
  compareEqual,
  compareNumbers,
  compareSets,
  type Relation,
  SAME,
  UNPROVEN,
} from './relation.ts'

/** A deny rule takes access away, and a rule in `mode: observe` does nothing. */
export const ACCESS = { deny: -1, none: 0, allow: 1 } as const

export function accessOf({ mode, grant }: Rule): number {
  if (mode === 'observe') return ACCESS.none
  return grant === undefined ? ACCESS.deny : ACCESS.allow
}

export function compareRules(before: Rule, after: Rule): Relation {
  const [old, young] = [accessOf(before), accessOf(after)]
  if (old !== young || young === ACCESS.none) return compareNumbers(old, young)
  const denies = young === ACCESS.deny
  const matches: Relation = {
    keepsAll: matchesImply(before, after, denies),
    addsNothing: matchesImply(after, before, denies),
  }
  const ends = compareNumbers(before.expiresAt, after.expiresAt)
  const matching = both(matches, ends)
  // The less a deny rule matches, the more is allowed.
  if (denies) return { keepsAll: matching.addsNothing, addsNothing: matching.keepsAll }
  return both(matching, compareGrants(before.grant, after.grant))
}

const REPLAY = { once: 0, once_per_resource: 1, reuse: 2 } as const

function compareGrants(before: Grant | undefined, after: Grant | undefined): Relation {
  if (before === undefined || after === undefined) return SAME
  return both(
    compareEqual(contentOf(before), contentOf(after)),
    compareSets(before.scopes, after.scopes),
    compareNumbers(before.lifetimeSeconds, after.lifetimeSeconds),
    compareNumbers(REPLAY[before.replay], REPLAY[after.replay]),
    compareBudgets(before.budget, after.budget),
  )
}

/** A budget refuses tokens without its claim. One that only alerts refuses nothing else. */
function compareBudgets(before: Budget | undefined, after: Budget | undefined): Relation {
  if (before !== undefined && after !== undefined && !samePath(before.path, after.path)) {
    return UNPROVEN
  }
  const tokensWithoutClaim = (one: typeof before) => (one === undefined ? 1 : 0)
  const limit = (one: typeof before) =>
    one?.onExcess === 'deny' ? one.grants : Number.POSITIVE_INFINITY
  return both(
    compareNumbers(tokensWithoutClaim(before), tokensWithoutClaim(after)),
    compareNumbers(limit(before), limit(after)),
  )
}

/** What consumers of the tokens read. Another content is neither more nor less. */
export function contentOf({ resource, subject, maxSubjectBytes, claims }: Grant): unknown {
  return [resource, subject, maxSubjectBytes, claims]
}

export function compareIssuers(before: TrustedIssuer, after: TrustedIssuer): Relation {
  const identityOf = (issuer: TrustedIssuer) => [
    issuer.url,
    issuer.profile.id,
    issuer.audience,
    issuer.trustDomain,
    issuer.keySource,
    issuer.uploadedKeys === undefined,
  ]
  const keysOf = ({ uploadedKeys = [] }: TrustedIssuer) =>
    uploadedKeys.map((key) => JSON.stringify(key))
  return both(
    compareEqual(identityOf(before), identityOf(after)),
    compareSets(before.accepts, after.accepts),
    compareSets(before.keyHosts, after.keyHosts),
    compareSets(keysOf(before), keysOf(after)),
    compareNumbers(before.uploadedKeysEnd, after.uploadedKeysEnd),
  )
}

/** The requests that a resource takes: with a proof of possession, without one, or both. */
const TAKEN = {
  optional: ['proof', 'none'],
  required: ['proof'],
  none: ['none'],
} as const

export function compareResources(before: Resource, after: Resource): Relation {
  const contentOfTokens = ({
    audience,
    subject,
    algorithm,
    typ,
    preset,
    trustDomain,
  }: Resource) => [audience, subject, algorithm, typ, preset, trustDomain]
  return both(
    compareEqual(contentOfTokens(before), contentOfTokens(after)),
    compareSets(before.scopes, after.scopes),
    // A request finds the resource under each spelling of a name.
    compareSets(
      before.alsoKnownAs.map(canonicalResource),
      after.alsoKnownAs.map(canonicalResource),
    ),
    compareSets(TAKEN[before.proofOfPossession], TAKEN[after.proofOfPossession]),
    compareNumbers(before.maxLifetimeSeconds, after.maxLifetimeSeconds),
  )
}
