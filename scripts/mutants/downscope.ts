/** Mutants of the exchange of tokens of the gateway: the attacks EXC-07 and REV-05. */
import { type Mutant, mutant } from './mutant.ts'

const TESTS = 'test/core/endpoint/token-endpoint.downscope'
const subject = mutant('src/core/endpoint/own-subject.ts', 'core', TESTS)
const endpoint = mutant('src/core/endpoint/token-endpoint.ts', 'core', TESTS)
const choose = mutant('src/core/endpoint/steps/choose-issuer.ts', 'core', TESTS)
const prepare = mutant('src/core/endpoint/steps/prepare-token.ts', 'core', TESTS)
const narrow = mutant('src/core/policy/decide/narrow.ts', 'core', TESTS)
/** The dispatcher limits the lifetime too. The tools have only this limit. */
const offline = mutant('src/core/policy/decide/narrow.ts', 'core', 'test/analysis/own-tokens')
const issue = mutant('src/core/tokens/issue.ts', 'core', TESTS)
const render = mutant('src/core/policy/decide/render-grant.ts', 'core', TESTS)
const own = mutant(
  'src/core/policy/compile/issuers/own-issuer.ts',
  'core',
  'test/core/policy/compile/own-issuer',
)
const compile = mutant(
  'src/core/policy/compile/compile.ts',
  'core',
  'test/core/policy/compile/own-issuer',
)
const grant = mutant(
  'src/core/policy/compile/grant.ts',
  'core',
  'test/core/policy/compile/own-issuer',
)
const claims = mutant(
  'src/core/policy/compile/grant-claims.ts',
  'core',
  'test/core/policy/compile/own-issuer',
)
const target = mutant('src/core/policy/decide/find-target.ts', 'core', TESTS)
const uri = mutant('src/core/policy/language/uri-template.ts', 'core', TESTS)
const stored = mutant(
  'src/core/policy/compile/stored.ts',
  'core',
  'test/core/policy/compile/own-issuer',
)
const form = mutant(
  'src/core/policy/form/read-form.ts',
  'core',
  'test/core/policy/compile/own-issuer',
)
const profile = mutant(
  'src/core/providers/own-tokens.ts',
  'core',
  'test/core/policy/compile/own-issuer',
)
const index = mutant(
  'src/worker/caches/revocations/revocation-index.ts',
  'worker',
  'test/worker/caches/revocations/revocation-snapshot.descendants',
)
const ports = mutant(
  'src/worker/objects/durable-ports.ts',
  'worker',
  'test/worker/objects/revocations.contract',
)
const lineage = mutant(
  'src/protocol/revocations.ts',
  'worker',
  'test/worker/caches/revocations/revocation-snapshot.descendants',
)

export const DOWNSCOPE_MUTANTS: readonly Mutant[] = [
  subject('EXC-07 downscope: the typ', 'token.type !== ACCESS_TOKEN_TYP', 'false'),
  subject(
    'EXC-07 downscope: keys that are no longer published',
    'publishedRing(keyRing, at, maxTokenLifetimeSeconds)',
    'keyRing',
  ),
  subject(
    'ADM-03 downscope: an admin token',
    'if (isGatewayResource(claims.aud, gatewayIssuer))',
    'if (false)',
  ),
  subject(
    'EXC-07 downscope: malformed ancestors',
    'const ancestors = readAncestors(claims)',
    'const ancestors = readAncestors(claims) ?? []',
  ),
  subject('EXC-07 downscope: the length of a chain', 'length >= MAX_TOKEN_ANCESTORS', 'false'),
  subject(
    'EXC-07 downscope: the length of a chain, one more',
    'length >= MAX_TOKEN_ANCESTORS',
    'length > MAX_TOKEN_ANCESTORS',
  ),
  subject('REV-05 downscope: a revoked token', 'if (await isRevoked(revocable))', 'if (false)'),
  subject(
    'REV-05 downscope: the ancestors of the parent',
    'anc: [...ancestors, parent]',
    'anc: [parent]',
  ),
  subject(
    'REP-01 downscope: the mark of the chain',
    'first === undefined || first.jti === identity.tokenId',
    'true',
  ),
  subject(
    'REP-02 downscope: the end of the mark',
    'first.iat + MAX_TOKEN_LIFETIME_CEILING_SECONDS',
    'identity.expiresAt',
  ),
  choose('EXC-07 downscope: the issuer of the token', ' && token.issuer === gatewayIssuer', ''),
  choose(
    'EXC-07 downscope: the type of the token',
    "presentation === 'access_token' && token.issuer === gatewayIssuer",
    'token.issuer === gatewayIssuer',
  ),
  choose('ADM-03 downscope: the gateway as target', 'if (isOwn && isForGateway) {', 'if (false) {'),
  prepare(
    'EXC-07 downscope: the clock moves on',
    'Math.min(granted.lifetimeSeconds, left)',
    'granted.lifetimeSeconds',
  ),
  prepare('EXC-07 downscope: the second of the end', 'if (left <= 0)', 'if (left < 0)'),
  prepare(
    'EXC-07 downscope: the end of the parent',
    'if (left <= 0) return deny',
    'if (false) return deny',
  ),
  endpoint(
    'REP-01 downscope: what is marked',
    'parent === undefined ? identity : replayedOf(parent)',
    'identity',
  ),
  narrow('EXC-07 downscope: deny rules', 'if (denying !== undefined)', 'if (false)'),
  narrow('REV-03 downscope: rules of the chain', 'if (ended !== undefined)', 'if (false)'),
  narrow(
    'REV-03 downscope: rules of ancestors',
    '...ancestors.map(({ client_id }) => client_id),',
    '',
  ),
  narrow('REV-03 downscope: an ended rule', '&& rule.expiresAt > at', ''),
  narrow('REV-03 downscope: an observing rule', "rule.mode === 'enforce' && ", ''),
  offline(
    'EXC-07 downscope: the lifetime of the parent',
    'Math.min(conclusion.lifetimeSeconds, left)',
    'conclusion.lifetimeSeconds',
  ),
  narrow('EXC-07 downscope: scopes of the parent', 'parent.scopes.includes(scope) && ', ''),
  narrow('REV-03 downscope: scopes of the rule', ' && grant.scopes.includes(scope)', ''),
  narrow(
    'EXC-07 downscope: the default scopes',
    'wantedScopes(parent, request)',
    'wantedScopes(grant, request)',
  ),
  narrow(
    'EXC-07 downscope: the resource of the rule',
    'grant?.resource !== resource.uri || isOther',
    'grant === undefined || isOther',
  ),
  narrow(
    'EXC-07 downscope: the way back',
    'if (held.some((one) => isNameOf(question.resource, one))) {',
    'if (false) {',
  ),
  narrow(
    'EXC-07 downscope: the way back by another name',
    'isNameOf(question.resource, one)',
    'one === question.resource.audience',
  ),
  narrow(
    'EXC-07 downscope: the resource itself by another name',
    'aud === undefined ? left : [...left, aud]',
    'left',
  ),
  narrow(
    'EXC-07 downscope: the audience is no URI',
    'parent.aud === resource.audience',
    'parent.aud === resource.uri',
  ),
  narrow(
    'MAP-05 downscope: the form of a kept subject',
    'const fault = findFault(subject, question.resource.subject)',
    'const fault = undefined',
  ),
  narrow(
    'MAP-05 downscope: the form of the subject of a narrower token',
    'if (refused !== undefined || findFault(subject, resource.subject) !== undefined) {',
    'if (refused !== undefined) {',
  ),
  narrow('MAP-05 downscope: the length of a kept subject', 'if (length <= limit)', 'if (true)'),
  uri('MAP-05 downscope: a SPIFFE ID has no escapes', "uriFormOf(text) === 'uri'", 'true'),
  target(
    'EXC-07 downscope: a request without a resource',
    'if (issuer === trust.own?.issuer) {',
    'if (false) {',
  ),
  render('EXC-07 downscope: the subject', 'if (issuerName === undefined) return subject', ''),
  issue('EXC-07 downscope: the origin', 'origin: issuance.descent?.origin ?? {', 'origin: {'),
  own(
    'ISS-01 downscope: the reserved name',
    'if (isStored || !Object.hasOwn(issuers, OWN_ISSUER)) return',
    'if (true) return',
  ),
  own(
    'ISS-01 downscope: a declared issuer',
    'own === undefined || issuers.has(OWN_ISSUER)',
    'own === undefined',
  ),
  compile(
    'ADM-03 downscope: rules of the policy',
    "kind === 'policy' ? undefined : createOwnIssuer",
    'createOwnIssuer',
  ),
  compile(
    'ISS-01 downscope: rules of a declared issuer',
    'issuers.has(OWN_ISSUER) ? [] : (rules.get(OWN_ISSUER) ?? [])',
    'rules.get(OWN_ISSUER) ?? []',
  ),
  grant(
    'MAP-02 downscope: a subject',
    'table.profile.keepsSubject === true && grant.subject',
    'false && grant.subject',
  ),
  grant(
    'OUT-01 downscope: a rule for JWT-SVIDs',
    'table.profile.keepsSubject === true && resource.typ',
    'false && resource.typ',
  ),
  claims('MAP-02 downscope: the ancestors', "return name === 'anc'", 'return false'),
  stored('RULE-01 downscope: a lost deny rule', 'names.has(OWN_ISSUER)', 'false'),
  form(
    'RULE-01 downscope: a lost deny rule in a form',
    'isClosed: head.closed.includes(OWN_ISSUER)',
    'isClosed: false',
  ),
  form('REV-03 downscope: names with one hash', '.find((rule) => rule.name === name)', '.at(0)'),
  profile('LINT-01 downscope: whose tokens', "tenancy: 'shared'", "tenancy: 'self_hosted'"),
  index(
    'REV-05 the ancestors in the published set',
    'if (token.anc === undefined) return judge(token)',
    'return judge(token)',
  ),
  index('REV-05 one answer of several', '(await Promise.all(answers)).includes(true)', 'false'),
  ports('REV-05 the ancestors in the log', 'lineageOf(token).map((one) =>', '[token].map((one) =>'),
  lineage('REV-05 the time of an ancestor', 'iat: one.iat,', 'iat,'),
  lineage('REV-05 the rule of an ancestor', 'client_id: one.client_id,', 'client_id,'),
  subject(
    'EXC-07 downscope: the length of a chain without actors',
    'ancestors.filter(({ actor }) => actor !== true)\n  if',
    'ancestors\n  if',
  ),
  subject(
    'REP-01 downscope: the first token of a chain is no actor',
    'descent.anc.find(({ actor }) => actor !== true)',
    'descent.anc[0]',
  ),
]
