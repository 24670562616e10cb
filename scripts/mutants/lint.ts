/**
 * One mutant for each lint rule with a check: its row in the registry is removed. The rows are read
 * from the source, so a new rule gets a mutant automatically. Findings that the compiler refuses
 * are listed below by name.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Mutant, mutant } from './mutant.ts'

const root = join(import.meta.dirname, '../..')
const TESTS = 'test/analysis'
const ROW = /^ {2}\{ lint: '(LINT-\d\d)', check: (\w+) \},\n/gm

/**
 * Attacks on rules that only lint stops, so that no document with such a rule is applied unnoticed.
 */
const STOPPED_BY_LINT: Readonly<Record<string, string>> = {
  'LINT-03': 'RULE-05',
  'LINT-06': 'RULE-13',
  'LINT-07': 'RULE-15',
  'LINT-09': 'RULE-17',
  'LINT-10': 'RULE-18',
  'LINT-13': 'RULE-16',
  'LINT-21': 'RULE-23',
}

function rowsOf(file: string): readonly Mutant[] {
  const path = `src/analysis/lint/${file}`
  const rows = readFileSync(join(root, path), 'utf8').matchAll(ROW)
  return [...rows].map(([row, lint = '', check = '']) => {
    const ids = [lint, STOPPED_BY_LINT[lint] ?? ''].join(' ').trim()
    return mutant(path, 'core', TESTS)(`${ids} ${check}`, row, '')
  })
}

const values = mutant('src/core/policy/compile/condition.ts', 'core', TESTS)

const shapes = mutant(
  'src/analysis/lint/fits-shape.ts',
  'analysis',
  'test/analysis/lint/checks/unreachable.platforms',
)

const ordering = mutant(
  'src/analysis/lint/expressions/ordering.ts',
  'analysis',
  'test/analysis/lint/expressions/ordering',
)

const acceptances = mutant('src/analysis/lint/acceptances.ts', 'core', TESTS)

export const LINT_MUTANTS: readonly Mutant[] = [
  acceptances('LINT-50 an id that does not exist', 'if (!isKnown(lint)) {', 'if (false) {'),
  acceptances(
    'LINT-50 a second acceptance',
    '(one) => one.lint === lint) < index',
    '() => true) < 0',
  ),
  ordering('LINT-30 a deny rule', 'rule.grant === undefined', 'false'),
  shapes('LINT-37 forms of small letters', 'isFolded ? FOLDED : EXACT', 'EXACT'),
  ...rowsOf('registry-general.ts'),
  ...rowsOf('registry-platforms.ts'),
  ...rowsOf('registry-texts.ts'),
  ...rowsOf('consumers/registry.ts'),
  values('LINT-30 types of a claim', 'claim === undefined || admits(claim, type)', 'true'),
]
