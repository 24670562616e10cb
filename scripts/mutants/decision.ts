/** Mutants of the decision and of its rendering. */
import { type Mutant, mutant } from './mutant.ts'

const exchange = mutant(
  'src/core/endpoint/token-endpoint.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/denials',
)
const cut = mutant('src/core/policy/decide/evaluate.ts', 'core', 'test/core/policy/compile/stored')
const template = mutant(
  'src/core/policy/language/template.ts',
  'core',
  'test/core/policy/language/template test/core/attacks',
)
const grantRendering = mutant(
  'src/core/policy/decide/render-grant.ts',
  'core',
  'test/core/policy/compile/default-subject test/core/policy/decide/evaluate.renders',
)
const couldBe = mutant(
  'src/core/policy/decide/could-be.ts',
  'core',
  'test/core/policy/decide/evaluate',
)
const ruleIndex = mutant(
  'src/core/policy/decide/rule-index.ts',
  'core',
  'test/core/policy/decide/rule-index',
)

export const DECISION_MUTANTS: readonly Mutant[] = [
  exchange('EXC-06 lifetime of the deployment', 'settings.maxTokenLifetimeSeconds,\n    ),', '),'),
  cut('EXC-06 lifetime of the resource', 'resource.maxLifetimeSeconds,\n', '\n'),
  exchange(
    'REP-01 key before the mark',
    'const mint = findMint(resource, issuedAt)\n',
    'if (!(await claimToken(token.value, identity.value, grant, ports))) {\n' +
      "    return deny({ reason: 'token_used' })\n  }\n" +
      '  const mint = findMint(resource, issuedAt)\n' +
      '  ports = { ...ports, claimReplay: async () => true }\n',
  ),
  exchange(
    'strict audit: no token without its record',
    'course.isAuditStrict && !(await recorded)',
    'false',
  ),
  exchange('strict audit: resources that require it', "resource.audit === 'strict'", 'true'),
  template('MAP-05 types', 'typeof value !== type', 'false'),
  template('MAP-05 unreserved characters of URIs', 'if (encoded !== character) return', 'return'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
  grantRendering('ISS-02 issuer in the subject', '`${issuerName}:${subject}`', 'subject'),
  grantRendering('MAP-05 subjects that look like a hash', ' && !SHORT_FORM.test(subject)', ''),
  couldBe(
    'CLM-11 long lists of a deny rule',
    'value.length > MAX_LIST_ELEMENTS) return true',
    'value.length > MAX_LIST_ELEMENTS) return false',
  ),
  ruleIndex(
    'RULE-20 deny rules are found by what a claim could be',
    'values.map(keyOf)',
    'values.map(String)',
  ),
]
