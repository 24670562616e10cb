/** An actor token against the Worker with its own stores: what is issued, told, recorded and ended. */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { forge, genericTrust, judge, watchLog } from '../support/attack.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  exchange,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API } from '../support/trust.ts'
import { questionPath } from '../support/verify.ts'

const log = watchLog()
let people: TestIssuer
let agents: TestIssuer

const JWT = { actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' }
const OWN = 'urn:ietf:params:oauth:token-type:access_token'

beforeAll(async () => {
  people = await quickIssuer()
  agents = await quickIssuer()
  const trust = genericTrust({ people: people.url, agents: agents.url })
  const [first] = trust.rules
  const byAgent = (from: string, when: object, actor: object, scopes: readonly string[]) => ({
    ...first,
    name: `by-agent-${from}`,
    from,
    when,
    acting_as: actor,
    grant: { resource: API, scopes },
  })
  await applyTrust({
    ...trust,
    rules: [
      ...trust.rules,
      byAgent('people', { sub: 'job:1' }, { from: 'agents', when: { sub: 'job:1' } }, [
        'deploy:read',
        'deploy:write',
      ]),
      byAgent('self', { aud: API }, { from: 'agents', when: { sub: 'tool:1' } }, ['deploy:read']),
    ],
  })
})

const agent = (sub = 'job:1') => forge(agents, { claims: { sub } })
const acting = async (sub?: string) => ({ actor_token: await agent(sub), ...JWT })
const person = () => forge(people)

describe('a token of a person with the token of an agent', () => {
  it('TE-42 becomes one token, which introspection and forward auth tell about', async () => {
    const token = await accessToken(await person(), await acting())
    const act = { iss: agents.url, sub: 'job:1' }
    expect(decodeJwt(token)).toMatchObject({ client_id: 'by-agent-people', act })
    expect(await readJson(await post('/introspect', { token }))).toMatchObject({
      active: true,
      act,
    })
    const { headers } = await send(questionPath(), { headers: bearer(token) })
    expect(headers.get('x-edgemint-actor')).toBe(`${agents.url} job:1`)
    const alone = await accessToken(await person())
    const told = await send(questionPath(), { headers: bearer(alone) })
    expect(told.headers.get('x-edgemint-actor')).toBe('')
  })

  it('REV-05 ends with its parent at every hop', async () => {
    const first = await accessToken(await person(), await acting())
    const form = { subject_token_type: OWN, ...(await acting('tool:1')) }
    const second = await accessToken(first, form)
    expect(decodeJwt(second)).toMatchObject({
      scope: 'deploy:read',
      act: { sub: 'tool:1', act: { sub: 'job:1' } },
    })
    expect((await post('/revoke', { token: first })).status).toBe(200)
    for (const token of [first, second]) {
      expect(await readJson(await post('/introspect', { token }))).toEqual({ active: false })
    }
  })

  it('TE-32 is refused with invalid_request for an actor token that is not accepted', async () => {
    const stranger = await quickIssuer()
    const tokens = [await forge(stranger), `${await agent()}x`, 'x']
    const reasons: string[] = []
    for (const actor_token of tokens) {
      const response = await exchange(await person(), { actor_token, ...JWT })
      expect([response.status, (await readJson(response)).error]).toEqual([400, 'invalid_request'])
      reasons.push(await judge(log, await person(), { actor_token, ...JWT }))
    }
    expect(reasons).toEqual([
      'actor_issuer_not_trusted',
      'actor_not_accepted',
      'actor_not_accepted',
    ])
    expect(await judge(log, await person(), await acting('nobody'))).toBe('no_rule_matched')
  })

  it('EXC-03 is refused as an actor of the other grant types', async () => {
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await person(),
      resource: API,
      ...(await acting()),
    }
    const response = await post('/token', form)
    expect(await readJson(response)).toMatchObject({
      error: 'invalid_request',
      error_description: 'a parameter belongs to another grant type: actor_token',
    })
  })

  it('LOG-10 is recorded and explained, and found by its actor', async () => {
    const response = await exchange(await person(), await acting())
    const { decision_id: id } = await readJson(response)
    const owner = bearer(await adminToken())
    await vi.waitFor(async () => {
      const found = await send('/admin/v1/decisions?actor=job:1&limit=500', { headers: owner })
      const { decisions } = (await found.json()) as { decisions: readonly { id: string }[] }
      expect(decisions.map((one) => one.id)).toContain(id)
    }, 30_000)
    const shown = await readJson(await send(`/admin/v1/decisions/${id}`, { headers: owner }))
    expect(shown).toMatchObject({
      decision: { actor: { issuer: 'agents', issuer_url: agents.url, subject: 'job:1' } },
      explanation: { rules: expect.anything() },
    })
    const other = await send('/admin/v1/decisions?actor=job:2', { headers: owner })
    expect(await other.json()).toMatchObject({ decisions: [] })
  })

  it('is decided by /admin/v1/explain as by an exchange', async () => {
    const explain = async (actor?: object) => {
      const body = { issuer: 'people', claims: { sub: 'job:1' }, ...(actor && { actor }) }
      const headers = { 'content-type': 'application/json', ...bearer(await adminToken()) }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      return readJson(await send('/admin/v1/explain', init))
    }
    const known = { issuer: 'agents', claims: { sub: 'job:1' } }
    expect(await explain(known)).toMatchObject({
      outcome: 'granted',
      evaluation: { rule: 'by-agent-people', act: { iss: agents.url, sub: 'job:1' } },
    })
    expect(await explain()).toMatchObject({ evaluation: { rule: 'job-of-people' } })
    expect(await explain({ ...known, claims: { sub: 'x' } })).toMatchObject({ outcome: 'denied' })
    expect(await explain({ ...known, issuer: 'x' })).toMatchObject({
      evaluation: { reason: 'actor_issuer_not_trusted' },
    })
    expect(await explain({ issuer: 'agents' })).toMatchObject({ status: 400 })
  })
})
