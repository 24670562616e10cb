/** Mutants of bound tokens outside of `/token`: at APIs, behind proxies, and at clients. */
import { type Mutant, mutant } from './mutant.ts'

const VERIFY = 'test/verify/proof'
const FORWARD = 'test/core/endpoint/forward'
const CLIENT = 'test/client/bind'
const PROXY = 'test/cli/workload/proxy/forward.bound'

const binding = mutant('src/verify/proof/binding.ts', 'node', VERIFY)
const guards = mutant('src/verify/proof/binding.ts', 'node', 'test/verify/doors/two-guards')
const hono = mutant('src/verify/doors/hono.ts', 'node', 'test/verify/doors/two-guards')
const header = mutant('src/verify/token.ts', 'node', 'test/verify/verify.header')
const metadata = mutant('src/verify/resource.ts', 'node', 'test/verify/resource')
const nonces = mutant('src/verify/proof/nonces.ts', 'node', VERIFY)
const certificate = mutant('src/verify/proof/certificate.ts', 'node', VERIFY)
const options = mutant('src/verify/proof/proof-options.ts', 'node', VERIFY)
const challenge = mutant('src/verify/challenge.ts', 'node', VERIFY)
const introspection = mutant('src/verify/introspection.ts', 'node', VERIFY)
const door = mutant('src/verify/doors/node-request.ts', 'node', 'test/verify/doors/connect')
const answered = mutant('src/verify/doors/connect.ts', 'node', 'test/verify/doors/connect.answered')
const unset = mutant('src/verify/doors/node-request.ts', 'node', 'test/verify/doors/node-request')
const memory = mutant(
  'src/protocol/dpop/proof-memory.ts',
  'core',
  'test/protocol/dpop/proof-memory',
)
const forward = mutant('src/core/endpoint/forward/forward-auth.ts', 'core', FORWARD)
const forwardProof = mutant('src/core/endpoint/forward/forward-proof.ts', 'core', FORWARD)
const question = mutant('src/core/endpoint/forward/forward-question.ts', 'core', FORWARD)
const rendered = mutant(
  'src/core/endpoint/forward/render-forward.ts',
  'core',
  'test/core/endpoint/render-forward',
)
const edge = mutant('src/gateway/identity/certificate.ts', 'node', 'test/gateway/bound')
const edgeHeaders = mutant('src/gateway/headers.ts', 'node', 'test/gateway/bound')
const exchange = mutant('src/client/exchange/exchange.ts', 'node', CLIENT)
const authorize = mutant('src/client/bind/authorize.ts', 'node', CLIENT)
const clientNonces = mutant('src/client/bind/nonces.ts', 'node', CLIENT)
const clientKey = mutant('src/client/bind/proof-key.ts', 'node', CLIENT)
const source = mutant('src/client/token-source.ts', 'node', CLIENT)
const proxy = mutant('src/cli/workload/proxy/forward.ts', 'conformance', PROXY)
const proxyHeaders = mutant('src/cli/workload/proxy/headers.ts', 'conformance', PROXY)
const exec = mutant('src/cli/workload/exec/bound.ts', 'conformance', 'test/cli/workload/exec/bound')

export const BOUND_MUTANTS: readonly Mutant[] = [
  binding('API: DP-21 a bound token as Bearer', 'scheme !== DPOP || carrier', 'carrier'),
  binding(
    'API: DPOP-04 an unbound token as DPoP',
    'presented.scheme === DPOP || requirement',
    'requirement',
  ),
  binding('API: DPOP-04 a binding is required', " || requirement === 'required'", ''),
  binding('API: DP-19 the hash of the token', 'accessToken: token, jkt', 'jkt'),
  binding('API: DP-20 the key of the token', 'accessToken: token, jkt }', 'accessToken: token }'),
  binding('API: DP-07 the path of a request', "path === '/' ?", 'path !== undefined ?'),
  binding('API: DP-09 the memory of an API', "claim === 'new' && ", ''),
  binding('API: DPOP-02 proofs that were forgotten', "throw refuseProof('proof_iat')", 'return'),
  binding('API: DPOP-02 the shared store', '=== true\n    } catch', '!== null\n    } catch'),
  binding(
    'API: DPOP-02 a store that fails',
    "throw new VerificationError('proofs_unavailable', 'proof_store_failed')",
    'return true',
  ),
  binding(
    'API: DP-17 a required nonce',
    "throw refuseProof('proof_nonce', 'use_dpop_nonce', nextNonce)",
    'return UNBOUND',
  ),
  binding('API: MT-02 the certificate', 'if (!isSameCertificate(found, digest))', 'if (false)'),
  binding(
    'API: PR-13 an unknown binding',
    "if (held === undefined) throw invalidToken('token_bound')",
    'if (held === undefined) return UNBOUND',
  ),
  guards('API: DPOP-02 the proof of two guards', 'used.get(request) === id', 'used.has(request)'),
  hono('API: DPOP-02 a request that was replaced', 'received.get(c) ?? raw', 'raw'),
  binding('API: DPOP-02 a carrier of any request', '= requestOf(carrier)', '= carrier'),
  nonces('API: DP-16 the MAC of a nonce', "if (!isOurs) return 'invalid'", ''),
  nonces('API: DP-16 the age of a nonce', 'age > maxAgeSeconds || ', ''),
  nonces('API: DP-16 a nonce of the future', ' || age < -CLOCK_SKEW_SECONDS', ''),
  nonces('API: DP-23 the API of a nonce', '{audience}', "{''}"),
  nonces(
    'API: DP-16 a nonce that ends soon',
    "age * 2 > maxAgeSeconds ? 'stale' : 'valid'",
    "'valid'",
  ),
  certificate('API: MT-02 base64url', 'return found === digest', 'return true'),
  certificate('API: MT-02 hex digits', 'if (!HEX.test(found)) return false', ''),
  nonces('API: two first requests', 'key ??= made\n    return key', 'return (key = made)'),
  nonces('API: the same nonces in every release', "= 'edgemint resource nonce'", "= ''"),
  options('API: the password of a public URL', " && password === ''", ''),
  options('API: a backslash in a public URL', '[?#\\\\]', '[?#]'),
  options('API: certificates that are optional', "proofOfPossession === 'required' && ", ''),
  binding('API: the fault of a proof', "if (checked.error !== 'htu') break", ''),
  header('TOK-13 five parts', 'parts.length === 3 && ', ''),
  metadata('the query of a request for metadata', "search !== '' && ", ''),
  metadata('the type of metadata', "'x-content-type-options': 'nosniff',", ''),
  options('API: DPOP-03 the path of a public URL', "{pathname.replace(/\\/+$/, '')}", "{''}"),
  options(
    'API: a required binding without a URL',
    'proofOfPossession === undefined ||\n      publicUrls.length > 0 ||',
    'true ||',
  ),
  challenge(
    'API: DP-22 the scheme of a challenge',
    'if (needsProof || schemes.get(error) === DPOP)',
    'if (false)',
  ),
  challenge('API: DP-22 both schemes', "['Bearer', DPOP]", "['Bearer']"),
  introspection('API: DP-21 a bound token at the gateway', 'isBound ? {} : {', 'false ? {} : {'),
  door(
    'API: DPOP-03 the path of a mounted app',
    'const target = originalUrl ?? url',
    'const target = url',
  ),
  memory('memory: DP-09 a known proof', "if (ids.has(id)) return 'known'", ''),
  memory(
    'memory: DPOP-02 what was forgotten',
    "if (proof.endsAt <= forgottenUntil) return 'forgotten'",
    '',
  ),
  memory(
    'memory: DPOP-02 a bounded memory',
    'if (ids.size >= capacity) forget(Math.min(...seconds.keys()))',
    '',
  ),
  memory('memory: DP-09 the key of a proof', '{jkt}.', "{''}."),
  forward(
    'forward auth: DP-22 the schemes for a client without a token',
    '{ schemes: schemesOf(question) }',
    '{}',
  ),
  forward(
    'forward auth: DP-22 the scheme for a client without a scope',
    'schemes: [scheme], requiredScopes',
    'requiredScopes',
  ),
  forwardProof(
    'forward auth: DPOP-02 the check that a forgotten proof does not pass',
    "claim === 'known' ? 'replayed' : 'iat'",
    "'replayed'",
  ),
  question(
    'forward auth: as many scopes as allowed',
    'scopes.length > MAX_REQUESTED_SCOPES',
    'scopes.length >= MAX_REQUESTED_SCOPES',
  ),
  question(
    'forward auth: as long a resource as allowed',
    'resource.length > MAX_PARAMETER_CHARACTERS',
    'resource.length >= MAX_PARAMETER_CHARACTERS',
  ),
  forward('forward auth: DP-21 a bound token as Bearer', "scheme !== 'DPoP' || ", ''),
  forward('forward auth: PR-13 an unknown binding', "jkt === 'unknown' || ", ''),
  forward(
    'forward auth: DPOP-04 an unbound token as DPoP',
    "if (jkt === undefined && scheme === 'DPoP')",
    'if (false)',
  ),
  forward(
    'forward auth: DPOP-04 a binding is required',
    "found.proofOfPossession === 'required' && scheme !== 'DPoP'",
    'false',
  ),
  forward(
    'forward auth: DP-19 the proof',
    'if (refusal === undefined) return outcome',
    'if (true) return outcome',
  ),
  forwardProof(
    'forward auth: DPOP-03 headers that the question names',
    "proof.source === 'forwarded'",
    'true',
  ),
  forwardProof('forward auth: DPOP-03 one path', '|| paths.size > 1', ''),
  forwardProof('forward auth: DPOP-03 one method', 'METHOD.test(method) ? {', 'true ? {'),
  forwardProof('forward auth: DPOP-03 one URL', '(?:\\?[^ ]*)?$/i', '(?:\\?.*)?$/i'),
  forwardProof(
    'forward auth: DP-09 a proof is used once',
    "if (claim === 'new') return undefined",
    'return undefined',
  ),
  forwardProof(
    'forward auth: DP-19 the hash of the token',
    'now: at, accessToken: token, jkt',
    'now: at, jkt',
  ),
  forwardProof(
    'forward auth: DP-20 the key of the token',
    'accessToken: token, jkt }',
    'accessToken: token }',
  ),
  forwardProof(
    'forward auth: DPOP-03 the origin of the question',
    'proof.origin ?? originOf(resource)',
    'originOf(resource) ?? proof.origin',
  ),
  question(
    'forward auth: an origin without proofs',
    'if (proof === undefined && origin === undefined)',
    'if (proof === undefined)',
  ),
  rendered(
    'forward auth: an answer to a proof is not cached',
    "scheme === 'DPoP' ? 'no-store' : ",
    '',
  ),
  edge('edge: MT-02 a verified certificate', "certVerified !== 'SUCCESS' || ", ''),
  edge('edge: MT-02 a revoked certificate', " || certRevoked === '1'", ''),
  edgeHeaders('edge: a proof for the origin', "dropped.add('dpop')", ''),
  exchange(
    'SDK: DPOP-04 a bearer token instead of a bound one',
    'if (tokenType.toLowerCase() !== expected)',
    'if (false)',
  ),
  exchange('SDK: DP-15 one more try', 'answer.learned && parseObject', 'parseObject'),
  exchange(
    'SDK: DP-15 the nonce of the gateway',
    "method: 'POST', url, nonce }",
    "method: 'POST', url }",
  ),
  authorize(
    'SDK: DP-19 the hash of the token',
    '{ method, url, accessToken, nonce }',
    '{ method, url, nonce }',
  ),
  authorize(
    'SDK: a stream is sent once',
    'if (!shouldRepeat(first, answer) || !isRepeatable) return answer',
    'if (!shouldRepeat(first, answer)) return answer',
  ),
  authorize('SDK: redirects', "? 'error' : 'manual'", "? 'error' : 'follow'"),
  authorize('SDK: plain http', 'if (fault !== undefined) throw', 'if (false) throw'),
  authorize(
    'SDK: DP-15 only for a nonce',
    ' && answer.status === 401 && asksForNonce(',
    ' && [401].includes(answer.status) || asksForNonce(',
  ),
  clientNonces('SDK: DP-23 nonces of gateway and API', '{kind} ', "{''} "),
  clientNonces('SDK: the characters of a nonce', '!NONCE.test(nonce) || ', ''),
  clientNonces(
    'SDK: a bounded memory of nonces',
    'nonces.size > MAX_NONCE_SERVERS && ',
    'false && ',
  ),
  clientKey('SDK: one key', 'pair ??= made', 'pair = made'),
  source('SDK: the key of the caller', 'proofKey ?? (bind', 'undefined ?? (bind'),
  proxy(
    'proxy: DP-15 a request with the nonce',
    'if (!asksForNonce(answer, destination, ports)) return answer',
    'if (asksForNonce(answer, destination, ports) || true) return answer',
  ),
  proxyHeaders('proxy: a proof of the program', "  'dpop',\n", ''),
  proxyHeaders('proxy: nonces of the upstream', ", 'dpop-nonce'] as const", '] as const'),
  exec('exec: a file with a bound token', 'if (file !== undefined) {', 'if (false) {'),
  answered(
    'verify: a nonce after another handler has answered',
    'response.headersSent ? undefined : ',
    '',
  ),
  unset('verify: a header that is undefined', ' && request.headers.dpop !== undefined', ''),
]
