/** Mutants of what clients send: headers, client names, spellings of resources and token types. */
import { type Mutant, mutant } from './mutant.ts'

const bearer = mutant('src/protocol/bearer.ts', 'core', 'test/core/endpoint/bearer')
const client = mutant('src/core/endpoint/client.ts', 'core', 'test/core/endpoint/client')
const parameters = mutant('src/core/endpoint/parse.ts', 'core', 'test/core/grants')
const uri = mutant('src/protocol/resource-uri.ts', 'core', 'test/protocol/resource-uri')
const resource = mutant(
  'src/core/policy/compile/resource-uri.ts',
  'core',
  'test/core/policy/compile/resource-uri',
)
const resources = mutant(
  'src/core/policy/compile/resource.ts',
  'core',
  'test/core/policy/compile/resource-uri',
)
const exchange = mutant(
  'src/core/endpoint/steps/choose-issuer.ts',
  'core',
  'test/core/endpoint/token-endpoint.resources',
)
const hint = mutant(
  'src/core/endpoint/facts.ts',
  'core',
  'test/core/endpoint/token-endpoint.clients',
)
const loggable = mutant('src/core/loggable.ts', 'core', 'test/core/endpoint/token-endpoint.facts')
const own = mutant('src/core/tokens/own-token.ts', 'core', 'test/core/tokens/own-token')
const long = mutant('src/core/tokens/check-length.ts', 'core', 'test/core/tokens/check-length')
const introspect = mutant(
  'src/core/endpoint/introspect.ts',
  'core',
  'test/core/endpoint/introspect',
)
const render = mutant('src/core/endpoint/render.ts', 'core', 'test/core/endpoint/render')
const verify = mutant('src/verify/token.ts', 'node', 'test/verify/verify.typ')

export const WIRE_MUTANTS: readonly Mutant[] = [
  bearer('EXC-17 scheme', "if (scheme !== 'bearer')", "if (scheme === '')"),
  bearer('EXC-17 one token', '+=*)[ \\t]*$/', '+=*)/'),
  client(
    'EXC-17 client authentication',
    'authorization !== undefined && basic === undefined',
    'false',
  ),
  client('TE-17 secrets in the form', 'credential.value !== undefined', 'false'),
  client('TE-16 secrets in the header', 'x7e]*):$/', 'x7e]*):.*$/'),
  client('EXC-01 two names of a client', '!isSameClient(given, basic)', 'false'),
  parameters('EXC-03 parameters that are not supported', 'isUnsupported === true', 'false'),
  uri('double dots at the end', "segment === '.' || segment === '..'", "segment === '.'"),
  uri('EXC-05 letters beyond ASCII', '/[A-Z]+/g', '/.+/g'),
  uri('EXC-05 escapes with a meaning', '/[A-Za-z0-9._~-]/', '/[A-Za-z0-9._~/-]/'),
  resource(
    'ADM-03 spellings of the gateway',
    'const canonical = canonicalResource(uri)',
    'const canonical = uri',
  ),
  resources('EXC-05 one resource, one entry', 'findResource(resources, uri)', 'resources.get(uri)'),
  exchange('ADM-03 the policy for the gateway', "isForGateway ? 'policy'", "false ? 'policy'"),
  hint('LOG-03 hash of a client id', '(await sha256(clientId))', 'clientId'),
  loggable('LOG-03 hash of a key id', 'sha256Hex(text).slice(0, LOG_HASH_CHARACTERS)', 'text'),
  loggable('LOG-01 names of a list', "?? 'other'", '?? String(value)'),
  render('EXC-10 names of faults', "'namesFault' in row", "'at' in denial"),
  long('TOK-14 the length of an issued token', 'length > limit', 'false'),
  long('TOK-14 a token that is not measured', 'MOST_PER_CHARACTER = 8', 'MOST_PER_CHARACTER = 2'),
  own('AV-29 an nbf as text', "typeof nbf === 'number' && ", ''),
  own('AV-29 nbf to the second', 'nbf <= at', 'nbf < at'),
  own('TOK-02 the algorithm of the key', 'header.alg !== key.algorithm', 'false'),
  own('TOK-07 members of the header', 'HEADER_MEMBERS.includes(name)', 'true'),
  own(
    'AV-19 the signature',
    '!(await verifySignature(jwk, key.algorithm, signed, signature))',
    'false',
  ),
  own('AV-29 the end', "typeof exp !== 'number' || exp <= at", 'false'),
  own('AV-29 the start', "typeof nbf === 'number' && nbf <= at", 'true'),
  own(
    'TOK-17 kind of an admin token',
    'typ !== ACCESS_TOKEN_TYP && claims.aud === gatewayIssuer',
    'false',
  ),
  own('AV-29 an expired token of the future', "typeof iat !== 'number' || iat > at", 'false'),
  own(
    'AV-29 an expired token that is no token',
    'if (!read.ok) return false',
    'if (!read.ok) return true',
  ),
  introspect(
    'IN-03 introspection without caller credentials',
    'const isHolder = caller.value.token === token',
    'const isHolder = true',
  ),
  render('TE-17 the scheme of a challenge', "'Token-Exchange'", "'Basic'"),
  render('TE-17 the sentence of a challenge', ', error_description="$', ', reason="$'),
  verify('AV-34 kinds of token', 'typ !== undefined && typs.includes(typ)', 'true'),
  client(
    'CA-01 the longest id of a client, encoded',
    'encoded.length > MAX_BASIC_CHARACTERS',
    'encoded.length >= MAX_BASIC_CHARACTERS',
  ),
]
