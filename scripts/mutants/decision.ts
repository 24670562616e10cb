/** Mutants of the decision and of its rendering. */
import { type Mutant, mutant } from './mutant.ts'

const exchange = mutant(
  'src/core/endpoint/token-endpoint.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/endpoint/denials',
)
const decide = mutant(
  'src/core/endpoint/steps/decide-token.ts',
  'core',
  'test/core/endpoint/token-endpoint test/core/endpoint/denials',
)
const cut = mutant('src/core/policy/decide/conclude.ts', 'core', 'test/core/policy/compile/stored')
const template = mutant(
  'src/core/policy/language/template.ts',
  'core',
  'test/core/policy/language/template test/core/endpoint/attacks',
)
const grantRendering = mutant(
  'src/core/policy/decide/render-grant.ts',
  'core',
  'test/core/policy/compile/default-subject test/core/policy/decide/evaluate.renders',
)
const escaping = mutant(
  'src/core/policy/language/encode.ts',
  'core',
  'test/core/policy/language/template test/core/endpoint/attacks',
)
const couldBe = mutant(
  'src/core/policy/decide/could-be.ts',
  'core',
  'test/core/policy/decide/evaluate',
)
const ruleIndex = mutant(
  'src/core/policy/decide/rule-index.ts',
  'core',
  'test/core/policy/decide/rule-index test/core/policy/decide/evaluate.deny-types.test',
)

const explained = (file: string) =>
  mutant(`src/core/policy/${file}.ts`, 'core', 'test/core/policy/decide/evaluate.explains')
const told = explained('decide/rule-index')
const pins = explained('compile/issuers/tenant-pin')
const buildIndex = mutant(
  'src/core/policy/decide/build-index.ts',
  'core',
  'test/core/policy/decide/rule-index',
)
const indexKeys = mutant(
  'src/core/policy/decide/index-keys.ts',
  'core',
  'test/core/policy/decide/rule-index',
)

export const DECISION_MUTANTS: readonly Mutant[] = [
  decide(
    'EXC-06 lifetime of the deployment',
    'Math.min(most, settings.maxTokenLifetimeSeconds)',
    'most',
  ),
  cut('EXC-06 lifetime of the resource', 'resource.maxLifetimeSeconds,\n', '\n'),
  exchange(
    'REP-01 key before the mark',
    'const prepared = await prepareToken(plan, ports)\n',
    'const early = { token: token.value, marked: identity, identity, rule: rule.name, grant, job }\n' +
      "  if ((await claimUse(early, ports)).denial) return deny({ reason: 'token_bound' })\n" +
      '  const prepared = await prepareToken(plan, ports)\n' +
      '  ports = { ...ports, claimReplay: async () => true }\n',
  ),
  exchange(
    'strict audit: no token without its record',
    'if (!course.isAuditStrict || (await recorded)) return response',
    'return response',
  ),
  exchange('strict audit: resources that require it', "resource.audit === 'strict'", 'true'),
  template('MAP-05 types', 'typeof value !== type', 'false'),
  escaping('MAP-05 unreserved characters of URIs', 'if (encoded !== character) return', 'return'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
  grantRendering('ISS-02 issuer in the subject', '`${issuerName}:${subject}`', 'subject'),
  grantRendering('MAP-05 subjects that look like a hash', ' && !SHORT_FORM.test(subject)', ''),
  couldBe('RULE-21 inherited names', 'if (!Object.hasOwn(value, name)) return undefined\n', '\n'),
  couldBe(
    'CLM-11 long lists of a deny rule',
    'value.length > MAX_LIST_ELEMENTS) return true',
    'value.length > MAX_LIST_ELEMENTS) return false',
  ),
  couldBe(
    'CLM-11 long lists in the index of deny rules',
    'value.length > MAX_LIST_ELEMENTS) return undefined',
    'false) return undefined',
  ),
  couldBe('RULE-03 spaces around a boolean', 'value.trim().toLowerCase()', 'value.toLowerCase()'),
  buildIndex(
    'RULE-20 deny rules are found by what a claim could be',
    'hash: hashText(contentOf(value))',
    'hash: hashText(String(value))',
  ),
  buildIndex(
    'RULE-20 deny rules with a glob and an unreadable claim',
    'if (isDenial) draft.globDenials.push(ordinal)',
    '',
  ),
  buildIndex('RULE-20 rules without a literal text', 'rest.push(ordinal)\n', ''),
  buildIndex(
    'RULE-20 a shared equality does not file a rule',
    'chosen === undefined || filing.cost < chosen.cost',
    'chosen === undefined',
  ),
  buildIndex('RULE-20 globs are filed', "if (test.kind !== 'glob') return []", 'return []'),
  ruleIndex(
    'RULE-20 every place of a piece',
    'from + length <= text.length; from += 1',
    'from + length < text.length; from += 1',
  ),
  ruleIndex(
    'RULE-20 suffixes',
    'addAt(KINDS.suffix, text.length - length, length)',
    'addAt(KINDS.suffix, text.length - length - 1, length)',
  ),
  ruleIndex(
    'RULE-20 once each',
    'return [...found].sort(',
    'return offsets.flatMap((offset) => [...listAt(index, offset)]).sort(',
  ),
  ruleIndex('RULE-20 document order', '.sort((a, b) => a - b)', ''),
  ruleIndex(
    'RULE-20 number claims of deny rules',
    'lookup, String(value))',
    "lookup, typeof value === 'string' ? value : '')",
  ),
  indexKeys(
    'RULE-20 the ends of long pieces',
    'if (length < piece.length) places.push',
    'if (length < 0) places.push',
  ),
  told(
    'EXC-10 the tenant is told, whatever project a rule pins',
    "=== 'tenant')\n",
    '!== undefined)\n',
  ),
  pins('EXC-10 a glob that pins no tenant', 'prefix.length > 0', 'true'),
]
