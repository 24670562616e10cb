/**
 * Mutants of the checks of keys, issuers and responses. Most remove a check. Where something must
 * be absent, the mutant adds it.
 */
import { type Mutant, mutant } from './mutant.ts'

const attacks = (name: string) => `test/worker/attacks/${name}`

const peek = mutant('src/core/evidence/peek.ts', 'core', 'test/core/evidence/peek')
const entra = mutant('src/core/providers/entra-id.ts', 'core', 'test/core/endpoint/attacks')
const providers = mutant(
  'src/core/providers/index.ts',
  'core',
  'test/core/providers/providers.issuers',
)
const issuer = mutant(
  'src/core/policy/compile/issuers/issuer.ts',
  'core',
  'test/core/providers/providers.issuers',
)
const clusters = mutant(
  'src/core/providers/managed-kubernetes.ts',
  'core',
  'test/core/providers/providers.issuers',
)
const keySet = mutant(
  'src/core/keys/issuer-keys.ts',
  'core',
  'test/core/keys/issuer-keys test/core/keys/well-known',
)
const publicKey = mutant(
  'src/core/keys/public-key.ts',
  'core',
  'test/core/keys/issuer-keys test/core/keys/well-known',
)
const locateKeys = mutant(
  'src/worker/objects/trust-store/fetch/locate-key-set.ts',
  'worker',
  'test/worker/objects/trust-store/fetch/locate-key-set',
)
const findKey = mutant(
  'src/core/evidence/find-key.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/endpoint/attacks',
)
const ring = mutant(
  'src/core/tokens/keyring.ts',
  'core',
  'test/core/tokens/keyring test/core/keys/well-known',
)
const exchangeKeys = mutant('src/core/evidence/find-key.ts', 'worker', attacks('keys'))
const parse = mutant('src/core/endpoint/parse.ts', 'core', 'test/core/endpoint')
const render = mutant('src/core/endpoint/render.ts', 'core', 'test/core/endpoint/render')
const issue = mutant('src/core/tokens/issue.ts', 'core', 'test/core/tokens/issue')
const issueAttacks = mutant('src/core/tokens/issue.ts', 'worker', attacks('exchange'))
const conditions = mutant(
  'src/core/policy/decide/conditions.ts',
  'core',
  'test/core/endpoint/attacks',
)
const evaluate = mutant(
  'src/core/policy/decide/conclude.ts',
  'core',
  'test/core/policy/decide/evaluate',
)
const issuerUrl = mutant('src/web/issuer-url.ts', 'core', 'test/web/issuer-url')
const tenantPin = mutant(
  'src/core/policy/compile/issuers/tenant-pin.ts',
  'core',
  'test/core/policy/compile/tenant-pin',
)
const compile = mutant('src/core/policy/compile/compile.ts', 'core', 'test/core/endpoint/attacks')
const compileIssuer = mutant(
  'src/core/policy/compile/issuers/issuer.ts',
  'worker',
  attacks('issuers'),
)
const json = mutant('src/worker/http/fetch-json.ts', 'core', 'test/core/endpoint/attacks')
const bundles = mutant(
  'src/worker/objects/trust-store/fetch/fetch-issuer-keys.ts',
  'worker',
  'test/worker/objects/trust-store/trust-store.bundles',
)
const keeping = mutant(
  'src/worker/objects/trust-store/issuer-keys.ts',
  'worker',
  'test/worker/objects',
)
const alerts = mutant(
  'src/worker/objects/trust-store/fetch/issuer-alerts.ts',
  'worker',
  attacks('network'),
)
const locate = mutant('src/worker/routing/locate.ts', 'worker', attacks('exchange'))
const respond = mutant('src/worker/http/respond.ts', 'worker', attacks('exchange'))
const ports = mutant(
  'src/worker/objects/durable-ports.ts',
  'worker',
  `${attacks('platform')} ${attacks('replay')}`,
)
const limits = mutant('src/worker/http/rate-limits.ts', 'worker', 'test/worker/http/rate-limits')
const policy = mutant('src/worker/http/rate-policy.ts', 'worker', 'test/worker/http/rate-limits')
const metadata = mutant('src/worker/routes/metadata.ts', 'worker', attacks('output'))
const output = mutant('src/worker/ids.ts', 'worker', attacks('output'))
const identity = mutant('src/core/evidence/identity.ts', 'worker', attacks('claims'))
const deployment = mutant('wrangler.toml', 'core', 'test/core/endpoint/attacks')

export const MORE_MUTANTS: readonly Mutant[] = [
  peek('TOK-13 three parts', '\\.[A-Za-z0-9_-]+$/', '\\.[A-Za-z0-9_-]+(?:\\..*)?$/'),
  conditions('CLM-08 equality', 'return test.values.includes(value)', 'return true'),
  identity(
    'CLM-14 claims from elsewhere',
    'const value = readPath(claims, path)',
    `const [source] = Object.values(claims._claim_sources ?? {}) as { JWT?: string }[]
  const inside = source?.JWT === undefined ? {} : JSON.parse(atob(source.JWT.split('.')[1] ?? ''))
  const value = readPath({ ...inside, ...claims }, path)`,
  ),
  keySet('KEY-01 KEY-08 alert of private members', "  private: 'private_key_published',\n", ''),
  publicKey('KEY-06 points of the curve', '!isOnCurve(crv, x, y)', 'false'),
  publicKey('KEY-07 Ed25519 keys of full order', '!isEd25519Key(x)', 'false'),
  publicKey('SP-04 kid of a bundle key', "options.kind === 'spiffe_bundle'", 'false'),
  locateKeys(
    'NET-04 host of the keys',
    'keyHosts.some((named) => admits(named, url.host))',
    'true',
  ),
  publicKey(
    'KEY-02 key_ops',
    "operations.some((name) => name === 'verify' || name === 'sign')",
    'true',
  ),
  publicKey(
    'KEY-06 curves',
    'const crv = EC_CURVES.find((curve) => curve === named)',
    "const crv = EC_CURVES.find((curve) => curve === named) ?? 'P-256'",
  ),
  publicKey('KEY-09 published example keys', 'isWellKnownKey(material)', 'false'),
  ring(
    'KEY-09 own keys that are published examples',
    'if (isWellKnownKey(jwk)) return',
    'if (false) return',
  ),
  exchangeKeys(
    'KEY-10 keys of the issuer',
    'const known = view.keys.get(issuer.keySource)\n  const key',
    'const known = [...view.keys.values()][0]\n  const key',
  ),
  ring(
    'KEY-11 end of a key',
    'at < key.retiresAt + maxTokenLifetimeSeconds + CLOCK_LEEWAY_SECONDS',
    'at < key.retiresAt',
  ),
  ring(
    'KEY-11 start of a key',
    'key.activatesAt <= at && at < key.retiresAt',
    'at < key.retiresAt',
  ),
  ring(
    'KEY-12 OUT-06 published members',
    'Object.freeze({ ...publicMembers, kid',
    'Object.freeze({ ...jwk, kid',
  ),
  ring(
    'KEY-13 the curve of an own key',
    "kty === 'OKP' && crv === 'Ed25519' && x",
    "kty === 'OKP' && x",
  ),
  ring(
    'KEY-13 the end of an own key',
    'activatesAt === undefined || retiresAt === undefined',
    'activatesAt === undefined',
  ),
  ring(
    'KEY-13 the kid that fits',
    'jwk.kid !== undefined && jwk.kid !== keyId',
    'jwk.kid !== undefined',
  ),
  ring('KEY-13 kid of an own key', 'jwk.kid !== undefined && jwk.kid !== keyId', 'false'),
  issuerUrl(
    'NET-02 LINT-16 LINT-19 spelling of an issuer',
    'if (spelling !== undefined) return describeFault(spelling)',
    '',
  ),
  tenantPin(
    'LINT-01 a glob over a shared part',
    "provider.tenancy === 'shared' ? prefix === source",
    "provider.tenancy === 'shared' ? prefix.length > 0",
  ),
  findKey(
    'NET-09 NET-14 hard age',
    'receivedAt - fetchedAt <= issuerKeysMaxStaleSeconds + CLOCK_LEEWAY_SECONDS',
    'true',
  ),
  compile(
    'NET-11 one URL, one issuer',
    "if (other !== undefined) {\n      report(['issuers', name]",
    "if (false) {\n      report(['issuers', name]",
  ),
  json('NET-12 no cache', ", cache: 'no-store'", ''),
  keeping(
    'NET-14 withdrawn keys',
    '    JSON.stringify(keys),\n',
    '    JSON.stringify([...keys, ...parseKeys(row)]),\n',
  ),
  deployment('NET-15 ADM-16 a single entrance', 'workers_dev = false', 'workers_dev = true'),
  deployment('NET-15 public front', '"global_fetch_strictly_public"', ''),
  compileIssuer(
    'NET-15 own host',
    '!isLoopbackIssuer(url) && hostOf(url) === hostOf(gatewayIssuer)',
    'false',
  ),
  alerts('NET-10 alert of an empty set', "  no_usable_key: 'empty_key_set',\n", ''),
  alerts('NET-04 alert of another host', "  jwks_uri_refused: 'jwks_uri_elsewhere',\n", ''),
  bundles('SP-05 empty bundles', 'keys.length === 0 && !isBundle', 'keys.length === 0'),
  keeping('SP-09 sequence', 'sequence !== null && sequence < highest', 'false'),
  entra('ISS-04 tenants', '(?<tenantV2>', '(?<tenantV2>[a-z{}]+|'),
  parse(
    'EXC-03 parameters of the standard',
    'checkParameters(form, grantType.parameters) ??',
    'checkParameters(form, []) ??',
  ),
  evaluate(
    'EXC-05 resource of the rule',
    'granting !== undefined || grant.resource !== resource.uri',
    'granting !== undefined',
  ),
  issueAttacks(
    'EXC-08 no actor',
    'rev: issuance.revision,',
    'rev: issuance.revision, ...{ act: identity.claims.act },',
  ),
  render(
    'EXC-10 no reason',
    "'namesFault' in row ? nameFault(denial, sentence) : sentence",
    'denial.reason',
  ),
  parse(
    'EXC-11 known parameter names',
    '(known === undefined ? {} : { at: name })',
    '{ at: name }',
  ),
  respond(
    'EXC-12 no CORS',
    "{ 'x-content-type-options': 'nosniff' }",
    "{ 'x-content-type-options': 'nosniff', 'access-control-allow-origin': '*' }",
  ),
  render('EXC-13 no-store', "  'cache-control': 'no-store',\n", ''),
  limits(
    'EXC-14 policy',
    'tellRatePolicy(renderDenial',
    '((response: never) => response)(renderDenial',
  ),
  policy('EXC-14 the wait of its own limit', 'name === exceeded', 'true'),
  policy(
    'EXC-14 form of the policy',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    '`"${name}";q=${quota};w=${seconds}`',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    '`"${name}";q=${quota}`',
  ),
  providers(
    'LINT-01 shared issuers of other regions',
    'listFixedUrls(issuer).map(stripSlash)',
    '[stripSlash(issuer.url)]',
  ),
  issuer('LINT-01 a new document', 'isStored ? undefined : findSharedOwner(url)?.id', 'undefined'),
  clusters('ISS-03 a bucket is no cluster', 'oidc(?:\\.eks', 'oidc(?:[.-]eks'),
  locate(
    'EXC-16 paths as sent',
    'url.slice(start) : url.slice(start, query)',
    'decodeURIComponent(url.slice(start)) : url.slice(start, query)',
  ),
  ports(
    'REP-05 unreachable ledger',
    '.claim(key, until))',
    '.claim(key, until).catch(() => true))',
  ),
  issue(
    'OUT-03 claims of the rule',
    'contentOf(issuance, claims))',
    '{ ...issuance.identity.claims, ...contentOf(issuance, claims) })',
  ),
  output('OUT-04 ids', 'tokenIdOf(randomBytes(RANDOM_ID_BYTES))', 'tokenIdOf(randomBytes(4))'),
  metadata(
    'OUT-05 name of the gateway',
    'describeServer(c.var.gateway.settings.issuer,',
    "describeServer(c.req.header('x-forwarded-host') ?? '',",
  ),
]
