/** Mutants of delegation: who may act for whom, and what an actor gets (EXC-03, EXC-07, EXC-08). */
import { type Mutant, mutant } from './mutant.ts'

const TESTS = 'test/core/endpoint/token-endpoint.actor'
const acting = mutant('src/core/policy/actors/acting.ts', 'core', TESTS)
const actor = mutant('src/core/endpoint/actor.ts', 'core', TESTS)
const shown = mutant('src/core/endpoint/actor.ts', 'core', 'test/core/endpoint/denials.vectors')
const prove = mutant('src/core/endpoint/steps/prove-caller.ts', 'core', TESTS)
const decide = mutant('src/core/endpoint/steps/decide-token.ts', 'core', TESTS)
const narrow = mutant('src/core/policy/decide/narrow.ts', 'core', TESTS)
const evaluate = mutant('src/core/policy/decide/evaluate.ts', 'core', TESTS)
const own = mutant('src/core/endpoint/own-subject.ts', 'core', TESTS)
const issue = mutant('src/core/tokens/issue.ts', 'core', TESTS)
const compile = mutant(
  'src/core/policy/compile/rule.ts',
  'core',
  'test/core/policy/compile/acting-as',
)
const lint = mutant('src/analysis/lint/lint.ts', 'analysis', 'test/analysis/acting')
const overlaps = mutant('src/analysis/lint/checks/overlaps.ts', 'analysis', 'test/analysis/acting')
const implied = mutant('src/analysis/diff/conditions-imply.ts', 'analysis', 'test/analysis/acting')
const access = mutant('src/analysis/access.ts', 'analysis', 'test/analysis/acting')
const kinds = mutant('src/core/evidence/token-kinds.ts', 'core', 'test/core/grants/txn-token')
const txn = mutant('src/core/evidence/allowance.ts', 'core', 'test/core/grants/txn-token')
const revocations = mutant(
  'src/protocol/revocations.ts',
  'worker',
  'test/worker/caches/revocations/revocation-snapshot.descendants',
)
const verifier = mutant('src/verify/claims.ts', 'node', 'test/verify/actor')
const options = mutant('src/verify/options.ts', 'node', 'test/verify/actor')
const token = mutant('src/protocol/token.ts', 'core', 'test/core/endpoint/render-forward')

export const ACTOR_MUTANTS: readonly Mutant[] = [
  acting(
    'EXC-07 actor: a rule without acting_as, and an actor',
    '(actor === undefined && !isDelegated(rule, claims))',
    '!isDelegated(rule, claims)',
  ),
  acting(
    'EXC-07 actor: a token that names an actor, and a rule for the subject',
    'actor === undefined && !isDelegated(rule, claims)',
    'actor === undefined',
  ),
  acting('EXC-07 actor: a deny rule without acting_as', 'grant === undefined || (actor', '(actor'),
  acting(
    'EXC-07 actor: the issuer of the actor',
    'actor?.issuerName !== actingAs.from',
    'actor === undefined',
  ),
  acting(
    'EXC-07 actor: the conditions on the actor',
    'actingAs.conditions.every((condition) => holds(condition, actor.claims, denies))',
    'denies || !denies',
  ),
  acting(
    'RULE-03 actor: a deny rule compares the actor by content',
    'holds(condition, actor.claims, denies)',
    'holds(condition, actor.claims)',
  ),
  acting('EXC-08 actor: a may_act without a name', 'members.length > 1', 'true'),
  acting(
    'ISS-02 actor: the issuer that a may_act leaves out',
    'Object.entries({ iss, ...named })',
    'Object.entries({ iss: actor.issuer, ...named })',
  ),
  acting('EXC-08 actor: the members of a may_act', 'value === claims[name]', 'true'),
  acting('EXC-07 actor: the number of actors', 'actors.length > MAX_ACTORS', 'false'),
  acting(
    'EXC-07 actor: the actors before',
    '[{ iss: issuer, sub: subject }, ...before]',
    '[{ iss: issuer, sub: subject }]',
  ),
  acting(
    'EXC-07 actor: the same actor again',
    'return isSame ? before',
    'return before.length < 0 ? before',
  ),
  evaluate(
    'EXC-08 actor: may_act',
    'actor !== undefined && !isNamed(claims, issuer.url, actor)',
    'false',
  ),
  evaluate(
    'EXC-08 actor: an act of a platform',
    'withActors(conclusion, actor, isOwn ? claims : undefined)',
    'withActors(conclusion, actor, claims)',
  ),
  evaluate(
    'EXC-07 actor: rules that are not for the actor',
    ' || !speaksFor(rule, claims, request.actor)',
    '',
  ),
  actor(
    'EXC-03 actor: the same token with another signature',
    'signedPartOf(actor.token) === signedPartOf(assertion)',
    'actor.token === assertion',
  ),
  actor(
    'EXC-03 actor: the same issuer and id',
    '(isSame && identity.tokenId !== undefined)',
    'false',
  ),
  actor('EXC-03 actor: a token of the same chain', '|| isOfOneChain(parent, own)', ''),
  actor(
    'EXC-08 actor: an actor of the actor',
    'if (identity.claims.act !== undefined)',
    'if (false)',
  ),
  shown(
    'EXC-03 actor: a presentation that the issuer may not use',
    'if (refused !== undefined)',
    'if (false)',
  ),
  actor(
    'REV-05 actor: the token of the actor as an ancestor',
    'if (actor?.own === undefined)',
    'if (actor !== undefined || actor === undefined)',
  ),
  actor('EXC-07 actor: the end of the token of the actor', 'actor.own.claims.exp - at', 'most'),
  actor(
    'EXC-07 actor: ancestors of the actor are no steps of the chain',
    '    actor: true as const,\n',
    '',
  ),
  decide('EXC-07 actor: the actor reaches the rules', 'actor: actor?.identity,', ''),
  prove('EXC-03 actor: a refused actor token', 'if (joined?.ok === false) return joined', ''),
  own(
    'EXC-08 actor: an act of another form',
    'if (readActors(claims.act) === undefined)',
    'if (false)',
  ),
  narrow('EXC-07 actor: the scopes of the token', '{ ...request, scopesWithin: held }', 'request'),
  narrow(
    'EXC-07 actor: requested scopes beyond the token',
    'request.scopes?.every((scope) => held.includes(scope)) === false',
    'false',
  ),
  narrow(
    'EXC-07 actor: scopes that the granting rule does not grant',
    'parent.scopes.filter((scope) => grant.scopes.includes(scope))',
    'parent.scopes',
  ),
  issue(
    'EXC-08 actor: the claim act',
    '...(issuance.act === undefined ? {} : { act: issuance.act }),',
    '',
  ),
  compile(
    'LINT-01 actor: the tenant of the actor',
    "if (effect !== 'deny') checkTenant(conditions, table.profile, at, report)",
    '',
  ),
  lint(
    'LINT-31 actor: the findings about an actor',
    "member === 'when' || member === 'from'",
    'member === undefined',
  ),
  overlaps(
    'LINT-33 actor: rules for other actors',
    'if (!areActorsCovered(broad, narrow)) return false',
    '',
  ),
  implied(
    'LINT-33 actor: the effect of acting_as',
    'if (wanted === undefined) return denies || given === undefined',
    'if (wanted === undefined) return true',
  ),
  access(
    'LINT-33 actor: what a holder gets only through an actor',
    'traced.isCertain && rule.actingAs === undefined',
    'traced.isCertain',
  ),
  kinds(
    'OUT-01 actor: a transaction token under another type',
    'return [TXN_TYP]',
    'return [TXN_TYP, null, ACCESS_TOKEN_TYP, ...profile.types]',
  ),
  kinds(
    'OUT-01 actor: a transaction token of any issuer',
    "presentation === 'access_token' || presentation === 'txn_token'",
    "presentation === 'access_token'",
  ),
  txn(
    'EXC-04 actor: a transaction token without a scope',
    "findTextFault(claims, 'txn', 'req_wl', 'scope')",
    "findTextFault(claims, 'txn', 'req_wl')",
  ),
  revocations(
    'REV-03 actor: the names of the actors',
    '(readActors(act) ?? [])',
    '(readActors(undefined) ?? [])',
  ),
  revocations(
    'REV-05 actor: the subject does not own the token of the actor',
    "one.actor === true ? { sub: '', origin: one.origin ?? NOBODY } : subject",
    'subject',
  ),
  verifier(
    'EXC-08 actor: a token without an actor',
    "throw invalidToken('actor_missing')",
    'return',
  ),
  verifier(
    'EXC-08 actor: a token with an actor',
    "throw invalidToken('actor_forbidden')",
    'return',
  ),
  verifier(
    'EXC-08 actor: an actor that cannot be read',
    "if (actors === undefined) throw invalidToken('claim_invalid')",
    'if (actors === undefined) return []',
  ),
  options(
    'EXC-08 actor: a narrower verifier keeps the demand',
    "actor === 'optional' ? settings.actor : actor",
    'actor',
  ),
  token(
    'EXC-11 actor: the separators of the header',
    '[^\\x21-\\x24\\x26-\\x2b\\x2d-\\x7e]+',
    '[^\\x21-\\x24\\x26-\\x7e]+',
  ),
]
