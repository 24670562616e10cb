/** `{decision_id}` in templates of claims: the id of the decision that issues the token. */
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { evaluateClaims } from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { CEILINGS, startCoreWorld } from '../../../support/core-world.ts'
import { vectorTrust } from '../../../support/vectors.ts'

const API = 'https://api.example.com'

function trustWith(grant: Readonly<Record<string, unknown>>) {
  return (issuerUrl: string) => {
    const base = vectorTrust(issuerUrl)
    const rules = base.rules.map((rule) =>
      rule.name === 'deploy' && 'grant' in rule
        ? { ...rule, grant: { ...rule.grant, ...grant } }
        : rule,
    )
    return { ...base, rules }
  }
}

const problemsOf = (grant: Readonly<Record<string, unknown>>) => {
  const result = compileTrust(toolDocument(grant), CEILINGS)
  return 'problems' in result ? result.problems.map(({ code, path }) => [code, path.join(' ')]) : []
}

/** The document with an issuer that tools need not reach. */
function toolDocument(grant: Readonly<Record<string, unknown>>) {
  return trustWith(grant)('http://127.0.0.1:1/github')
}

describe('{decision_id}', () => {
  it('is the id that the answer and the decision record have', async () => {
    const claims = { decision: '{decision_id}', tags: { join: ['{run_id}/{decision_id}'] } }
    const world = await startCoreWorld(trustWith({ claims }))
    const { body } = await world.exchange(await world.mint())
    if (!('access_token' in body)) throw new Error(JSON.stringify(body))
    const id = body.decision_id
    expect(id).toMatch(/^dec_[\w-]{22}$/)
    expect(world.recorded.at(-1)?.decisionId).toBe(id)
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      decision: id,
      tags: { join: [`9000000001/${id}`] },
    })
  })

  it('is an example of the same form for tools', () => {
    const compiled = compileTrust(toolDocument({ claims: { decision: '{decision_id}' } }), CEILINGS)
    if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
    const claims = {
      sub: 'repo:acme/api:ref:refs/heads/main',
      repository_owner_id: '1234567',
      repository_id: '456789012',
      ref: 'refs/heads/main',
    }
    const request = { resource: API, scopes: undefined, rule: undefined }
    const decision = evaluateClaims(compiled.trust, { issuer: 'github', claims }, request, 0)
    expect(decision).toMatchObject({
      kind: 'granted',
      claims: { decision: expect.stringMatching(/^dec_(?:EXAMPLE){3}0$/) },
    })
  })

  it('MAP-05 is refused in a subject, which would then differ in each exchange', () => {
    const at = 'rules 0 grant subject'
    expect(problemsOf({ subject: 'job:{decision_id}' })).toEqual([['template_invalid', at]])
    expect(problemsOf({ subject: 'github:{run_id}' })).toEqual([])
  })

  it('MAP-05 needs a separator and has no filter', () => {
    const at = 'rules 0 grant claims id'
    const problems = (id: string) => problemsOf({ claims: { id } })
    expect(problems('{decision_id|sha256}')).toEqual([['template_invalid', at]])
    expect(problems('{run_id}{decision_id}')).toEqual([['template_invalid', at]])
    expect(problems('{decision_id}{run_id}')).toEqual([['template_invalid', at]])
    expect(problems('{run_id}:{decision_id}')).toEqual([])
  })

  it('counts with its length', () => {
    const at = 'rules 0 grant claims id'
    const text = (length: number) => ({ claims: { id: `${'x'.repeat(length)}{decision_id}` } })
    expect(problemsOf(text(229))).toEqual([])
    expect(problemsOf(text(230))).toEqual([['template_too_long', at]])
  })
})
