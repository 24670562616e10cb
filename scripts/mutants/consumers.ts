/**
 * Mutants of what other consumers of a token require: names and audiences of resources, requests
 * without a target, claims that are trees, and subjects that are URIs.
 */
import { type Mutant, mutant } from './mutant.ts'

const names = mutant(
  'src/core/policy/compile/resource.ts',
  'core',
  'test/core/policy/compile/resource-names',
)
const target = mutant(
  'src/core/policy/decide/find-target.ts',
  'core',
  'test/core/policy/decide/default-target',
)
const claims = mutant(
  'src/core/policy/compile/grant-claims.ts',
  'core',
  'test/core/policy/decide/claim-tree',
)
const render = mutant(
  'src/core/policy/decide/render-grant.ts',
  'core',
  'test/core/policy/decide/claim-tree',
)
const GRANT_TESTS = 'test/core/policy/compile/uri-subject test/core/policy/decide/claim-tree'
const grant = mutant('src/core/policy/compile/grant.ts', 'core', GRANT_TESTS)
const texts = mutant('src/core/policy/compile/grant-text.ts', 'core', GRANT_TESTS)
const uri = mutant(
  'src/core/policy/language/uri-template.ts',
  'core',
  'test/core/policy/language/uri-template.test.ts',
)
const template = mutant(
  'src/core/policy/language/template.ts',
  'core',
  'test/core/policy/language/uri-template.test.ts',
)
const stored = mutant(
  'src/core/policy/compile/stored.ts',
  'core',
  'test/core/policy/decide/default-target',
)
const issue = mutant('src/core/tokens/issue.ts', 'core', 'test/core/tokens/issue.test.ts')
const introspect = mutant(
  'src/core/endpoint/introspect.ts',
  'core',
  'test/core/endpoint/introspect',
)
const endpoint = mutant(
  'src/core/endpoint/steps/choose-issuer.ts',
  'worker',
  'test/worker/routes/token.targets',
)

export const CONSUMER_MUTANTS: readonly Mutant[] = [
  names('IT-10 names of two resources', 'else if (owner !== undefined)', 'else if (false)'),
  names(
    'ADM-03 names of this gateway',
    'if (isGatewayResource(name, gatewayIssuer))',
    'if (false)',
  ),
  names('IT-10 a name with its owner', 'owners.set(canonicalResource(name), owner ?? uri)', ''),
  names('an audience that is a URI', 'ABSOLUTE_URI.test(source.audience)', 'false'),
  issue('IT-07 the audience of the resource', 'resource.audience', 'resource.uri'),
  introspect('IN-04 members of an introspection', '...claims, ...answer }', '...claims }'),
  endpoint(
    'EXC-05 no target is not the gateway',
    'request.resource !== undefined && isGatewayResource(request.resource, gatewayIssuer)',
    'isGatewayResource(request.resource ?? gatewayIssuer, gatewayIssuer)',
  ),
  target('IT-08 one possible resource', 'granted.size === 1 &&', ''),
  target(
    'IT-08 rules that observe',
    "grant === undefined || mode === 'observe'",
    'grant === undefined',
  ),
  target(
    'IT-08 the rule that is named',
    'request.rule === undefined || request.rule === name',
    'true',
  ),
  target('IT-08 parts that are left out', ' && trust.isPartial !== true', ''),
  stored('IT-08 a document that is partial', 'isPartial ? Object.freeze', 'false ? Object.freeze'),
  claims('MAP-02 claims of the gateway', '!RESERVED_CLAIMS.has(name)', 'true'),
  claims('MAP-06 depth of claims', 'size.depth > MAX_GRANT_CLAIM_DEPTH + 1', 'false'),
  claims('MAP-06 number of values', 'size.values > MAX_GRANT_CLAIM_VALUES + 1', 'false'),
  claims('MAP-06 literal size of claims', 'least > MAX_RENDERED_CLAIMS_BYTES &&', 'false &&'),
  claims('MAP-06 claims that are measured', 'isMeasured: most >', 'isMeasured: least >'),
  render('MAP-06 size of claims', 'if (length > MAX_RENDERED_CLAIMS_BYTES)', 'if (length < 0)'),
  texts('MAP-06 literal text of a template', 'least > template.maxBytes &&', 'false &&'),
  texts('MAP-06 rules of an older release', 'maxBytes && !isStored', 'maxBytes'),
  grant('MAP-05 the form of the subject', "form.kind === 'uri' ? 'uri' : 'subject'", "'subject'"),
  grant('MAP-05 a subject that must be a URI', 'if (needsSubject)', 'if (false)'),
  uri('MAP-05 the scheme and the host', '!isUriStart(start)', 'false'),
  uri('MAP-05 the trust domain', '? !TRUST_DOMAIN.test(start) :', '? false :'),
  uri('MAP-05 characters of a path', '!(isSpiffe ? SPIFFE_PATH : PATH).test(path)', 'false'),
  uri('MAP-05 separators between values', '!SEPARATOR.test(part.text)', 'false'),
  uri('MAP-05 empty segments', 'if (segments.some(isEmpty))', 'if (false)'),
  uri('MAP-05 dot segments of the text', 'return hasDotSegment(shape) ?', 'return false ?'),
  uri('MAP-05 types in a URI', 'if (typeof value !== type)', 'if (false)'),
  uri('MAP-05 separators in a value', '/[^A-Za-z0-9._~-]/gu', '/[^A-Za-z0-9._~:/-]/gu'),
  uri('MAP-05 characters of a SPIFFE ID', '/^[A-Za-z0-9._-]+$/.test(text) ?', 'true ?'),
  template('MAP-05 dot segments of values', 'hasDotSegment(rendered)', 'false'),
]
