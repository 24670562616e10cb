/**
 * Mutants of the steps of an exchange, of forward auth, and of the code of the Worker around them.
 */
import { type Mutant, mutant } from './mutant.ts'

const form = mutant('src/core/endpoint/form.ts', 'core', 'test/core/endpoint')
const parse = mutant('src/core/endpoint/parse.ts', 'core', 'test/core/endpoint')
const header = mutant('src/core/evidence/read-header.ts', 'core', 'test/core/evidence/read-header')
const router = mutant('src/worker/routing/router.ts', 'worker', 'test/worker/routing/router')
const tokenExchange = mutant(
  'src/core/grants/token-exchange.ts',
  'core',
  'test/core/grants test/core/endpoint/denials',
)
const choose = mutant(
  'src/core/endpoint/steps/choose-issuer.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/endpoint/denials',
)
const use = mutant(
  'src/core/endpoint/after-verification.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/endpoint/denials',
)
const issuerUrl = mutant(
  'src/web/issuer-url.ts',
  'core',
  'test/core/policy/compile/compile test/core/endpoint/attacks',
)
const fetching = mutant(
  'src/worker/objects/trust-store/fetch/fetch-issuer-keys.ts',
  'worker',
  'test/worker/objects',
)
const json = mutant(
  'src/worker/http/fetch-json.ts',
  'worker',
  'test/worker/objects/trust-store/trust-store.issuer-keys',
)
const keeping = mutant(
  'src/worker/objects/trust-store/issuer-keys.ts',
  'worker',
  'test/worker/objects test/worker/routes/admin/issuers',
)
const ledger = mutant(
  'src/worker/objects/replay-ledger/replay-ledger.ts',
  'worker',
  'test/worker/objects/replay-ledger/replay',
)
const limits = mutant('src/worker/http/rate-limits.ts', 'worker', 'test/worker/http/rate-limits')
const connection = mutant(
  'src/worker/http/connection/connection.ts',
  'worker',
  'test/worker/http/rate-limits',
)
const certificate = mutant(
  'src/worker/http/connection/connection.ts',
  'worker',
  'test/worker/http/connection',
)
const front = mutant('src/worker/http/connection/front.ts', 'worker', 'test/worker/http/front')
const stop = mutant('src/dev/production/graceful-stop.ts', 'node', 'test/dev/production/front.test')
const target = mutant('src/dev/production/target.ts', 'node', 'test/dev/production/front.test')
const relay = mutant('src/dev/production/relay.ts', 'node', 'test/dev/production/front')
const fields = mutant(
  'src/dev/early-answer/unreadable.ts',
  'node',
  'test/dev/production/front.fields test/cli/workload/proxy/server.attacks',
)
const unreadable = mutant(
  'src/dev/early-answer/unreadable.ts',
  'node',
  'test/dev/production/front.unreadable test/dev/early-answer/unreadable',
)
const clientAddress = mutant(
  'src/dev/production/client-address.ts',
  'node',
  'test/dev/production/client-address',
)
const admin = mutant(
  'src/worker/http/admin-auth.ts',
  'worker',
  'test/worker/routes/admin/table test/worker/attacks/output',
)
const forward = mutant(
  'src/core/endpoint/forward/forward-auth.ts',
  'core',
  'test/core/endpoint/forward-auth',
)
const question = mutant(
  'src/core/endpoint/forward/forward-question.ts',
  'core',
  'test/core/endpoint/forward-question',
)
const yes = mutant(
  'src/core/endpoint/forward/render-forward.ts',
  'core',
  'test/core/endpoint/render-forward',
)
const described = mutant(
  'src/core/endpoint/resource-metadata.ts',
  'core',
  'test/core/endpoint/resource-metadata',
)
const describedRoute = mutant(
  'src/core/endpoint/resource-metadata.ts',
  'worker',
  'test/worker/routes/resource-metadata',
)
const place = mutant('src/worker/routing/locate.ts', 'worker', 'test/worker/routes/verify')

export const ENDPOINT_MUTANTS: readonly Mutant[] = [
  described(
    'EXC-16 one path of a resource',
    'pathOf(protectedResourceMetadataUrl(found.uri)) === url.path ? found',
    'found.uri !== undefined ? found',
  ),
  describedRoute(
    'EXC-10 resources that do not ask',
    'if (found?.metadata === undefined) return undefined',
    'if (found === undefined) return undefined',
  ),
  form('EXC-02 content type', '!isFormType(body.contentType)', 'false'),
  form('EXC-15 size of a body', 'if (body.isTooLarge)', 'if (false)'),
  parse(
    'EXC-01 repeated parameters',
    'if (values.length === 1) continue',
    'if (values.length > 0) continue',
  ),
  tokenExchange(
    'TOK-17 kind of subject token',
    'PRESENTATIONS.get(subjectType.value)',
    "PRESENTATIONS.get(subjectType.value) ?? 'jwt'",
  ),
  parse(
    'plain forms: each parameter once',
    ' || values.length > 1) return false',
    ') return false',
  ),
  parse('plain forms: length', 'if (value.length > limit) return false', ''),
  parse(
    'plain forms: no unsupported parameter',
    '.filter(({ isUnsupported }) => isUnsupported !== true)',
    '',
  ),
  parse('plain forms: no client', "({ name }) => !name.startsWith('client_')", '() => true'),
  header('headers: only well-formed ones are remembered', 'read.ok && text', 'text'),
  header('headers: a limit', 'if (remembered.size >= MAX_REMEMBERED_HEADERS) ', 'if (false) '),
  router(
    'router: a remembered method',
    'get(path)?.get(method)',
    'get(path)?.values().next().value',
  ),
  router('router: only paths of the table', ' && this.#fixed.has(path)', ''),
  parse('OUT-02 one audience', 'if (count > 1) return', 'if (count > 1 && false) return'),
  choose(
    'NET-01 known issuers',
    ': findIssuer(trust, token.issuer)\n',
    ': (findIssuer(trust, token.issuer) ?? [...trust.issuers.values()][0])\n',
  ),
  use('REP-01 single use', '(await ports.claimReplay(mark))', 'mark.until > 0'),
  issuerUrl('NET-03 IP addresses', "url.startsWith('https://') && isAddress(host)", 'false'),
  issuerUrl(
    'NET-03 internal names',
    '!options.hasUploadedKeys && INTERNAL_NAMES',
    'false && INTERNAL_NAMES',
  ),
  fetching('NET-05 issuer in discovery', 'named !== issuer', 'false'),
  json('NET-06 redirects', "redirect: 'manual'", "redirect: 'follow'"),
  json('NET-07 bytes', 'response.body, maxBytes', 'response.body, 1e9'),
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
  certificate(
    'RULE-24 certificates on one machine',
    'if (isLocalGateway(env)) return readFront(request, env)?.certificate\n',
    '',
  ),
  front('RULE-24 the key of the front', '!crypto.subtle.timingSafeEqual(given, key)', 'false'),
  stop('a stop that cuts a new connection', 'let awaitsFirst = true', 'let awaitsFirst = false'),
  stop('a stop that resets waiting connections', 'accepted > before && ', 'false && '),
  target('the host of an absolute target', 'rawHeaders[at] = host', 'void host'),
  target(
    'an invalid Host field beside an absolute target',
    "parseHost(rawHeaders[at] ?? '') === undefined",
    'false',
  ),
  target('production: two hosts', 'at === undefined || hosts.length > 1', 'at === undefined'),
  relay('RULE-24 fields of a caller', ' && !RESERVED.test(own)', ''),
  fields('fields that Node hides', 'server.maxHeadersCount = 0', 'server.maxHeadersCount = 1000'),
  unreadable('a refusal in the place of an answer', 'whole.length > 0 && ', 'false && '),
  unreadable('CONNECT: a refusal in the place of an answer', '!endAfterOpen(open, socket)', 'true'),
  unreadable('a cut request', 'headers.upgrade !== undefined', 'false'),
  unreadable('a cut request that runs', 'return last.length > 0', 'return false'),
  unreadable(
    'a connection without a handshake stays open',
    '(_error: Error, socket: Duplex) => socket.destroy()',
    '() => {}',
  ),
  clientAddress('RULE-24 a peer that is no proxy', '|| !proxies.has(client)', ''),
  certificate('certificates that the platform refused', "certVerified !== 'SUCCESS'", 'false'),
  limits('RULE-24 addresses on one machine', '(isLocalGateway(c.env) ? LOCAL : null)', 'null'),
  admin(
    'OUT-01 audience of an admin token',
    'claims?.aud === settings.issuer',
    'claims !== undefined',
  ),
  admin('ADM-01 scope of an admin token', 'mayUse(scopes, scope)', 'true'),
  forward(
    'forward auth: PR-03 audience of a passing token',
    'claims.aud !== found.audience',
    'false',
  ),
  forward(
    'forward auth: PR-10 scopes of a passing token',
    'scopes.some((scope) => !has.has(scope))',
    'false',
  ),
  forward('forward auth: PR-13 bound tokens at a proxy', "Object.hasOwn(claims, 'cnf')", 'false'),
  forward(
    'forward auth: REV-02 revoked tokens at a proxy',
    'isRevoked(revocableOf(claims, token))',
    'false',
  ),
  forward(
    'forward auth: JK-07 keys no longer published',
    'verifyOwnToken(token, ring,',
    'verifyOwnToken(token, ports.keyRing,',
  ),
  forward('forward auth: unknown scopes', '!found.scopes.has(scope)', 'false'),
  question(
    'forward auth: headers beside a query',
    'some((value) => value !== undefined)) return undefined',
    'every((value) => value !== undefined)) return undefined',
  ),
  question(
    'forward auth: misspelt parameters',
    '!PARAMETERS.some((known) => known === name)',
    'false',
  ),
  yes('forward auth: EXC-11 values in headers', 'encodeValue(claims.sub)', 'claims.sub'),
  yes(
    'forward auth: lifetime of a cached response',
    'Math.min(FORWARD_AUTH_MAX_AGE_SECONDS, claims.exp - at)',
    '10',
  ),
  place('forward auth: EXC-16 paths outside /verify/', '? path : NOWHERE', '? path : path'),
]
