/** Mutants of the checks of tokens, issuers, keys and claims, and of the evaluation of rules. */
import { type Mutant, mutant } from './mutant.ts'

const peek = mutant(
  'src/core/evidence/peek.ts',
  'core',
  'test/core/evidence test/core/endpoint/denials',
)
const verify = mutant(
  'src/core/evidence/verify.ts',
  'core',
  'test/core/evidence test/core/endpoint/denials test/core/endpoint/token-endpoint.spiffe',
)
const json = mutant('src/web/jwt/strict-object.ts', 'core', 'test/core/evidence')
const bytes = mutant('src/web/bytes.ts', 'core', 'test/web test/core/evidence')
const identity = mutant(
  'src/core/evidence/identity.ts',
  'core',
  'test/core/evidence test/core/policy/decide/evaluate',
)
const members = mutant(
  'src/web/json.ts',
  'core',
  'test/core/evidence test/core/policy/decide/evaluate',
)
const signature = mutant('src/web/signature.ts', 'node', 'test/web/signature')
const keys = mutant('src/core/evidence/select-key.ts', 'core', 'test/core/evidence')
const keySet = mutant('src/core/keys/issuer-keys.ts', 'core', 'test/core/keys/issuer-keys')
const publicKey = mutant('src/core/keys/public-key.ts', 'core', 'test/core/keys/issuer-keys')
const curve = mutant('src/core/keys/public-key.ts', 'core', 'test/core/evidence/select-key')
const findKey = mutant(
  'src/core/evidence/find-key.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/endpoint/denials',
)
const replay = mutant(
  'src/core/evidence/replay-key.ts',
  'core',
  'test/core/endpoint/token-endpoint.replay',
)
const template = mutant(
  'src/core/policy/language/template.ts',
  'core',
  'test/core/policy/language/template test/core/endpoint/attacks',
)
const issuers = mutant(
  'src/core/policy/compile/issuers/issuer.ts',
  'core',
  'test/core/policy/compile/compile test/analysis test/core/endpoint/attacks',
)
const conditions = mutant(
  'src/core/policy/decide/conditions.ts',
  'core',
  'test/core/policy/decide/evaluate',
)
const wanted = mutant(
  'src/core/policy/decide/wanted-scopes.ts',
  'core',
  'test/core/policy/decide/evaluate',
)
const match = mutant(
  'src/core/policy/decide/evaluate.ts',
  'core',
  'test/core/policy/decide/evaluate',
)
const choose = mutant(
  'src/core/policy/decide/conclude.ts',
  'core',
  'test/core/policy/decide/evaluate',
)

export const EVIDENCE_MUTANTS: readonly Mutant[] = [
  peek('TOK-14 size of a token', 'raw.length > MAX_SUBJECT_TOKEN_BYTES', 'false'),
  peek('TOK-14 size of a header', 'header64.length > MAX_JOSE_HEADER_BYTES', 'false'),
  peek(
    'TOK-10 canonical base64url',
    '!hasCanonicalEnd(header64) || !hasCanonicalEnd(payload64) || !hasCanonicalEnd(signature64)',
    'false',
  ),
  peek('TOK-04 TOK-07 TOK-08 refused headers', 'if (refused !== undefined)', 'if (false)'),
  peek('TOK-05 kid as payload', 'kid !== undefined && !isKeyId(kid)', 'false'),
  verify('TOK-12 signature', '!(await hasValidSignature(token, key, verifySignature))', 'false'),
  signature(
    'TOK-01 known algorithms',
    'algorithm === undefined || !fits(key, algorithm)',
    'algorithm === undefined',
  ),
  signature(
    'TOK-03 type and curve of a key',
    'kty !== algorithm.kty || crv !== algorithm.crv',
    'false',
  ),
  signature(
    'TOK-03 algorithm of a key',
    'alg === undefined || ALGORITHMS.get(alg) === algorithm',
    'true',
  ),
  signature('KEY-04 modulus of an imported key', 'modulusLength < MIN_RSA_BITS', 'false'),
  signature('AV-11 salt of a signature', 'saltLength: bits / 8', 'saltLength: 20'),
  signature('TOK-12 failure of the platform', 'return false\n    }', 'throw new Error()\n    }'),
  signature('KEY-12 not extractable', 'importAs, false', 'importAs, true'),
  verify('TOK-16 CLM-15 kind of token', '!accepted.includes(token.type)', 'false'),
  verify('CLM-09 CLM-10 issuer', 'claims.iss !== issuer.url', 'false'),
  verify('CLM-06 audience', '!isSoleAudience(claims.aud, expected)', 'false'),
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
  verify(
    'CLM-03 iat of others',
    "presentation === 'client_assertion' && claims.sub === issuer.url",
    "presentation === 'client_assertion'",
  ),
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
  json('TOK-14 depth and members', 'depth > limits.depth', 'false'),
  json('TOK-14 members', 'members > limits.members', 'false'),
  json('TOK-09 duplicates', 'if (counted === members) return', 'if (members >= 0) return'),
  json(
    'TOK-15 top-level object',
    "!isJsonObject(value)) return fail('json_syntax')",
    "false) return fail('json_syntax')",
  ),
  json('TOK-15 byte order mark', 'text.startsWith(BYTE_ORDER_MARK)', 'false'),
  bytes('TOK-15 invalid UTF-8', 'fatal: true', 'fatal: false'),
  identity(
    'CLM-13 numbers beyond 2^53',
    'Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined',
    'value',
  ),
  identity('RULE-02 empty claims', "value === null || value === '' ? undefined : value", 'value'),
  members('RULE-21 prototypes', 'found = readMember(found, name)', 'found = found[name]'),
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
  keySet('NET-07 number of keys', 'keyCount > KEY_SET_MAX_KEYS', 'false'),
  findKey('TOK-01 TOK-02 algorithms of the issuer', 'if (!isAllowed)', 'if (false)'),
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
  template('MAP-06 size', 'if (length <= template.maxBytes) {', 'if (length >= 0) {'),
  issuers('ISS-01 EXC-07 LINT-17 the gateway itself', 'url === gatewayIssuer', 'false'),
  issuers(
    'ISS-03 issuers of other providers',
    'owner !== undefined && owner !== profile.id',
    'false',
  ),
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
    "grant === undefined) return { kind: 'denied', reason: 'rule_denied', rule }",
    'grant === undefined) continue',
  ),
  match('RULE-01 ended rules', 'rule.expiresAt <= at || ', ''),
  wanted(
    'EXC-04 scopes beyond the grant',
    'wanted.every((scope) => grant.scopes.includes(scope))',
    'true',
  ),
]
