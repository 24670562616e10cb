/** Mutants of the checks for administration and revocation: the attacks ADM and REV. */
import { type Mutant, mutant } from './mutant.ts'

const TABLE = 'test/worker/routes/admin/table'
const early = mutant(
  'src/worker/routes/admin/revocations/revoke.ts',
  'worker',
  'test/worker/routes/admin/revocations.early',
)
const guard = mutant('src/worker/http/admin-auth.ts', 'worker', 'test/worker/unready')
const revoked = mutant(
  'src/worker/http/admin-auth.ts',
  'worker',
  'test/worker/routes/admin/trust.test.ts',
)
const app = mutant('src/worker/app.ts', 'worker', TABLE)
const roles = mutant('src/contract/admin.ts', 'worker', TABLE)
const parameters = mutant('src/worker/http/check-parameters.ts', 'worker', TABLE)
const endpoints = mutant('src/worker/admin-endpoints.ts', 'worker', TABLE)
const locate = mutant('src/worker/routing/locate.ts', 'worker', TABLE)
const objects = mutant('src/worker/objects/trust-store/trust-store.ts', 'worker', TABLE)
const routes = mutant(
  'src/worker/routes/admin/trust.ts',
  'worker',
  'test/worker/routes/admin/trust.test.ts',
)
const store = mutant(
  'src/worker/objects/trust-store/trust-store.ts',
  'worker',
  'test/worker/objects/trust-store/trust-store.revisions',
)
const documents = mutant(
  'src/worker/objects/trust-store/check-document.ts',
  'worker',
  'test/worker/objects/trust-store/trust-store.revisions',
)
const bodies = mutant('src/worker/http/json-body.ts', 'worker', 'test/worker/routes/admin/bodies')
const imported = mutant(
  'src/worker/routes/admin/revocations/list.ts',
  'worker',
  'test/worker/routes/admin/bodies',
)
const own = mutant(
  'src/worker/routes/admin/revocations/ends-own.ts',
  'worker',
  'test/worker/routes/admin/revocations.own',
)
const activity = mutant(
  'src/worker/routes/admin/activity.ts',
  'worker',
  'test/worker/routes/admin/activity',
)
const repeated = mutant('src/web/json.ts', 'core', 'test/web/json')
const hosts = mutant('src/worker/routing/check-host.ts', 'worker', 'test/worker/routes/host')
const ownUri = mutant(
  'src/core/policy/compile/resource-uri.ts',
  'core',
  'test/core/policy/compile/resource-uri.test',
)
const reserved = mutant(
  'src/core/policy/compile/resource.ts',
  'core',
  'test/core/policy/compile/resource-uri',
)
const schema = mutant(
  'src/contract/trust-document.ts',
  'core',
  'test/core/policy/compile/compile.refuses',
)
const texts = mutant('src/contract/text.ts', 'core', 'test/core/policy/compile/bad-input')
const log = mutant(
  'src/worker/objects/revocation-log/token-rows.ts',
  'worker',
  'test/worker/objects/revocation-log/revocation-log.test.ts',
)
const late = mutant(
  'src/worker/objects/revocation-log/publication.ts',
  'worker',
  'test/worker/objects/revocation-log/revocation-log.late-writes',
)
const grains = mutant(
  'src/worker/caches/revocations/published-revocations.ts',
  'worker',
  'test/worker/caches/revocations/revocation-snapshot.grains',
)
const coarse = mutant(
  'src/worker/caches/revocations/revocation-index.ts',
  'worker',
  'test/worker/caches/revocations/revocation-snapshot.grains',
)
const rows = mutant(
  'src/worker/objects/revocation-log/find-revocation.ts',
  'worker',
  'test/worker/objects/revocation-log/revocation-log.grains',
)
const unknown = mutant(
  'src/worker/objects/revocation-log/revocation-log.ts',
  'worker',
  'test/worker/objects/revocation-log/revocation-log.grains',
)
const introspect = mutant(
  'src/core/endpoint/introspect.ts',
  'core',
  'test/core/endpoint/introspect',
)

export const ADMIN_MUTANTS: readonly Mutant[] = [
  introspect('a token with the line feed of its file', 'token.value?.trim()', 'token.value'),
  routes('ADM-06 an If-Match that matches every revision', "ifMatch === '*'", 'false'),
  early('REV-03 a moment before every live token', 'endOf(before) <= readClock()', 'false'),
  guard('ADM-01 no policy, no admin API', 'settings.policy === undefined', 'false'),
  ...(
    [
      ['adminTrust', "'trust:read',\n    parameters: ['revision']"],
      ['adminTrust, PUT', "'trust:write',\n    parameters: ['message']"],
      ['adminTrustHistory, PUT', "'trust:write',\n    parameters: ['revision']"],
      ['adminTrustHistory, POST', "'trust:write',\n    request"],
      ['adminIssuerKeys', "'trust:read',\n    parameters: ['after']"],
      ['adminTrustProblems', "'trust:read',\n    handler: getTrustProblemsRoute"],
      ['adminDecisionsActivity', "'decisions:read',\n    parameters: ['hours']"],
      ['adminIssuers', "'trust:read',\n    handler: getIssuersRoute"],
      [
        'adminRevocations, POST',
        `'revocations:write',\n    request: { contentType: 'application/json', schema: revocationRequestSchema }`,
      ],
      ['adminRevocations, GET', "'trust:read',\n    handler: getRevocationsRoute"],
      [
        'adminRevocationsLift',
        `'revocations:write',\n    request: { contentType: 'application/json', schema: liftRequestSchema }`,
      ],
      ['adminRevocationsExport', "'revocations:write',\n    parameters: ['after']"],
      [
        'adminRevocationsImport',
        `'revocations:write',\n    request: { contentType: 'application/json', schema: revocationImportSchema }`,
      ],
      ['adminValidate', "'trust:plan',"],
      ['adminKeys', "'trust:read',\n    handler: getKeysRoute"],
      ['adminHealth', "'trust:read',\n    handler: getAdminHealthRoute"],
    ] as const
  ).map(([name, from]) =>
    endpoints(
      `ADM-02 the guard of ${name}`,
      `authentication: ${from}`,
      `authentication: ${from.replace(/'[^']+'/, "'none'")}`,
    ),
  ),
  app(
    'ADM-02 all guards of the admin API',
    'return requireAdmin(endpoint, BEARER)',
    'return endpoint.handler as never',
  ),
  ownUri('ADM-03 a dot at the end of the host', ".replace(FINAL_DOT, '$1')", ''),
  reserved(
    'ADM-03 the gateway in a document',
    'isGatewayResource(uri, ceilings.gatewayIssuer)',
    'false',
  ),
  objects(
    'ADM-04 no fetch handler',
    '  async currentDocument(): Promise<StoredDocument> {',
    "  override fetch() {\n    return new Response('')\n  }\n\n  async currentDocument(): Promise<StoredDocument> {",
  ),
  routes('ADM-06 the replaced revision', 'ifMatch === undefined', 'false'),
  store('ADM-07 the revision at the write', 'current !== request.ifRevision', 'false'),
  documents('ADM-08 an earlier document is checked again', '{ admitAt: at }', '{}'),
  documents('a document with a duplicate key', 'if (repeated !== undefined)', 'if (false)'),
  bodies('a body with two members of one name', " ?? findRepetition(text ?? '')", ''),
  imported(
    'control characters in imported revocations',
    'boundedText(MAX_REVOCATION_ID_CHARACTERS)',
    'z.string()',
  ),
  parameters('a parameter in another encoding', '.filter(isMalformed)', '.filter(() => false)'),
  own('an own token that is named', 'token.jti === id', 'false'),
  own('an own token after the moment', 'token.iat < before', 'true'),
  own('the ancestors of an own token', 'lineageOf(caller)', '[caller]'),
  activity('activity of the whole period', 'Math.floor(last -', 'Math.ceil(last -'),
  routes('ADM-06 another spelling of the entity tag', '(0|[1-9][0-9]{0,14})', '([0-9]{1,15})'),
  repeated('names of another object', 'holders.pop()', 'holders.at(-1)'),
  repeated(
    'an escaped name',
    'JSON.parse(text.slice(start, end))',
    'text.slice(start + 1, end - 1)',
  ),
  endpoints(
    'ADM-09 a scope for reading does not allow writing',
    "authentication: 'trust:write',\n    parameters: ['message']",
    "authentication: 'trust:read',\n    parameters: ['message']",
  ),
  roles(
    'ADM-09 an editor cannot apply',
    "[...VIEWER, 'trust:plan']",
    "[...VIEWER, 'trust:plan', 'trust:write']",
  ),
  parameters('an unknown parameter is refused', '!names.includes(name)', 'false'),
  hosts(
    'EXC-16 a remembered host: named by both',
    'header === named ? own.accepted.get(named)',
    'true ? own.accepted.get(named)',
  ),
  hosts(
    'EXC-16 a remembered host: only one of ours',
    'if (!areOurs(host, authority, own)) {',
    'own.accepted.set(named, host)\n    if (!areOurs(host, authority, own)) {',
  ),
  hosts('EXC-16 a remembered host: its pages', ' && !isLocalGateway(env)) return', ') return'),
  hosts('ADM-10 foreign hosts', 'header !== null && !mayBeForeign && ', 'false && '),
  texts('ADM-13 plain text', '/^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]+$/u', '/^[^]+$/u'),
  locate(
    'ADM-14 paths as sent',
    'url.slice(start) : url.slice(start, query)',
    'decodeURIComponent(url.slice(start)) : url.slice(start, query)',
  ),
  schema('ADM-15 unknown keys', 'const grant = z.strictObject({', 'const grant = z.object({'),
  revoked('REV-01 the log of revocations', '(await isRevoked(claims))', 'false'),
  grains('REV-03 an unknown grain', 'grain: z.enum(COARSE_GRAINS)', 'grain: z.any()'),
  coarse('REV-03 issued before', 'if (isIssuedBefore(token)) return true', ''),
  rows('REV-02 unknown grains by name: before all', 'start && `', '`'),
  rows('REV-02 unknown grains by name: after all', 'end && `', '`'),
  rows('REV-03 issued before, in the log', 'if (token === undefined) return false', 'return false'),
  unknown(
    'REV-02 a grain that cannot be evaluated',
    'if (this.now() < this.#unknownUntil) throw',
    'if (false) throw',
  ),
  log('REV-04 end of an entry', 'expiresAt + REVOCATION_MARGIN_SECONDS', 'expiresAt'),
  late('REV-06 a lost write', 'notePublished(sql, -1)', ''),
  introspect(
    'REV-07 an unauthenticated caller',
    'const asking = isHolder ? claims : await verifyLive(caller.value.token, ports)',
    'const asking = claims',
  ),
]
