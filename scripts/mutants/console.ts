/** Mutants of the console: its pages, the session, and the sign-in of people in a browser. */
import { type Mutant, mutant } from './mutant.ts'

const console = (file: string, test: string) =>
  mutant(`src/worker/console/${file}.ts`, 'worker', `test/worker/console/${test}`)

const page = console('page-headers', 'files.test')
const files = console('files', 'files.test')
const app = mutant('src/worker/app.ts', 'worker', 'test/worker/console/files.test')
const api = mutant('src/worker/app.ts', 'worker', 'test/worker/console/api.test')
const session = console('session', 'api.test')
const policy = mutant('src/worker/http/admin-auth.ts', 'worker', 'test/worker/console/roles.test')
const logout = console('session', 'session.test')
const sent = console('cookies', 'api.test')
const cookies = console('cookies', 'sign-in.test')
const named = console('cookies', 'cookies.test')
const callback = console('callback', 'sign-in.attacks.test')
const ended = console('callback', 'sign-in.test')
const failed = console('callback', 'provider.test')
const state = console('sealed-state', 'sign-in.attacks.test')
const lasting = console('sealed-state', 'sign-in.test')
const start = console('sign-in', 'sign-in.test')
const provider = console('provider', 'provider.test')
const json = mutant('src/worker/http/fetch-json.ts', 'worker', 'test/worker/console/provider.test')
const draft = mutant(
  'src/console/pages/editor/draft.ts',
  'analysis',
  'test/console/pages/editor/draft',
)

const begin = mutant(
  'src/console/pages/editor/start.ts',
  'analysis',
  'test/console/pages/editor/start',
)
const applied = mutant(
  'src/console/pages/editor/applied.ts',
  'analysis',
  'test/console/pages/editor/applied',
)
const failure = mutant('src/console/api/failure.ts', 'analysis', 'test/console/api/request')
const shapes = mutant('src/console/api/shapes.ts', 'analysis', 'test/console/api/request')
const answers = mutant('src/console/api/request.ts', 'analysis', 'test/console/api/request')
const turns = mutant('src/console/api/turns.ts', 'analysis', 'test/console/api/turns')
const followed = mutant(
  'src/console/pages/decisions/merge.ts',
  'analysis',
  'test/console/pages/decisions/merge',
)
const newer = mutant(
  'src/console/pages/decisions/ask-newer.ts',
  'analysis',
  'test/console/pages/decisions/ask-newer',
)

export const CONSOLE_MUTANTS: readonly Mutant[] = [
  shapes(
    'console: an answer without a member of the contract',
    'check?.(value[name]) ?? true',
    'true',
  ),
  shapes('console: a list of other things', '&& value.every(isJsonObject)', '&& true'),
  answers(
    'console: an answer of another shape is shown',
    '&& hasShape(value)',
    '|| hasShape(value)',
  ),
  begin(
    'console: a document that is not available is not gone',
    '!isProblem(base.error, PROBLEMS.revisionUnknown.type)',
    "base.error.kind !== 'problem'",
  ),
  applied(
    'console: a draft with another document than the one in force',
    'isSame(read.value.value, current.document, checks)',
    'true',
  ),
  logout(
    'CON-08 the cookie of a session that the policy has ended',
    'if (admitted.status === 401) admitted',
    'if (admitted.status === 400) admitted',
  ),
  turns('console: an answer to a question that was changed', 'own === last', 'own <= last'),
  failure(
    'console: problems that a detail refers to',
    'problems: problems.map(',
    'problems: [].map(',
  ),
  followed(
    'console: a gap in a list that follows',
    'isApart ? page.decisions : merged.decisions',
    'merged.decisions',
  ),
  newer('console: the clock of the gateway was set back', 'from * 1000 + 1', '0'),
  followed('console: a page that is not the last one', '!page.complete ||', ''),
  page('CON-01 inline scripts', "script-src 'self'", "script-src 'self' 'unsafe-inline'"),
  page('CON-01 frames', `  "frame-ancestors 'none'",\n`, ''),
  page(
    'CON-01 headers of a failure',
    'return addPageHeaders(answerFailure(error, c))',
    'return answerFailure(error, c)',
  ),
  app(
    'CON-01 headers of a path without a route',
    'return isConsole(c) ? addPageHeaders(response) : response',
    'return response',
  ),
  provider(
    'console: endpoints of the provider are asked for again',
    'isWithin(at, found.from, PROVIDER_FRESH_SECONDS)',
    'at >= found.from',
  ),
  provider(
    'console: endpoints of the provider after the clock was set back',
    'isWithin(at, found.from, PROVIDER_FRESH_SECONDS)',
    'at < found.from + PROVIDER_FRESH_SECONDS',
  ),
  provider(
    'console: a failed provider after the clock was set back',
    'isWithin(at, failed.from, PROVIDER_RETRY_SECONDS)',
    'at < failed.from + PROVIDER_RETRY_SECONDS',
  ),
  state('CON-03 a code in another alphabet', ' || !isBase64Url(code)', ''),
  callback('console: a gateway that is unavailable', 'status < 500 ? 403 : status', '403'),
  provider(
    'CON-01 text of the provider in a page',
    "typeof error === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(error)",
    "typeof error === 'string'",
  ),
  files(
    'console: types of files',
    'if (!Object.hasOwn(CONTENT_TYPES, extension)) return answerNotFound(c, undefined)',
    '',
  ),
  policy('ADM-09 session: scopes of the policy', '=> granted.includes(scope)', "=> scope !== ''"),
  policy('ADM-09 session: the rule of the token', 'name === claims.client_id', "name !== ''"),
  policy('ADM-09 session: a rule that grants nothing now', 'isInForce(rule, at) && ', ''),
  session('CON-02 a header of a program', "headers.has('authorization')", 'false'),
  session(
    'CON-02 a write without an origin',
    'origin !== own || isForeignPage({ origin: null, site }, [])',
    'isForeignPage({ origin, site }, [own]) || isForeignPage({ origin: null, site }, [])',
  ),
  session(
    'CON-02 a write of another site',
    'origin !== own || isForeignPage({ origin: null, site }, [])',
    'origin !== own',
  ),
  session(
    'CON-02 a read of another origin',
    'isForeignPage({ origin, site }, [own]) || isForeignPage({ origin: null, site }, [])',
    'isForeignPage({ origin: null, site }, [])',
  ),
  session(
    'CON-02 a read of another site',
    'isForeignPage({ origin, site }, [own]) || isForeignPage({ origin: null, site }, [])',
    'isForeignPage({ origin, site: null }, [own])',
  ),
  cookies('CON-02 SameSite', "[SESSION_COOKIE]: 'Strict'", "[SESSION_COOKIE]: 'Lax'"),
  sent('CON-02 two sessions', 'sent.length === 1', 'sent.length > 0'),
  api(
    'CON-02 ADM-10 the cookie at the admin API',
    'return requireAdmin(endpoint, BEARER)',
    'return requireAdmin(endpoint, SESSION)',
  ),
  logout(
    'CON-02 the token of a session that ended',
    'await c.var.gateway.revocationLog.revokeToken({ jti, expiresAt: exp, by: sub })',
    '',
  ),
  callback('CON-03 the state', "!isSame(answer, 'state', started.state)", 'false'),
  callback('CON-03 the nonce', 'nonce.value !== started.nonce', 'false'),
  ended(
    'CON-03 one answer',
    '    clearCookie(LOGIN_COOKIE),\n    writeCookie(SESSION_COOKIE',
    '    writeCookie(SESSION_COOKIE',
  ),
  failed(
    'CON-03 one answer, also if it fails',
    "{ 'set-cookie': clearCookie(LOGIN_COOKIE) } as const",
    '{}',
  ),
  state(
    'CON-03 the authentication code of a state',
    "!(await crypto.subtle.verify('HMAC', key, decodeBase64Url(code), signed))",
    'false',
  ),
  lasting('CON-03 ten minutes', 'state.expiresAt > at ? state : undefined', 'state'),
  start(
    'CON-03 a verifier for each sign-in',
    '[newSecret(), newSecret(), newSecret()]',
    "[newSecret(), newSecret(), 'v'.repeat(43)]",
  ),
  provider(
    'CON-03 a provider without S256',
    "Array.isArray(methods) && !methods.includes('S256')",
    'false',
  ),
  cookies(
    'CON-03 the prefix of a cookie',
    "SESSION_COOKIE = '__Host-edgemint'",
    "SESSION_COOKIE = 'edgemint'",
  ),
  named('CON-03 a space before the prefix', '/; */', '/;\\s*/'),
  callback('CON-04 iss', "isNamed && !isSame(answer, 'iss', login.issuer)", 'false'),
  callback(
    'CON-04 a missing iss',
    "answer.has('iss') || provider.namesItself",
    "answer.has('iss')",
  ),
  callback('CON-04 the provider of a state', 'started.issuer !== login.issuer || ', ''),
  callback('CON-04 the client of a state', ' || started.clientId !== login.client_id', ''),
  start(
    'CON-05 a path of the console',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    '    given.startsWith(`${PATHS.console}/`) &&\n',
    '',
  ),
  start('CON-05 a path as it is written', 'new URL(url).href === url', 'true'),
  start('CON-05 a page', "    isPage(given.replace(/[?#].*/s, '')) &&\n", ''),
  start('CON-05 two paths', '    more.length === 0 &&\n', ''),
  cookies('CON-06 HttpOnly', '; Secure; HttpOnly', '; Secure'),
  ended(
    'CON-06 the token in a URL',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    '`${settings.issuer}${started.returnTo}`',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    '`${settings.issuer}${started.returnTo}#${token}`',
  ),
  provider(
    'CON-07 the URL of the provider',
    'findIssuerUrlFault(issuer, { localIssuers, hasUploadedKeys: false }) !== undefined',
    'false',
  ),
  provider('CON-07 the issuer in the configuration', 'value.issuer !== issuer', 'false'),
  provider(
    'CON-07 the host of the token endpoint',
    'locateKeySet(value.token_endpoint, issuer, keyHosts, localIssuers)',
    '{ ok: true, value: value.token_endpoint as string } as const',
  ),
  provider('CON-07 the page', ' || !isPageUrl(authorization, localIssuers)', ''),
  provider('CON-07 time', '{ ...request, signal, maxBytes', '{ ...request, maxBytes'),
  provider(
    'CON-07 a failure is remembered',
    'if (failed && isWithin(at, failed.from, PROVIDER_RETRY_SECONDS)) throw failed.failure',
    '',
  ),
  json('CON-07 redirects of the provider', "redirect: 'manual'", "redirect: 'follow'"),
  json('CON-07 bytes of the provider', 'response.body, maxBytes', 'response.body, 1e9'),
  draft('CON-08 the draft of another person', 'draft.subject === subject', 'true'),
  provider(
    'CON-07 an answer that is no object',
    "typeof value !== 'object' || value === null",
    'value === null',
  ),
]
