/**
 * Mutants of the checks that run at APIs: those of the verifier and those of the Worker in front of
 * an origin.
 */
import { mutant as changes, type Mutant } from './mutant.ts'

const mutant = (file: string, tests: string) => changes(file, 'node', tests)

const claims = mutant('src/verify/required-claims.ts', 'test/verify/required-claims')
const keys = mutant(
  'src/verify/keys/remote-keys.ts',
  'test/verify/keys/keys.test test/verify/keys/keys.refresh',
)
const options = mutant('src/verify/options.ts', 'test/verify/options test/verify/verify.typ')
const owned = mutant('src/verify/required-claims.ts', 'test/verify/options')
const discovery = mutant('src/verify/keys/discovery.ts', 'test/verify/keys/keys.test')
const challenge = mutant('src/verify/challenge.ts', 'test/verify/proof/challenge')
const target = mutant('src/verify/doors/node-request.ts', 'test/verify/doors/node-request')
const paths = changes('src/protocol/paths.ts', 'core', 'test/protocol/paths')
const memory = changes(
  'src/protocol/dpop/proof-memory.ts',
  'core',
  'test/protocol/dpop/proof-memory',
)
const times = mutant('src/verify/claims.ts', 'test/verify/verify.claims')
const rotation = mutant('src/verify/keys/remote-keys.ts', 'test/verify/keys/keys.rotation')
const late = mutant('src/verify/keys/remote-keys.ts', 'test/verify/keys/keys.retry')
const gate = mutant('src/verify/keys/load-gate.ts', 'test/verify/keys/keys.retry')
const lists = mutant('src/verify/status/remote-lists.ts', 'test/verify/keys/keys.retry')
const node = mutant(
  'src/verify/doors/node-request.ts',
  'test/verify/doors/connect test/verify/doors/fastify',
)
const fastify = mutant('src/verify/doors/fastify.ts', 'test/verify/doors/fastify')
const path = mutant('src/gateway/canonical-path.ts', 'test/gateway')
const routes = mutant('src/gateway/routes.ts', 'test/gateway')
const headers = mutant('src/gateway/headers.ts', 'test/gateway')
const origin = mutant('src/gateway/origin.ts', 'test/gateway')
const edge = mutant('src/gateway/edge-gateway.ts', 'test/gateway')
const identity = mutant('src/gateway/identity/identity.ts', 'test/gateway')
const identityKey = mutant('src/gateway/identity/identity-key.ts', 'test/gateway')

export const EDGE_MUTANTS: readonly Mutant[] = [
  rotation(
    'NET-14 the keys of the gateway after the clock was set back',
    'Math.abs(at - copy.loadedAt)',
    'at - copy.loadedAt',
  ),
  late(
    'keys: a failure is over after the next success',
    'fault = discovered.ok ? undefined :',
    'fault = discovered.ok ? fault :',
  ),
  late('a new key while the gateway is down', 'return fault === undefined', 'return true'),
  fastify('PR-15 an escaped question mark', '3[ABDF]', '3[ABD]'),
  fastify('PR-15 an escaped at sign', '|40))', '))'),
  fastify('PR-15 an escaped dollar sign', '2[346ABCF]', '2[36ABCF]'),
  target('PR-08 a value is no name of a header', 'index % 2 === 0 && ', ''),
  target('PR-08 headers that Node hides', 'rawHeaders.length / 2 >= limit', 'false'),
  target('PR-08 headers of another server', 'socket?.server?.maxHeadersCount ?? ', ''),
  target('a token in the query of another target', "start === -1 ? '' : target.slice(start)", "''"),
  gate(
    'keys: a load before the clock was set back',
    'Math.abs(at - mark.startedAt)',
    'at - mark.startedAt',
  ),
  gate(
    'keys: the pause after a load counts from the question',
    'ok ? mark.startedAt : now()',
    'now()',
  ),
  late(
    'a new key of which it is uncertain whether it is published',
    'if (named === undefined && !isBeyondDoubt) throw unavailable()',
    '',
  ),
  keys('keys: one load for an unknown key', 'named === undefined && !isNew', 'named === undefined'),
  keys(
    'keys: prefetch waits for a load that is due',
    'if (ageAt(now()) >= KEYS_REFRESH_SECONDS) await attempt(0)',
    '',
  ),
  keys(
    'NET-13 the age of keys counts from the question',
    'loadedAt: mark.startedAt',
    'loadedAt: now()',
  ),
  target('DP-07 a target that is no path', "target.startsWith('/') ? method : undefined", 'method'),
  paths('the query of a resource', 'search(/[/?]/)', 'search(/[/]/)'),
  memory('DPOP-02 what was forgotten', 'Math.max(forgottenUntil, second)', 'second'),
  owned('PR-13 the binding among the claims', "'scope', 'cnf'", "'scope'"),
  claims(
    'a list of values that is changed later',
    'Object.freeze([...accepted])',
    'accepted as never',
  ),
  discovery('a gateway with the metadata of RFC 8414', 'openid.status !== 404', 'true'),
  challenge(
    'a proof that no client can make',
    "'required' && proof.publicUrls.length > 0",
    "'required'",
  ),
  options('two ways to see a revocation', "&&\n    has('statusList')", ''),
  options('a list of types that is changed later', 'Object.freeze([...typs])', 'typs as never'),
  times(
    'CLM-02 a fraction of iat',
    "Math.ceil(readDate(claims, 'iat'))",
    "readDate(claims, 'iat')",
  ),
  times(
    'CLM-02 a fraction of nbf',
    "Math.ceil(readDate(claims, 'nbf'))",
    "readDate(claims, 'nbf')",
  ),
  times('the actors are frozen', 'Object.freeze(actors)', 'actors'),
  claims('required claims', 'if (!accepted.some((one) => one === value))', 'if (false)'),
  claims('required claims by type', '(one) => one === value', '(one) => one == value'),
  claims(
    'values of a required claim',
    'accepted.every(isClaimValue)',
    'accepted.some(isClaimValue)',
  ),
  keys('keys too old', 'ageAt(at) >= KEYS_MAX_STALE_SECONDS) throw', 'false) throw'),
  keys('keys of an idle API', 'fault === undefined ? KEYS_ASK_FIRST_SECONDS :', 'false ? 0 :'),
  keys('keys refreshed in the background', 'context.waitUntil?.(work)', ''),
  keys('the load of another request is awaited', 'gate.isBusy() && poll < MAX_LOAD_POLLS', 'false'),
  rotation('a second load', 'round < 2', 'round < 1'),
  late('an older load that fails late', 'copy.load > load', 'false'),
  gate('loads that overlap count once', 'Math.max(failures, mark.failures + 1)', 'failures + 1'),
  gate('the pause grows', '* 2 ** (failures - 1)', ''),
  lists('an older list that fails late', 'memory.list !== before', 'false'),
  node('PR-08 two headers', 'sent.length > 1', 'false'),
  node('PR-08 header and query', 'originalUrl ?? url', "(originalUrl ?? url).split('?')[0] ?? ''"),
  fastify('a plugin without encapsulation', "[Symbol.for('skip-override')]: true,", ''),
  path('EXC-16 the reading of URL libraries', 'parsed?.pathname !== text', 'parsed === undefined'),
  path('EXC-16 one spelling', 'ENCODED_UNRESERVED.test(segment)', 'false'),
  path('EXC-16 separators', 'DISPUTED.test(segment) || ', ''),
  path('EXC-16 separators after NFKC', ' || DISPUTED.test(folded)', ''),
  path('EXC-16 dots after NFKC', "!/^\\.*$/.test(folded.replace(UNSEEN, ''))", 'true'),
  path('EXC-16 unseen characters beside dots', "folded.replace(UNSEEN, '')", 'folded'),
  path('EXC-16 unseen characters in names', ".replace(INVISIBLE, '')", ''),
  path(
    'EXC-16 two slashes',
    "if (segment === '') return isLast",
    "if (segment === '') return true",
  ),
  path('EXC-16 case', 'text.toLowerCase().toUpperCase().toLowerCase()', 'text'),
  path('EXC-16 letters whose capital is in ASCII', '.toLowerCase().toUpperCase()', ''),
  path('EXC-16 letters whose small letter has that capital', 'text.toLowerCase()', 'text'),
  path('EXC-16 a capital I with a dot', ".replaceAll('i\\u0307', 'i')", ''),
  routes('EXC-16 lax origins', "lax === found ? found : 'disputed'", 'found'),
  routes('a route that is never reached', 'demand(before === -1,', 'demand(true,'),
  routes('every method of a list', 'methods.every(isMethod)', 'methods.some(isMethod)'),
  routes('TRACE', 'NEVER_METHODS.includes(method.toUpperCase())', 'false'),
  headers(
    'one spelling of a header',
    "name.toLowerCase().replace(/[^a-z0-9]/g, '-')",
    'name.toLowerCase()',
  ),
  headers('headers named by connection', 'named.has(plain) || ', ''),
  headers('identity of a caller', ' || isReserved(plain)', ''),
  headers('PR-14 authorization', "if (!forwardsAuthorization) dropped.add('authorization')", ''),
  headers('private answers', '!isProtected', 'true'),
  headers('s-maxage', '|s-maxage', ''),
  origin('redirects', "redirect: 'manual'", "redirect: 'follow'"),
  origin('a length without a body', "headers.delete('content-length')", 'void headers'),
  origin('an upgrade', "if (isWebSocket) headers.set('upgrade', 'websocket')", ''),
  origin('an upgrade by another method', "request.method === 'GET' && request", 'request'),
  origin('the answer to an upgrade', 'if (answer.status === 101) return answer', ''),
  origin('the scheme of the origin', '/^https?:$/.test(url.protocol)', 'true'),
  origin('no shared cache', "isProtected ? { cache: 'no-store' } : {}", '{}'),
  edge(
    'a disputed path',
    "if (path === undefined) return refuse('path_disputed')",
    "if (path === undefined) return refuse('no_route')",
  ),
  edge(
    'body of a preflight',
    'send(request, path, undefined, null)',
    'send(request, path, undefined)',
  ),
  edge(
    'EXC-16 a disputed path is never sent',
    "if (route === 'disputed') return refuse('path_disputed')",
    '',
  ),
  edge('the method of a preflight', "request.method !== 'OPTIONS' || ", ''),
  edge('the origin of a preflight', "if (!request.headers.has('origin')) return undefined", ''),
  edge('DP-15 a new nonce with an answer', 'answer.headers.set(name, value)', 'void name'),
  edge(
    'audience of a route',
    'route.audience ?? options.audience',
    'options.audience ?? route.audience',
  ),
  identity(
    'values that a header cannot contain',
    'if (!values.every(',
    'if (false && !values.every(',
  ),
  identity('a prefix of proxies', "!prefix.startsWith('x-forwarded-')", 'true'),
  identity('a header of proxies', "!header.startsWith('x-forwarded-')", 'true'),
  identity('headers beside a signed identity', 'name === plainName(header)', 'true'),
  identity(
    'EXC-07 the actor in a signed identity',
    '...(token.actors.length === 0 ? {} : { act: token.claims.act }),',
    '',
  ),
  identity('EXC-07 the actor in a header', "['actor', formatActors(actors)]", "['actor', '']"),
  identity('own claims only', 'Object.hasOwn(claims, name)', 'true'),
  identityKey('KEY-12 a key that stays inside', 'extractable: false', 'extractable: true'),
  identity('a space before a value', '(?:[\\x21-\\x7e]+(?: ', '(?:[\\x21-\\x7e]*(?: '),
  identity('OUT-01 typ of an identity', 'typ: IDENTITY_TYP', "typ: 'at+jwt'"),
  late(
    'keys: the wait for the load of another request ends',
    'gate.isBusy() && poll < MAX_LOAD_POLLS',
    'gate.isBusy()',
  ),
  late('keys: a load that is too slow decides nothing', 'return !gate.isBusy()', 'return true'),
]
