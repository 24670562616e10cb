/**
 * The checks that matter, each with a change that takes it away. Some test must fail then; a check
 * whose absence nobody notices is one that a later change can lose.
 */

import { ADMIN_MUTANTS } from './admin.ts'
import { CANARY_MUTANTS } from './canary.ts'
import { CLI_MUTANTS } from './cli.ts'
import { CLIENT_MUTANTS } from './client.ts'
import { DECISION_MUTANTS } from './decision.ts'
import { EDGE_MUTANTS } from './edge.ts'
import { LINT_MUTANTS } from './lint.ts'
import { MORE_MUTANTS } from './more.ts'
import { type Mutant, mutant } from './mutant.ts'
import { PLATFORM_MUTANTS } from './platform.ts'
import { RULE_MUTANTS } from './rules.ts'
import { STATE_MUTANTS } from './state.ts'
import { WIRE_MUTANTS } from './wire.ts'

const peek = mutant('src/core/subject/peek.ts', 'core', 'test/core/subject test/core/denials')
const verify = mutant(
  'src/core/subject/verify.ts',
  'core',
  'test/core/subject test/core/denials test/core/exchange.spiffe',
)
const json = mutant('src/core/subject/strict-json.ts', 'core', 'test/core/subject')
const identity = mutant(
  'src/core/subject/identity.ts',
  'core',
  'test/core/subject test/core/rules/evaluate',
)
const keys = mutant('src/core/subject/keys.ts', 'core', 'test/core/subject')
const keySet = mutant('src/core/issuer-keys.ts', 'core', 'test/core/issuer-keys')
const publicKey = mutant('src/core/public-key.ts', 'core', 'test/core/issuer-keys')
const curve = mutant('src/core/public-key.ts', 'core', 'test/core/subject/keys')
const findKey = mutant('src/core/find-key.ts', 'core', 'test/core/exchange test/core/denials')
const form = mutant('src/core/request/form.ts', 'core', 'test/core/request test/core/denials')
const parse = mutant('src/core/request/parse.ts', 'core', 'test/core/request test/core/denials')
const exchange = mutant('src/core/exchange.ts', 'core', 'test/core/exchange test/core/denials')
const replay = mutant('src/core/subject/replay-key.ts', 'core', 'test/core/exchange.replay')
const template = mutant('src/core/template.ts', 'core', 'test/core/template test/core/attacks')
const issuerUrl = mutant(
  'src/core/rules/issuer-url.ts',
  'core',
  'test/core/rules/compile test/core/attacks',
)
const issuers = mutant(
  'src/core/rules/compile-issuer.ts',
  'core',
  'test/core/rules/compile test/core/rules/lint test/core/attacks',
)
const conditions = mutant('src/core/rules/conditions.ts', 'core', 'test/core/rules/evaluate')
const choose = mutant('src/core/rules/evaluate.ts', 'core', 'test/core/rules/evaluate')
const fetching = mutant('src/worker/durable/fetch-issuer-keys.ts', 'worker', 'test/worker/durable')
const keeping = mutant(
  'src/worker/durable/issuer-keys.ts',
  'worker',
  'test/worker/durable test/worker/routes/admin-issuers',
)
const ledger = mutant('src/worker/durable/replay-ledger.ts', 'worker', 'test/worker/durable/replay')
const limits = mutant('src/worker/rate-limits.ts', 'worker', 'test/worker/rate-limits')
const connection = mutant('src/worker/connection.ts', 'worker', 'test/worker/rate-limits')
const admin = mutant(
  'src/worker/middleware/admin-auth.ts',
  'worker',
  'test/worker/routes/admin test/worker/attacks/output',
)
const forward = mutant('src/core/forward-auth.ts', 'core', 'test/core/forward-auth')
const question = mutant(
  'src/core/request/forward-question.ts',
  'core',
  'test/core/request/forward-question',
)
const yes = mutant('src/core/request/render-forward.ts', 'core', 'test/core/request/render-forward')
const place = mutant('src/worker/locate.ts', 'worker', 'test/worker/routes/verify')

export const MUTANTS: readonly Mutant[] = [
  ...MORE_MUTANTS,
  ...PLATFORM_MUTANTS,
  ...STATE_MUTANTS,
  ...CLIENT_MUTANTS,
  ...DECISION_MUTANTS,
  peek('TOK-14 size of a token', 'raw.length > MAX_SUBJECT_TOKEN_BYTES', 'false'),
  peek('TOK-14 size of a header', 'header64.length > MAX_JOSE_HEADER_BYTES', 'false'),
  peek('TOK-10 canonical base64url', '!isCanonical || signature64', 'signature64'),
  peek(
    'TOK-04 TOK-07 TOK-08 refused headers',
    'REFUSED_HEADERS.some((name) => Object.hasOwn(header, name))',
    'false',
  ),
  peek('TOK-05 kid as payload', 'kid !== undefined && !isKeyId(kid)', 'false'),
  verify('TOK-12 signature', '!(await hasValidSignature(token, key))', 'false'),
  verify('TOK-16 CLM-15 kind of token', '!profile.types.includes(token.type)', 'false'),
  verify('CLM-09 CLM-10 issuer', 'claims.iss !== issuer.url', 'false'),
  verify('CLM-06 audience', '!isSoleAudience(claims.aud, issuer.audience)', 'false'),
  verify(
    'CLM-07 sole audience',
    'aud.length === 1 && aud[0] === expected',
    'aud.includes(expected)',
  ),
  verify('ISS-06 SP-06 trust domain', '!isSpiffeId(sub, issuer.trustDomain)', 'false'),
  verify('EXC-09 bound tokens', 'claims.cnf !== undefined', 'false'),
  verify('CLM-11 subject', "typeof sub !== 'string' || sub === ''", 'false'),
  verify('CLM-11 control characters', '!isReadableText(sub)', 'false'),
  verify('CLM-01 missing times', 'claims[name] === undefined) return', 'false) return'),
  verify(
    'CLM-02 strange times',
    'claims[name] !== undefined && !isNumericDate(claims[name])',
    'false',
  ),
  verify('CLM-05 expiry', 'exp <= receivedAt - CLOCK_LEEWAY_SECONDS', 'false'),
  verify('CLM-04 future', 'Math.max(iat, nbf) > receivedAt + CLOCK_LEEWAY_SECONDS', 'false'),
  verify('CLM-03 lifetime', 'exp - iat > profile.maxLifetimeSeconds', 'false'),
  verify(
    'CLM-12 claims of the provider',
    "claim.class === 'required' && readClaim",
    'false && readClaim',
  ),
  verify(
    'K8-03 RULE-11 subject of the provider',
    "parts.includes(undefined) || parts.join('') !== sub",
    'false',
  ),
  json('TOK-14 depth and members', 'depth > MAX_JSON_DEPTH', 'false'),
  json('TOK-14 members', 'members > MAX_JSON_MEMBERS', 'false'),
  json('TOK-09 duplicates', 'if (counted === members) return', 'if (members >= 0) return'),
  json(
    'TOK-15 top-level object',
    "!isObject(value)) return { fault: 'json_syntax' }",
    "false) return { fault: 'json_syntax' }",
  ),
  json('TOK-15 byte order mark', "text.startsWith('\\ufeff') ? undefined : text", 'text'),
  json('TOK-15 lone surrogates', 'point > 0x10ffff || isSurrogate', 'point > 0x10ffff'),
  identity(
    'CLM-13 numbers beyond 2^53',
    'Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined',
    'value',
  ),
  identity('RULE-02 empty claims', "value === null || value === '' ? undefined : value", 'value'),
  identity('RULE-21 prototypes', '!Object.hasOwn(value, name)', 'false'),
  keys('TOK-03 one key, one algorithm', '(key.alg === undefined || key.alg === alg)', 'true'),
  curve('TOK-03 curve', 'crv !== undefined && CURVES_OF.get(alg) === crv', 'true'),
  keys(
    'TOK-06 KEY-03 ambiguous keys',
    'others.every((other) => isSameKey(first, other)) ? first : undefined',
    'first',
  ),
  publicKey('KEY-08 private members', 'secret !== undefined) return', 'false) return'),
  publicKey('KEY-05 exponent', "exponent !== 'AQAB'", 'false'),
  publicKey('KEY-04 size of a modulus', 'bits < MIN_RSA_BITS || bits > MAX_RSA_BITS', 'false'),
  publicKey('KEY-02 use', '!isMeant) return', 'false) return'),
  keySet('NET-07 number of keys', 'count > KEY_SET_MAX_KEYS', 'false'),
  form('EXC-02 content type', '!isFormType(body.contentType)', 'false'),
  form('EXC-15 size of a body', 'body.isTooLarge) return', 'false) return'),
  parse(
    'EXC-01 repeated parameters',
    "values.length > 1 && name !== 'resource' && name !== 'audience'",
    'false',
  ),
  parse(
    'TOK-17 kind of subject token',
    'subjectType.value !== TOKEN_TYPE_JWT && subjectType.value !== TOKEN_TYPE_ID_TOKEN',
    'false',
  ),
  parse('OUT-02 one audience', 'new Set(targets.map(canonicalResource)).size > 1', 'false'),
  findKey('TOK-01 TOK-02 algorithms of the issuer', '!isAllowed) return', 'false) return'),
  exchange(
    'NET-01 known issuers',
    'findIssuer(trust, token.value.issuer)\n',
    'findIssuer(trust, token.value.issuer) ?? [...trust.issuers.values()][0]\n',
  ),
  exchange('REP-01 single use', '!first) return', 'false) return'),
  replay('REP-04 issuer of a mark', 'JSON.stringify([issuer, ...token', 'JSON.stringify([...token'),
  replay('REP-03 TOK-11 signed bytes', "raw.slice(0, raw.lastIndexOf('.'))", 'raw'),
  template(
    'MAP-05 separators',
    'ENCODED_ALWAYS.test(character) || separators.has(character)',
    'ENCODED_ALWAYS.test(character)',
  ),
  template(
    'MAP-03 absent claims',
    'value === undefined) return { claim, ...whyUnreadable(raw) }',
    'false) return { claim, ...whyUnreadable(raw) }',
  ),
  template('MAP-06 size', 'if (length <= MAX_RENDERED_BYTES) return', 'if (length >= 0) return'),
  issuerUrl('NET-03 IP addresses', 'NUMERIC_HOST.test(host)', 'false'),
  issuerUrl(
    'NET-03 internal names',
    '!options.hasUploadedKeys && INTERNAL_NAMES',
    'false && INTERNAL_NAMES',
  ),
  issuers('ISS-01 EXC-07 LINT-17 the gateway itself', 'url === gatewayIssuer', 'false'),
  issuers('ISS-03 issuers of others', 'owner !== undefined && owner !== profile.id', 'false'),
  conditions(
    'RULE-02 negation of a missing claim',
    "if (value === undefined) return false\n  switch (test.kind) {\n    case 'any_of':\n      return test.values.includes",
    "if (value === undefined) return test.kind === 'none_of'\n  switch (test.kind) {\n    case 'any_of':\n      return test.values.includes",
  ),
  conditions('CLM-11 deny rules', 'denies ? couldHold(', 'false ? couldHold('),
  conditions(
    'CLM-11 RULE-08 unreadable claims of a deny rule',
    'read === undefined || matchesPattern',
    'read !== undefined && matchesPattern',
  ),
  conditions('RULE-22 contains', 'if (!present.has(wanted)) return false', ''),
  choose(
    'RULE-19 deny wins',
    "grant === undefined) return { kind: 'denied', reason: 'rule_denied' }",
    'grant === undefined) continue',
  ),
  choose('RULE-01 ended rules', 'rule.expiresAt > at && holdsAll', 'holdsAll'),
  choose(
    'EXC-04 scopes beyond the grant',
    'scopes.every((scope) => grant.scopes.includes(scope))',
    'true',
  ),
  fetching('NET-05 issuer in discovery', 'named !== issuer', 'false'),
  fetching('NET-06 redirects', "redirect: 'manual'", "redirect: 'follow'"),
  fetching('NET-07 bytes', 'size > KEY_SET_MAX_BYTES', 'false'),
  fetching('NET-10 empty sets', 'keys.length === 0 && !isBundle', 'false'),
  keeping('NET-08 cool-down', 'at - asked >= KEY_COOLDOWN_SECONDS', 'true'),
  keeping('ISS-05 complete change', 'before.size > 0 && kept === 0', 'false'),
  keeping(
    'NET-13 versions',
    'UPDATE key_versions SET latest = latest + 1',
    'UPDATE key_versions SET latest = latest',
  ),
  ledger('REP-01 set if absent', 'rowsWritten === 0) return false', 'false) return false'),
  ledger(
    'REP-02 end of a mark',
    'DELETE FROM marks WHERE until <= ?',
    'DELETE FROM marks WHERE until <= ? + 1',
  ),
  limits(
    'EXC-14 by address',
    'if (await count(limiter, networkOf(address))) return route(c)',
    'return route(c)',
  ),
  connection(
    'RULE-24 addresses',
    "request.cf === undefined ? null : request.headers.get('cf-connecting-ip')",
    "request.headers.get('cf-connecting-ip')",
  ),
  limits(
    'RULE-24 addresses on one machine',
    'isLocalGateway(c.env) ? LOCAL : readAddress(c.req.raw, c.env)',
    'readAddress(c.req.raw, c.env)',
  ),
  admin(
    'OUT-01 audience of an admin token',
    'claims === undefined || !isForUs',
    'claims === undefined',
  ),
  admin('ADM-01 scope of an admin token', '!scopesOf(claims).includes(scope)', 'false'),
  forward('forward auth: PR-03 audience of a passing token', 'claims.aud !== found.uri', 'false'),
  forward(
    'forward auth: PR-10 scopes of a passing token',
    'scopes.some((scope) => !has.has(scope))',
    'false',
  ),
  forward('forward auth: PR-13 bound tokens at a proxy', "Object.hasOwn(claims, 'cnf')", 'false'),
  forward('forward auth: REV-02 revoked tokens at a proxy', 'isRevoked(claims.jti)', 'false'),
  forward(
    'forward auth: JK-07 keys no longer published',
    'verifyOwnToken(token, ring,',
    'verifyOwnToken(token, ports.keyRing,',
  ),
  forward('forward auth: scopes that there are not', '!found.scopes.has(scope)', 'false'),
  question(
    'forward auth: headers beside a query',
    'resource !== undefined || scope !== undefined',
    'false',
  ),
  question('forward auth: misspelt parameters', "name !== 'resource' && name !== 'scope'", 'false'),
  yes('forward auth: EXC-11 values in headers', 'encodeValue(claims.sub)', 'claims.sub'),
  yes(
    'forward auth: life of a repeated yes',
    'Math.min(FORWARD_AUTH_MAX_AGE_SECONDS, claims.exp - at)',
    '10',
  ),
  place('forward auth: EXC-16 out of /verify/', '? path : NOWHERE', '? path : path'),
  ...EDGE_MUTANTS,
  ...CANARY_MUTANTS,
  ...WIRE_MUTANTS,
  ...CLI_MUTANTS,
  ...RULE_MUTANTS,
  ...ADMIN_MUTANTS,
  ...LINT_MUTANTS,
]
