/** Mutants of the login of people at the command line, and of the provider that tries it out. */
import { type Mutant, mutant } from './mutant.ts'

const people = (file: string, test: string) =>
  mutant(`src/cli/people/${file}.ts`, 'conformance', `test/cli/people/${test}.test`)
const issuer = (file: string, test: string) =>
  mutant(`src/dev/people/${file}.ts`, 'node', `test/dev/people/${test}.test`)

const flow = people('sign-in/browser-flow', 'browser')
const opened = people('sign-in/browser-flow', 'hostile')
const loopback = people('sign-in/loopback', 'browser')
const provider = people('sign-in/provider', 'hostile')
const device = people('sign-in/device-flow', 'hostile')
const scopeHint = people('scope-hint', 'scope-hint')
const file = people('session-file', 'session')
const written = people('session-file', 'browser')
const gateway = people('gateway-login', 'hostile')
const renewal = people('renew-session', 'session')
const local = mutant(
  'src/cli/operate/admin-login.ts',
  'conformance',
  'test/cli/operate/serve/admin-login',
)
const redirects = issuer('redirect-uri', 'authorize')
const tokens = issuer('token-endpoint', 'token')
const grants = issuer('grants', 'token')

const named = people('admin-url', 'admin-url')
const sessions = people('session-file', 'admin-url')

export const PEOPLE_MUTANTS: readonly Mutant[] = [
  named(
    'a command without --url names the logins',
    "'--url is required', ...hintGateways()",
    "'--url is required'",
  ),
  sessions(
    'the home of another user',
    '  } catch {\n    return []\n  }',
    '  } catch (error) {\n    throw error\n  }',
  ),
  named('a command without --url names the variable', '...(isSet ? [variable] : []), ', ''),
  flow('LGN-01 the state', "answer.get('state') !== state", 'false'),
  flow('LGN-01 a nonce for each login', 'library.generateRandomNonce()', "'of-another-request'"),
  flow(
    'LGN-01 a verifier for each login',
    'library.generateRandomCodeVerifier()',
    "'v'.repeat(43)",
  ),
  loopback('LGN-01 the host', 'request.headers.host === uri.host && ', ''),
  loopback('LGN-01 the path', ' && path === uri.pathname', ''),
  loopback('LGN-01 the method', "request.method !== 'GET' || ", ''),
  flow('LGN-02 iss', "answer.has('iss') && answer.get('iss') !== login.issuer", 'false'),
  provider(
    'LGN-02 the exact issuer',
    'if (server.issuer !== login.issuer) throw otherIssuer(login)',
    '',
  ),
  provider('LGN-02 LGN-05 metadata without TLS', "refuseUrl(login.issuer, 'issuer')", ''),
  written('LGN-03 the mode of a session', 'mode: 0o600', 'mode: 0o644'),
  file('LGN-03 the mode of the directory', 'chmodSync(directory, 0o700)', ''),
  file('LGN-03 a session that others can read', '  refuseSharedFile(path)\n  const', '  const'),
  file(
    'LGN-03 reading through a link',
    'guard(() => readOwnFile(path, MAX_SESSION_BYTES))',
    "guard(() => lstatSync(path, { throwIfNoEntry: false }) && process.getBuiltinModule('node:fs').readFileSync(path, 'utf8'))",
  ),
  file(
    'LGN-04 the session of another gateway',
    '(gateway !== undefined && parsed.data.gateway !== gateway)',
    'false',
  ),
  gateway('LGN-04 the resource', 'resource !== gateway', 'false'),
  renewal(
    'LGN-04 the provider of a refresh token',
    'const provider = await openProvider(login)',
    "const { readGatewayLogin } = await import('./gateway-login.ts')\n  const provider = await openProvider(await readGatewayLogin(gateway))",
  ),
  provider(
    'LGN-05 the scheme of a URL',
    "URL.canParse(url) && (new URL(url).protocol === 'https:' || isLoopbackIssuer(url))",
    'true',
  ),
  opened('LGN-05 the page that is opened', "refuseUrl(endpoint, 'endpoint')", ''),
  device('LGN-05 the page of a device', "refuseUrl(started.verification_uri, 'page')", ''),
  provider('LGN-05 requests without TLS', "refuseUrl(url, 'endpoint')", ''),
  scopeHint('ADM-09 the roles that lack the scope', 'one === scope', 'one.length > 0'),
  local('serve: a login by a local issuer only', '!isLoopbackIssuer(issuer)', 'false'),
  redirects('dev issuer: another host', 'if (!isLoopbackName(hostname)) return false', ''),
  redirects('dev issuer: another spelling of a redirect URI', 'href !== uri || ', ''),
  tokens('dev issuer: another redirect URI', "code.redirectUri !== get('redirect_uri')", 'false'),
  tokens('dev issuer: PKCE', ' || hash !== code.challenge', ''),
  grants(
    'dev issuer: a code that was used',
    'if (found.usedFor !== undefined) found.usedFor.isRevoked = true',
    '',
  ),
  grants(
    'dev issuer: a refresh token that was used',
    'if (family.current !== token) family.isRevoked = true',
    '',
  ),
]
