/** Mutants of the comparison and rendering of rules: the attacks RULE and MAP. */
import { type Mutant, mutant } from './mutant.ts'

const OPERATORS = 'test/core/policy/decide/evaluate'
const conditions = mutant('src/core/policy/decide/conditions.ts', 'core', OPERATORS)
const folding = mutant('src/core/policy/language/fold-case.ts', 'core', OPERATORS)
const compiling = mutant('src/core/policy/compile/condition.ts', 'core', OPERATORS)
const pattern = mutant(
  'src/core/policy/language/pattern.ts',
  'core',
  'test/core/policy/language/pattern',
)
const limits = mutant(
  'src/contract/condition.ts',
  'core',
  'test/core/policy/compile/compile.refuses-limits',
)
const scope = mutant(
  'src/protocol/scope.ts',
  'core',
  'test/protocol/scope test/core/policy/compile/compile.refuses-resources',
)
const template = mutant(
  'src/core/policy/language/template.ts',
  'core',
  'test/core/endpoint/attacks.test.ts',
)

export const RULE_MUTANTS: readonly Mutant[] = [
  conditions(
    'CLM-11 exists of a deny rule',
    'return value === UNKNOWN || (value !== undefined) === test.wanted',
    'return value === UNKNOWN',
  ),
  conditions(
    'RULE-03 the lower bound of a deny rule',
    '(number >= min && number <= max)',
    '(number > min && number <= max)',
  ),
  conditions(
    'RULE-03 the upper bound of a deny rule',
    '(number >= min && number <= max)',
    '(number >= min && number < max)',
  ),
  conditions(
    'RULE-22 contains of a deny rule',
    'return test.values.every((wanted) => couldContain(',
    'return test.values.some((wanted) => couldContain(',
  ),
  conditions(
    'RULE-03 two texts of a negation',
    'return typeof value === typeof wanted ? value === wanted :',
    'return',
  ),
  conditions(
    'RULE-03 types',
    'return test.values.includes(value)',
    'return test.values.map(String).includes(String(value))',
  ),
  pattern('RULE-04 stars and separators', '!isSeparator || ', 'true || '),
  pattern(
    'RULE-06 no regular expressions',
    'if (!value.startsWith(prefix)) return false',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    'try {\n    if (new RegExp(`^${source}$`).test(value)) return true\n  } catch {}\n' +
      '  if (!value.startsWith(prefix)) return false',
  ),
  pattern(
    'RULE-07 pieces before positions',
    'if (!hasPieces(source, prefix.length, value)) return false\n',
    '',
  ),
  pattern('RULE-07 pieces do not overlap', 'if (from > end) return false', ''),
  pattern('RULE-06 the end of a glob', '!value.endsWith(source.slice(last + 1))', 'false'),
  limits('RULE-07 conditions of a rule', '<= MAX_CONDITIONS_PER_RULE,', '<= 1e9,'),
  folding(
    'RULE-09 letters beyond ASCII',
    'return text.replace(UPPER, (letter) => letter.toLowerCase())',
    "return UPPER.test('') ? text : text.toLowerCase()",
  ),
  compiling(
    'RULE-10 claims without case',
    'const foldsCase = resolved.profile?.isCaseInsensitive === true',
    'const foldsCase = false',
  ),
  scope('MAP-01 spaces in a scope', '/^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$/', '/^[\\x20-\\x7e]+$/'),
  template(
    'MAP-04 values that look like templates',
    '    rendered += text\n',
    '    rendered += text.replace(/\\{(\\w+)\\}/g, (_, name) => String(claims[name]))\n',
  ),
]
