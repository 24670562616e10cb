/** Mutants of the compiler of trust documents: bounds, types of claims, and what rules share. */
import { type Mutant, mutant } from './mutant.ts'

const BOUNDS = 'test/core/policy/compile/compile.bounds'
const condition = mutant('src/core/policy/compile/condition.ts', 'core', BOUNDS)
const grant = mutant('src/core/policy/compile/grant.ts', 'core', BOUNDS)
const resource = mutant('src/core/policy/compile/resource.ts', 'core', BOUNDS)
const claims = mutant('src/core/policy/compile/grant-claims.ts', 'core', BOUNDS)
const types = mutant(
  'src/core/policy/compile/grant-text.ts',
  'core',
  'test/core/policy/decide/evaluate.renders',
)
const names = mutant(
  'src/core/policy/compile/resource.ts',
  'core',
  'test/core/policy/compile/resource-names',
)
const metadata = mutant(
  'src/core/policy/compile/resource-metadata.ts',
  'core',
  'test/core/policy/compile/compile.accepts',
)
const budget = mutant(
  'src/core/policy/compile/budget.ts',
  'core',
  'test/core/policy/compile/budget.test.ts',
)
const table = mutant(
  'src/core/policy/compile/issuers/claim-table.ts',
  'core',
  'test/core/policy/decide/evaluate.conditions',
)
const path = mutant(
  'src/core/policy/language/claim-path.ts',
  'core',
  'test/core/policy/language/claim-path',
)

const hosts = mutant(
  'src/core/keys/key-hosts.ts',
  'core',
  'test/core/policy/compile/compile.key-hosts',
)
const work = mutant(
  'src/core/policy/language/expression/evaluate.ts',
  'core',
  'test/core/policy/language/expression/bounds.test',
)

const EXPRESSION = 'src/core/policy/language/expression'
const EXPRESSION_TESTS = 'test/core/policy/language/expression'
const operator = mutant(`${EXPRESSION}/operators.ts`, 'core', `${EXPRESSION_TESTS}/operators`)
const compared = mutant(`${EXPRESSION}/operators.ts`, 'core', `${EXPRESSION_TESTS}/bounds.test`)
const value = mutant(`${EXPRESSION}/values.ts`, 'core', `${EXPRESSION_TESTS}/operators`)
const readValue = mutant(`${EXPRESSION}/values.ts`, 'core', `${EXPRESSION_TESTS}/bounds.test`)

export const DOCUMENT_MUTANTS: readonly Mutant[] = [
  claims('MAP-06 as many bytes of claims as allowed', 'if (least > MAX', 'if (least >= MAX'),
  condition(
    'CLM-13 negative numbers beyond 2^53',
    'Math.abs(value) <= Number.MAX_SAFE_INTEGER',
    'value <= Number.MAX_SAFE_INTEGER',
  ),
  condition(
    'CLM-13 the largest exact number',
    'Math.abs(value) <= Number.MAX_SAFE_INTEGER',
    'Math.abs(value) < Number.MAX_SAFE_INTEGER',
  ),
  condition('a range of one number', 'if (min > max)', 'if (min >= max)'),
  condition(
    'the absence of a claim that the gateway checks',
    " || claim?.class === 'required_checked'",
    '',
  ),
  grant('the shortest lifetime of a rule', 'seconds < MIN_TOKEN', 'seconds <= MIN_TOKEN'),
  grant('the longest lifetime of a rule', 'if (seconds > ceiling)', 'if (seconds >= ceiling)'),
  grant(
    'the owner of a ceiling',
    'ceiling === context.ceilings.maxTokenLifetimeSeconds ?',
    'ceiling !== context.ceilings.maxTokenLifetimeSeconds ?',
  ),
  grant('equal grants with a fault', 'if (faults === 0) table.grants', 'table.grants'),
  resource('the shortest lifetime of a resource', 'seconds < MIN_TOKEN', 'seconds <= MIN_TOKEN'),
  resource(
    'the longest lifetime of a resource',
    'if (seconds > ceiling)',
    'if (seconds >= ceiling)',
  ),
  types(
    'MAP-05 a documented boolean',
    "type === 'number' || type === 'boolean')",
    "type === 'number')",
  ),
  types(
    'MAP-05 a number or a text',
    'test.values.every((value) => typeof value === type)',
    'test.values.some((value) => typeof value === type)',
  ),
  names(
    'one other name of two resources in two spellings',
    'owners.set(canonicalResource(name), ',
    'owners.set(name, ',
  ),
  metadata('metadata of a URI with capitals', 'uri.toLowerCase()', 'uri'),
  budget('a job with a number', "'string', 'number', 'any'", "'string', 'any'"),
  table(
    'RULE-21 a nested claim and a name with dots',
    'JSON.stringify(resolved.path)',
    "resolved.path.join('.')",
  ),
  path('CLM-11 the halves of a character', "path.join(' ')", "path.join('')"),
  path(
    'members of an object that the profile does not list',
    'provider.claims?.findLast(',
    'provider.claims?.find(',
  ),
  hosts(
    'a key host on the machine of the gateway',
    '!isLoopbackIssuer(url) && hostOf(url) ===',
    'hostOf(url) ===',
  ),
  work('RULE-20 the length of texts', '  work.steps += outcome.length >> 6\n', ''),
  work('RULE-20 the length of lists', 'work.steps += outcome.length\n', 'work.steps += 0\n'),
  work(
    'RULE-20 the length of joined lists',
    'return counted(calculate(op, left, right), scope)',
    'return calculate(op, left, right)',
  ),
  readValue('RULE-20 the elements that are read', 'work.steps += 1', 'work.steps += 0'),
  compared('RULE-20 the elements that are compared', 'work.steps += 1', 'work.steps += 0'),
  value('an empty element of a list', 'if (isEmpty(member)) continue', ''),
  operator(
    'an object with another member is another',
    'if (names.length !== others.length) return false',
    '',
  ),
  operator(
    'a member that differs decides beside one that is unreadable',
    'if (one === false) return false',
    'if (one !== true) return one',
  ),
  operator(
    'an object with an unreadable name',
    'names === undefined || others === undefined) return undefined',
    'names === undefined) return undefined\n    if (others === undefined) return false',
  ),
]
