/** Mutants of the gateway's own SPIFFE trust domain: its JWT-SVIDs and its bundle. */
import { type Mutant, mutant } from './mutant.ts'

const domain = mutant(
  'src/core/policy/consumer/trust-domain.ts',
  'core',
  'test/core/policy/compile/trust-domain',
)
const rendered = mutant(
  'src/core/policy/decide/render-grant.ts',
  'core',
  'test/core/policy/compile/trust-domain',
)
const issuer = mutant(
  'src/core/policy/compile/issuers/issuer.ts',
  'core',
  'test/core/policy/compile/spiffe',
)
const bundle = mutant('src/core/tokens/trust-bundle.ts', 'core', 'test/core/tokens/trust-bundle')
const issued = mutant('src/core/tokens/issue.ts', 'worker', 'test/worker/attacks/svid')
const typ = mutant('src/protocol/token.ts', 'worker', 'test/worker/attacks/svid')
const served = mutant(
  'src/worker/routes/spiffe-bundle.ts',
  'worker',
  'test/worker/routes/spiffe-bundle',
)

export const SPIFFE_MUTANTS: readonly Mutant[] = [
  domain(
    'OUT-01 a gateway without a trust domain',
    'if (typ !== SVID_TYP || trustDomain !== undefined) return',
    'if (true) return',
  ),
  domain(
    'OUT-01 subjects of other tokens in a rule',
    'if (isInDomain(start, trustDomain)) {',
    'if (false) {',
  ),
  domain('ISS-06 a claim as the trust domain', 'if (domain === undefined) {', 'if (false) {'),
  domain(
    'ISS-06 another trust domain',
    'trustDomain !== ANY_TRUST_DOMAIN && domain !== trustDomain',
    'false',
  ),
  domain('OUT-01 subjects of other tokens from claims', "? { cause: 'refused' }", '? undefined'),
  domain('OUT-01 case of a trust domain', 'subject.toLowerCase()', 'subject'),
  rendered(
    'OUT-01 the check of rendered subjects',
    "if (reserved !== undefined) return fail({ template: 'subject', ...reserved })",
    '',
  ),
  issuer(
    'OUT-01 an issuer of the own trust domain',
    'source.trust_domain !== undefined && source.trust_domain === ceilings.trustDomain',
    'false',
  ),
  bundle(
    'SP-02 keys of other algorithms',
    '.filter(({ alg }) => ALGORITHMS.includes(alg))',
    '.filter(() => true)',
  ),
  bundle(
    'JK-07 keys after they retire',
    'publishedKeys(ring, at, longest)',
    'publishedKeys(ring, at, 0)',
  ),
  bundle('SP-09 the sequence number', 'spiffe_sequence: at,', 'spiffe_sequence: keys.length,'),
  issued('OUT-01 rights in a JWT-SVID', 'typ === SVID_TYP ? withoutRights(own) : own', 'own'),
  typ(
    'OUT-01 the type of JWT-SVIDs',
    "export const SVID_TYP = 'JOSE'",
    "export const SVID_TYP = 'JWT' as 'JOSE'",
  ),
  served(
    'OUT-01 a bundle without a trust domain',
    'if (trustDomain === undefined) return answerNotFound(c, undefined)',
    '',
  ),
  domain(
    'OUT-01 the rendered subject of a JWT-SVID',
    'if (typ === SVID_TYP || trustDomain === undefined)',
    'if (trustDomain === undefined)',
  ),
]
