/**
 * Mutants of a gateway on the own machine: `serve --production`, its front, its key files, and the dev
 * issuer.
 */
import { type Mutant, mutant } from './mutant.ts'

const production = (file: string, test: string) =>
  mutant(`src/dev/production/${file}.ts`, 'node', `test/dev/production/${test}.test`)
const operate = (file: string) =>
  mutant(
    `src/cli/operate/production/${file}.ts`,
    'conformance',
    'test/cli/operate/serve/production/refusals',
  )

const address = production('client-address', 'client-address')
const relay = production('relay', 'front')
const tls = production('front', 'front.tls')
const clients = production('connection', 'front.tls')
const certificate = production('certificate', 'certificate')
const connection = mutant(
  'src/worker/http/connection/connection.ts',
  'worker',
  'test/worker/http/front',
)
const devIssuer = mutant('src/dev/issuer/issuer.ts', 'node', 'test/dev/issuer/issuer.test.ts')
const keyFiles = operate('signing-keys')
const flags = operate('flags')

export const PRODUCTION_MUTANTS: readonly Mutant[] = [
  address('RULE-24 a network of half of all addresses', ' || bits < leastBits(address)', ''),
  address(
    'RULE-24 a network with every IPv4 address',
    "network.check('::ffff:0:0', 'ipv6')",
    'false',
  ),
  relay('RULE-24 the header of a caller', '/^(?:cf-|mf-|edgemint-front)/', '/^(?:cf-|mf-)/'),
  relay(
    'RULE-24 headers of the platform',
    '/^(?:cf-|mf-|edgemint-front)/',
    '/^(?:mf-|edgemint-front)/',
  ),
  connection(
    'RULE-24 the front of a gateway on the platform',
    'if (isLocalGateway(env)) return readFront(request, env)?.ip ?? null',
    'if (env.FRONT_KEY !== undefined) return readFront(request, env)?.ip ?? null',
  ),
  clients('a client certificate of another authority', 'if (!socket.authorized) return', ''),
  tls('a session with an earlier certificate', ', secureOptions: SSL_OP_NO_TICKET', ''),
  certificate('a certificate that ended', 'if (endsAt <= now) throw', 'if (false) throw'),
  certificate(
    'a key of another certificate',
    '!leaf.checkPrivateKey(parseKey(key, files.key))',
    'false',
  ),
  certificate('a TLS key that others can read', 'OTHERS = 0o007', 'OTHERS = 0'),
  keyFiles(
    'KEY-12 a key that the group can read',
    'GROUP_AND_OTHERS = 0o077',
    'GROUP_AND_OTHERS = 0o007',
  ),
  keyFiles('KEY-12 a credential that others can read', 'OTHERS = 0o007', 'OTHERS = 0'),
  flags(
    'production: flags for trying things out',
    'if (trial !== undefined) throw',
    'if (false) throw',
  ),
  flags(
    'production: plain HTTP on a network',
    'certificate === undefined && proxies.length === 0',
    'false',
  ),
  devIssuer(
    'dev issuer: an idle connection that workerd uses again',
    '    keepAliveTimeout: ISSUER_IDLE_MILLISECONDS,\n',
    '',
  ),
  flags('production: an http issuer URL', "!issuer.startsWith('https://')", 'false'),
]
