/**
 * What to write for a condition in the words of another tool: IAM and its operators, Vault, Octo STS,
 * Kubernetes or a policy language.
 */
import { findNearest } from '../../web/text/nearest.ts'

const TESTS: readonly string[] = ['not', 'glob', 'contains', 'min', 'max', 'exists']

const EQUAL = 'write the value itself, such as [a, b] for one of several values'
const GLOB = 'write a glob, such as { glob: refs/tags/v* }'
const REGULAR =
  'there are no regular expressions: list the values, or write a glob such as { glob: refs/tags/v* }'
const NUMBER = 'write { min: 1, max: 5 }, or one of the two'

/** By the name of the test in lower case, without separators. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...namesOf('eq is equal equals value values in anyof oneof stringequals', EQUAL),
  ...namesOf('ne neq notequal notequals notin noneof stringnotequals', 'write { not: [a, b] }'),
  ...namesOf('like globs wildcard prefix suffix startswith endswith stringlike', GLOB),
  ...namesOf('regex regexp regexes match matches pattern patterns', REGULAR),
  ...namesOf('gt gte ge lt lte le minimum maximum', NUMBER),
  ...namesOf('present isset required null', 'write { exists: true } or { exists: false }'),
  ...namesOf('has includes include all', 'write { contains: a }'),
}

/** Names under which other tools keep the conditions on several claims. */
const HOLDERS = /^(?:bound_?claims|claim_?patterns?|match_?claims|claims|(?:for\w+:)?string\w+)$/i

/** `path` is that of the condition or of a value in it. */
export function adviseCondition(
  path: readonly (string | number)[],
  value: unknown,
): string | undefined {
  const when = path.indexOf('when')
  const depth = path.length - when - 1
  if (path[0] !== 'rules' || when === -1 || depth < 1) return undefined
  if (path.at(-1) === 'glob' && Array.isArray(value)) return 'write one rule for each glob'
  if (value === null) return depth === 1 ? 'write { exists: false } for an absent claim' : undefined
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  if (depth > 1) return 'a test such as glob is the whole condition: write one rule for each'
  if (HOLDERS.test(String(path.at(-1)))) return 'write each claim as a key of when'
  return adviseTests(Object.keys(value))
}

function adviseTests(names: readonly string[]): string | undefined {
  const [name, ...others] = names.filter((one) => !TESTS.includes(one))
  if (name === undefined) {
    return names.length === 0
      ? 'write { exists: true } if the claim only has to be present'
      : 'a condition has one of these: write the other one in the condition of the rule'
  }
  const known = name.toLowerCase().replaceAll(/[^a-z]/g, '')
  if (Object.hasOwn(OTHER_NAMES, known)) return OTHER_NAMES[known]
  const nearest = others.length === 0 ? findNearest(name, TESTS) : undefined
  return nearest === undefined
    ? 'a claim in an object is one key, such as kubernetes.io.namespace'
    : `did you mean "${nearest}"?`
}

/** Gives one advice to several names, which are separated by spaces. */
export function namesOf(names: string, advice: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, advice]))
}
