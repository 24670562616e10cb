/** Mutants of proof of possession: the attacks DPOP and EXC-09. */
import { type Mutant, mutant } from './mutant.ts'

const PROTOCOL = 'test/protocol/dpop'
const ENDPOINT = 'test/core/endpoint/token-endpoint.dpop'
const WORKER = 'test/worker/routes/token.dpop'
const CALLERS = 'test/worker/proofs/caller-proof'
const check = mutant('src/protocol/dpop/check-proof.ts', 'core', PROTOCOL)
const read = mutant('src/web/jwt/compact-jwt.ts', 'core', PROTOCOL)
const json = mutant('src/web/jwt/strict-object.ts', 'core', PROTOCOL)
const key = mutant('src/protocol/dpop/proof-key.ts', 'core', PROTOCOL)
const jwk = mutant('src/protocol/jwk.ts', 'core', PROTOCOL)
const url = mutant('src/protocol/dpop/htu.ts', 'core', PROTOCOL)
const make = mutant('src/protocol/dpop/make-proof.ts', 'core', PROTOCOL)
const token = mutant('src/core/evidence/proof/check-proof.ts', 'core', ENDPOINT)
const endpoint = mutant('src/core/endpoint/token-endpoint.ts', 'core', ENDPOINT)
const prove = mutant('src/core/endpoint/steps/prove-caller.ts', 'core', ENDPOINT)
const decide = mutant('src/core/endpoint/steps/decide-token.ts', 'core', ENDPOINT)
const use = mutant('src/core/endpoint/after-verification.ts', 'core', ENDPOINT)
const bind = mutant('src/core/evidence/proof/bind.ts', 'core', 'test/core/evidence/proof/bind')
const keep = mutant('src/core/evidence/proof/bind.ts', 'core', `${ENDPOINT}.downscope`)
const caller = mutant(
  'src/core/evidence/proof/check-caller.ts',
  'core',
  'test/core/evidence/proof/check-caller',
)
const issue = mutant('src/core/tokens/issue.ts', 'core', ENDPOINT)
const answer = mutant('src/protocol/token.ts', 'core', ENDPOINT)
const resource = mutant(
  'src/core/policy/compile/resource.ts',
  'core',
  'test/core/policy/compile/compile.refuses-resources',
)
const ledger = mutant(
  'src/worker/objects/replay-ledger/replay-ledger.ts',
  'worker',
  'test/worker/objects/replay-ledger/proofs',
)
const nonces = mutant('src/worker/proofs/nonces.ts', 'worker', 'test/worker/proofs/nonces')
const derive = mutant('src/worker/proofs/derive-key.ts', 'worker', 'test/worker/proofs/nonces')
const composed = mutant('src/worker/compose.ts', 'worker', CALLERS)
const admin = mutant('src/worker/http/admin-auth.ts', 'worker', CALLERS)
const callers = mutant('src/worker/proofs/caller-proof.ts', 'worker', CALLERS)
const introspect = mutant('src/core/endpoint/introspect.ts', 'worker', CALLERS)
const revoke = mutant('src/core/endpoint/revoke.ts', 'worker', CALLERS)
const metadata = mutant('src/core/tokens/metadata.ts', 'worker', WORKER)

export const BINDING_MUTANTS: readonly Mutant[] = [
  check('an end that is a text', 'isMoment(exp) && now < exp', 'now < Number(exp)'),
  check('a start that is a text', 'isMoment(nbf) && nbf <= now', 'Number(nbf) <= now'),
  url('a password in htu', " || url.password !== ''", ''),
  check('DPOP-01 the typ of a proof', "if (!isProofTyp(readMember(header, 'typ')))", 'if (false)'),
  check(
    'DPOP-01 asymmetric algorithms',
    "typeof alg !== 'string' || !DPOP_ALGORITHMS.includes(alg)",
    "typeof alg !== 'string'",
  ),
  check('DP-03 the algorithms of the caller', '!algorithms.includes(alg)', 'false'),
  check('DPOP-01 the signature of a proof', 'isSigned ? ok({', 'isSigned !== null ? ok({'),
  check('TOK-07 headers that change what is signed', 'REFUSED_HEADERS.some(', '[].some('),
  check('DP-08 a fraction of a second', 'Math.floor(iat)', 'Math.ceil(iat)'),
  check('a start in a minute', 'nbf <= now + MAX_PROOF_AHEAD_SECONDS', 'nbf <= now'),
  check('DPOP-03 two URLs that cannot be compared', 'normal === undefined || ', ''),
  check('DP-05 the id of a proof', "if (!isProofId(jti)) return fail('jti')", ''),
  check('DP-09 the length of an id', '&& value.length <= MAX_PROOF_ID_CHARACTERS', ''),
  check('DPOP-03 the method of a proof', 'htm !== method', 'false'),
  check('DPOP-03 the URL of a proof', 'normal !== normaliseHtu(url)', 'false'),
  check('DPOP-02 an old proof', 'if (now > endsAt)', 'if (false)'),
  check('DPOP-02 a proof of the future', '|| iat > now + MAX_PROOF_AHEAD_SECONDS', ''),
  check('DP-19 the hash of the token', 'ath !== hashAccessToken(accessToken)', 'false'),
  check('DP-20 the key of the token', 'jkt !== expected.jkt', 'false'),
  check('DP-16 the characters of a nonce', ' && NONCE.test(value)', ''),
  key('DPOP-05 the curve of a key pair', "crv !== 'Ed25519' || x === undefined", 'x === undefined'),
  key('KEY-07 keys of small order', 'hasSmallOrder(decodeBase64Url(x))', 'false'),
  jwk('KEY-07 order 8', '(y2 - 1n) * y2 * order8', '(y2 - 1n) * y2'),
  jwk('KEY-07 orders 1 and 2', '(y2 - 1n) * y2 * order8', 'y2 * order8'),
  jwk('KEY-07 order 4', '(y2 - 1n) * y2 * order8', '(y2 - 1n) * order8'),
  key('DPOP-05 other uses', "use !== undefined && use !== 'sig'", "use === 'enc'"),
  read('DPOP-01 one JWT', 'rest.length > 0 || ', ''),
  read(
    'TOK-10 one spelling of a proof',
    '[header64, claims64, signature64].every',
    '[header64, claims64].every',
  ),
  json(
    'TOK-09 duplicate members of a proof',
    'if (counted === members) return',
    'if (members >= 0) return',
  ),
  read('TOK-14 the size of a proof', 'text.length > size', 'false'),
  key('DPOP-01 a private key', 'SECRET_MEMBERS.some(', '[].some('),
  key('KEY-04 the size of a proof key', 'bits >= MIN_RSA_BITS && ', ''),
  key('DPOP-05 one spelling of a modulus', 'octets[0] !== 0 && ', ''),
  key('DPOP-05 the length of a coordinate', 'byteLength === octets', 'byteLength > 0'),
  key('DPOP-05 the order of the members', '{ e, kty, n }', '{ kty, n, e }'),
  url('DPOP-03 texts that a URL parser repairs', '|| !HTTP_URL.test(text)', ''),
  url('DPOP-03 escapes of a path', 'canonicalPath(url.pathname)', 'url.pathname'),
  make('DP-07 the query of an own proof', 'htu: target.origin + target.pathname', 'htu: url'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
  token('DPOP-03 the configured URL', '`${gatewayIssuer}${PATHS.token}`', "''"),
  token('DP-15 the nonce of a proof', 'if (isAccepted)', 'if (isAccepted || next)'),
  token('DP-09 the mark of a proof is of its key', "['dpop', jkt, jti, htu]", "['dpop', jti, htu]"),
  token('DPOP-02 the mark outlives the proof', 'endsAt + REPLAY_MARGIN_SECONDS', 'endsAt - 60'),
  prove('DPOP-01 an empty header', 'dpop === undefined ?', '!dpop ?'),
  prove('DP-10 an invalid proof', 'if (proven?.result.ok === false)', 'if (false)'),
  decide(
    'DPOP-04 what a resource demands',
    'if (!bound.ok) return bound',
    'if (false) return deny({ reason: "token_bound" })',
  ),
  endpoint('DPOP-02 a proof is marked', ' || proof !== undefined) {', ') {'),
  use(
    'DPOP-02 a marked proof',
    "case 'proof_used':\n      return { denial",
    "case 'proof_used':\n      return {}\n      return { denial",
  ),
  bind('DPOP-04 a demanded proof', "if (demand !== 'required') return UNBOUND", 'return UNBOUND'),
  bind(
    'a proof for a resource without binding',
    "if (demand === 'none') return deny({ reason: 'dpop_proof_unsupported' })\n    return ok({ jkt",
    'return ok({ jkt',
  ),
  bind('MT-01 certificates that do not bind', 'if (!bindsCertificates) return undefined', ''),
  keep(
    'EXC-09 a bound token without a proof',
    'if (proof === undefined) return deny',
    'if (proof === undefined) return UNBOUND\n    if (false) return deny',
  ),
  keep(
    'EXC-09 a bound token with another key',
    'proof.jkt === held.jkt',
    'proof.jkt !== undefined',
  ),
  keep(
    'EXC-09 a bound token becomes unbound',
    "  if (demand === 'none') return deny({ reason: 'dpop_proof_unsupported' })\n  if ('jkt' in held)",
    "  if ('jkt' in held)",
  ),
  keep('MT-02 another certificate', "thumbprintOf(possession) === held['x5t#S256']", 'true'),
  keep(
    'EXC-09 an unknown binding',
    "if (held === undefined) return deny({ reason: 'token_bound' })",
    'if (held === undefined) return UNBOUND',
  ),
  caller(
    'DP-21 a bound token as a bearer token',
    "if (isForProof !== (scheme === 'DPoP'))",
    'if (false)',
  ),
  caller(
    'DP-19 a caller without a proof',
    "if (dpop === undefined) return { fault: 'invalid_dpop_proof' }",
    'if (dpop === undefined) return PROVEN',
  ),
  caller('DP-20 the proof of a caller', 'accessToken, jkt }', 'accessToken }'),
  caller('DP-23 the nonce of a caller', 'if (!isAccepted)', 'if (false)'),
  caller('DP-09 a proof of a caller is used once', 'isFirst ?', 'isFirst !== null ?'),
  caller('MT-02 the certificate of a caller', 'isSame ? PROVEN', 'isSame !== null ? PROVEN'),
  issue('DP-14 cnf', 'issuance.confirmation === undefined ? {} :', 'true ? {} :'),
  answer('DP-11 the type of a bound token', "'jkt' in cnf ? 'DPoP'", "'jkt' in cnf ? 'Bearer'"),
  resource(
    'DPOP-04 a consumer that checks no proof',
    "source.proof_of_possession === 'required'",
    'false',
  ),
  ledger(
    'DPOP-02 a proof is used once',
    "return { outcome: 'proof_used' }",
    "return { outcome: 'marked' }",
  ),
  ledger('DP-09 a proof of a refused exchange', "|| spent.outcome === 'token_used'", ''),
  nonces(
    'DP-15 an unknown nonce',
    'return { isAccepted: false, ...next }',
    'return { isAccepted: nonce !== undefined, ...next }',
  ),
  nonces('DP-17 a required nonce', 'nonce === undefined && !isRequired', 'nonce === undefined'),
  nonces('DP-16 the end of a nonce', 'const ACCEPTED = [-1, 1]', 'const ACCEPTED = [-1, -2, 1]'),
  derive('DP-23 keys of two purposes', 'salt: encoder.encode(purpose)', "salt: encoder.encode('')"),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
  composed('DP-23 nonces of two endpoints', 'nonce v1 ${endpoint}`', 'nonce v1`'),
  admin('DP-21 bound tokens at the admin API', 'if (proven.fault !== undefined)', 'if (false)'),
  callers(
    'DP-16 a nonce that is about to end',
    'if (nonce !== undefined) response',
    'if (false) response',
  ),
  callers(
    'DPOP-03 the host of a caller',
    'new URL(settings.issuer).origin',
    'new URL(request.url).origin',
  ),
  introspect(
    'DP-21 bound tokens at introspection',
    '!(await ports.proveCaller(asking, caller.value))',
    'false',
  ),
  introspect('DP-24 the type of a bound token', 'tokenTypeOf(claims.cnf)', "'Bearer'"),
  revoke('DP-21 bound tokens at revocation', '!(await ports.proveCaller(caller, used))', 'false'),
  metadata(
    'MT-03 certificates in the metadata',
    '...(bindsCertificates ?',
    '...(!bindsCertificates ?',
  ),
  caller('DP-23 the nonce of an accepted caller', 'isFirst ? { nonce: next }', 'isFirst ? {}'),
  caller(
    'DP-23 the nonce after a proof that was used',
    "{ fault: 'invalid_dpop_proof', nonce: next }",
    "{ fault: 'invalid_dpop_proof' }",
  ),
]
