import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import {
  type ClaimsDecision,
  evaluateClaims,
} from '../../../src/core/policy/explain/evaluate-claims.ts'
import {
  CASES_AT,
  createRandom,
  type DecisionCase,
  makeCase,
  makeDocument,
} from '../../support/decision-cases.ts'
import { createScratch, runCli } from '../support/run.ts'

// test/worker/offline-online.test.ts compares the decisions of `evaluateClaims` with a gateway.
const SEED = 20_261_120
const GROUPS = 120
const write = createScratch()
const document = makeDocument(createRandom(SEED), GROUPS, {
  plain: { provider: 'generic-oidc', issuer: 'https://ci.example.com' },
  gitlab: { provider: 'gitlab-self-managed', issuer: 'https://gitlab.example.com' },
})
const trust = write('cases.json', JSON.stringify(document))
const AT = new Date(CASES_AT * 1000).toISOString().replace('.000Z', 'Z')

const compiled = compileTrust(document, {
  gatewayIssuer: 'https://sts.example.com',
  maxTokenLifetimeSeconds: 86_400,
  maxRuleExpirySeconds: undefined,
  localIssuers: true,
})

function decide({ issuer, claims, request }: DecisionCase): ClaimsDecision {
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  return evaluateClaims(compiled.trust, { issuer, claims }, request, CASES_AT)
}

function expectationOf(decision: ClaimsDecision) {
  if (decision.kind === 'denied') return { decision: 'denied', reason: decision.reason }
  const { rule, scopes, subject, claims, lifetimeSeconds } = decision
  return { decision: 'granted', rule, scopes, subject, claims, lifetime: lifetimeSeconds }
}

/**
 * A fixture file must not contain inexact numbers. A claims file may contain them, as a token may.
 */
function claimsOf({ claims }: DecisionCase, index: number) {
  const text = JSON.stringify(claims)
  if (index % 10 !== 0 && claims.n !== 2 ** 60) return { claims }
  write(`claims-${index}.json`, text)
  return { claims_file: `claims-${index}.json` }
}

test('the command test makes the same decisions as the evaluator', async () => {
  const random = createRandom(SEED + 3)
  const cases = Array.from({ length: 400 }, (_, index) => {
    const one = makeCase(random, GROUPS)
    const { resource, scopes, rule, lifetimeSeconds, context } = one.request
    const request = { resource, scopes, rule, lifetime: lifetimeSeconds, context }
    return {
      name: `case ${index}`,
      issuer: one.issuer,
      ...claimsOf(one, index),
      request: JSON.parse(JSON.stringify(request)),
      expect: expectationOf(decide(one)),
    }
  })
  const text = stringify({ trust: 'cases.json', at: AT, cases }, { aliasDuplicateObjects: false })
  const { stdout, stderr, exitCode } = await runCli(['test', write('cases.test.yaml', text)])
  expect(stdout.match(/^not ok.*(?:\n {2}.*)*/gm)).toBeNull()
  expect(stderr).toMatch(/^edgemint: 400 of 400 fixtures passed/)
  expect(exitCode).toBe(0)
  const kinds = new Set(cases.map((one) => String(one.expect.reason ?? one.expect.decision)))
  expect(kinds.size).toBeGreaterThanOrEqual(5)
}, 120_000)

test('the command explain prints the same decisions as the evaluator', async () => {
  const random = createRandom(SEED + 4)
  for (let index = 0; index < 8; index += 1) {
    const one = makeCase(random, GROUPS)
    const { resource, scopes, rule, lifetimeSeconds, context } = one.request
    const flags = {
      resource,
      scope: scopes?.join(' '),
      rule,
      lifetime: lifetimeSeconds,
      country: context.country,
      asn: context.asn,
    }
    const given = Object.entries(flags).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    )
    const claims = write(`case-${index}.json`, JSON.stringify(one.claims))
    const base = ['explain', '--trust', trust, '--issuer', one.issuer, '--claims', claims]
    const { stdout, exitCode } = await runCli([...base, '--at', AT, '--json', ...given])
    const expected = decide(one)
    expect(JSON.parse(stdout).decision).toEqual(JSON.parse(JSON.stringify(expected)))
    expect(exitCode).toBe(expected.kind === 'granted' ? 0 : 1)
  }
}, 120_000)
