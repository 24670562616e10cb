/** Mutants of the grant types, of the kinds of tokens that they accept, and of ID-JAGs. */
import { type Mutant, mutant } from './mutant.ts'

const GRANTS = 'test/core/grants test/core/endpoint/denials'

const parse = mutant('src/core/endpoint/parse.ts', 'core', `${GRANTS} test/core/endpoint/parse`)
const client = mutant('src/core/endpoint/client.ts', 'core', `${GRANTS} test/core/endpoint/client`)
const decide = mutant('src/core/endpoint/steps/decide-token.ts', 'core', GRANTS)
const choose = mutant('src/core/endpoint/steps/choose-issuer.ts', 'core', GRANTS)
const narrow = mutant('src/core/endpoint/narrow.ts', 'core', GRANTS)
const credentials = mutant('src/core/grants/client-credentials.ts', 'core', GRANTS)
const bearer = mutant('src/core/grants/jwt-bearer.ts', 'core', GRANTS)
const kinds = mutant(
  'src/core/evidence/token-kinds.ts',
  'core',
  `${GRANTS} test/core/evidence/verify.kind`,
)
const verify = mutant(
  'src/core/evidence/verify.ts',
  'core',
  `${GRANTS} test/core/evidence/verify.kind`,
)
const allowance = mutant('src/core/evidence/allowance.ts', 'core', GRANTS)
const scopes = mutant('src/core/policy/decide/wanted-scopes.ts', 'core', GRANTS)
const issuer = mutant(
  'src/core/policy/compile/issuers/issuer.ts',
  'core',
  'test/core/policy/compile/compile.accepts-kinds',
)
const metadata = mutant(
  'src/worker/routes/metadata.ts',
  'worker',
  'test/worker/routes/token.grants',
)

export const GRANT_MUTANTS: readonly Mutant[] = [
  parse(
    'grants: EXC-03 parameters of another grant type',
    'given(form, name).length > 0)',
    'false)',
  ),
  client(
    'grants: TE-18 a client assertion in another grant type',
    'if (ownParameters.some((own) => own.name === name)) continue',
    "if (name !== 'client_secret') continue",
  ),
  client(
    'grants: TE-17 a secret beside a client assertion',
    'if (ownParameters.some((own) => own.name === name)) continue',
    'if (ownParameters.length === 2) continue',
  ),
  client('grants: CA-01 a URL that is not encoded', '(?:(?:https|spiffe):\\/\\/)?', ''),
  client('grants: TE-16 a secret that ends in a colon', '(?:https|spiffe):\\/\\/)?', '[a-z]+:)?'),
  decide(
    'grants: CA-03 client id of another client',
    '!grantType.isClient(clientId, authenticated)',
    'false',
  ),
  choose(
    'grants: TE-30 CA-13 refused presentations',
    'refused !== undefined) return',
    'false) return',
  ),
  credentials('grants: CA-03 client id', 'clientId === subject || clientId === rule', 'true'),
  credentials(
    'grants: CA-02 type of a client assertion',
    'PRESENTATIONS.get(type)',
    "PRESENTATIONS.get(type) ?? 'client_assertion'",
  ),
  credentials('grants: CA-07 status of a refused client', 'status: 401', 'status: 400'),
  bearer('grants: TE-46 code of a refused assertion', "'invalid_grant'", "'invalid_request'"),
  kinds('grants: TE-30 access tokens of other issuers', '!accepts.includes(presentation)', 'false'),
  kinds('grants: CA-13 SVIDs without a trust domain', 'trustDomain === undefined)', 'false)'),
  kinds('grants: CH-10 ID-JAGs of other issuers', "accepts.includes('id_jag') ? [", 'true ? ['),
  kinds(
    'grants: AV-34 access tokens under other types',
    "    case 'jwt_svid':\n      return profile.types",
    "    case 'jwt_svid':\n      return [...profile.types, ACCESS_TOKEN_TYP]",
  ),
  kinds(
    'grants: AV-34 ID-JAGs as client assertions',
    'CLIENT_AUTHENTICATION_TYP]',
    'CLIENT_AUTHENTICATION_TYP, ID_JAG_TYP]',
  ),
  verify(
    'grants: CH-10 audience of an ID-JAG',
    'isIdJag ? gatewayIssuer : issuer.audience',
    'issuer.audience',
  ),
  verify('grants: CH-08 claims of an ID-JAG', 'isIdJag ? readIdJag :', 'false ? readIdJag :'),
  allowance('grants: CH-08 required claims', "value === undefined || value === ''", 'false'),
  allowance(
    'grants: TE-48 authorization_details',
    'claims.authorization_details !== undefined',
    'false',
  ),
  allowance(
    'grants: TE-48 a resource that is not understood',
    'resources.length === 0 || resources.length < list.length',
    'false',
  ),
  allowance('grants: TE-48 a scope that is not understood', "?? 'invalid'", '?? undefined'),
  narrow('grants: CH-10 client of an ID-JAG', 'allowance.clientId !== clientId', 'false'),
  narrow('grants: EXC-05 resource of an ID-JAG', '!allowed.some(isSame)', 'false'),
  narrow('grants: EXC-04 scope beyond an ID-JAG', '!within.includes(scope)', 'false'),
  narrow('grants: TE-48 scopes of an ID-JAG', 'scopesWithin: within', 'scopesWithin: undefined'),
  scopes('grants: TE-48 scopes without a request', 'within.includes(scope)', 'true'),
  scopes('grants: TE-48 a token without a scope', 'wanted.length > 0 &&', ''),
  issuer('grants: CH-10 ID-JAGs of shared issuers', "profile.tenancy !== 'shared'", 'true'),
  metadata('grants: MD-17 profile of ID-JAGs', "accepts.includes('id_jag')", 'true'),
  parse(
    'grants: the longest value of a parameter',
    'value.length > maxCharacters',
    'value.length >= maxCharacters',
  ),
]
