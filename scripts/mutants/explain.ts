/** Mutants of decisions about claims that nobody has verified, and of their explanation. */
import { type Mutant, mutant } from './mutant.ts'

const TESTS = 'test/core/policy/explain'
const sentences = mutant('src/core/policy/explain/explain.ts', 'core', TESTS)
const claims = mutant('src/core/policy/explain/evaluate-claims.ts', 'core', TESTS)

export const EXPLAIN_MUTANTS: readonly Mutant[] = [
  claims('explain: claims of a token of this gateway', ' || issuer === trust.own?.issuer', ''),
  claims('explain: claims of another issuer', 'iss === issuer?.url ||', 'iss !== undefined ||'),
  claims('explain: the own URL of an issuer', 'iss === issuer?.url || ', ''),
  claims(
    'explain: rules of other issuers',
    '    .filter((rule) => rule.from === issuer.name)\n',
    '',
  ),
  claims(
    'explain: a subject by the rule alone',
    'grant.subject !== undefined || !lacksSubject(claims)',
    '!lacksSubject(claims)',
  ),
  claims(
    'explain: claims without a subject',
    'isKnown ? conclusion.subject : undefined',
    'conclusion.subject',
  ),
  claims(
    'explain: a subject that is no text',
    "return typeof subject === 'string' ? subject : undefined",
    'return String(subject)',
  ),
  claims(
    'explain: the rule whose template does not render',
    'one.rule === rule.name ? { ...one, ...unrenderable(fault) } : one',
    'one',
  ),
  claims(
    'explain: rules for another resource than the found one',
    '{ ...request, resource: resource.uri }',
    'request',
  ),
  sentences(
    'explain: the first of the nearest rules',
    'countMissed(candidate) < countMissed(nearest)',
    'countMissed(candidate) <= countMissed(nearest)',
  ),
  sentences(
    'explain: one more condition',
    "more === 1 ? 'condition fails' : 'conditions fail'",
    "'conditions fail'",
  ),
  sentences(
    'explain: a deny rule decides',
    "decision.rule === undefined && decision.reason !== 'rule_denied'",
    'decision.rule === undefined',
  ),
  sentences(
    'explain: a request that names no resource',
    "if (decision.reason === 'target_missing') return",
    "if (decision.reason === 'never') return",
  ),
]
