import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { readDecisionId } from '../../../src/contract/decisions/id.ts'
import {
  type DecisionRecord,
  decisionRecordSchema,
} from '../../../src/contract/decisions/record.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { applyTrust, deployment, exchangeForm, GATEWAY, readJson } from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const LOGGED_ONLY = 'https://other.test'

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await quickIssuer()
})
beforeEach(async () => {
  const document = trustFor(issuer.url)
  const [rule] = document.rules
  await applyTrust({
    ...document,
    resources: {
      [API]: { ...document.resources[API], audit: 'strict' },
      [LOGGED_ONLY]: document.resources[API],
    },
    rules: [
      { ...rule, grant: { ...rule?.grant, replay: 'once' } },
      { ...rule, name: 'logged', grant: { ...rule?.grant, resource: LOGGED_ONLY } },
    ],
  })
})
afterEach(() => vi.restoreAllMocks())

/** Sends one exchange and waits for what runs behind its answer. */
async function ask(
  token: string,
  change: Readonly<Record<string, string | undefined>> = {},
  bindings: Partial<Env> = {},
) {
  const background = createExecutionContext()
  const request = new Request(`${GATEWAY}/token`, {
    method: 'POST',
    body: new URLSearchParams(exchangeForm(token, change)),
  })
  // An isolate of its own, whose shard is the only one.
  const env = { ...deployment(), DECISION_SHARDS: '1', ...bindings }
  const response = await worker.fetch(request, env, background)
  const body = await readJson(response)
  const stored = await find(String(body.decision_id))
  return {
    response,
    body,
    /** The record when the answer was there. */
    stored,
    later: async () => {
      await waitOnExecutionContext(background)
      return find(String(body.decision_id))
    },
  }
}

function shard() {
  const { DECISION_LOG } = deployment()
  if (DECISION_LOG === undefined) throw new Error('no binding')
  return DECISION_LOG.getByName('decisions-0')
}

async function find(id: string): Promise<DecisionRecord | undefined> {
  const at = readDecisionId(id)?.at ?? 0
  const line = await shard().find({ id, at })
  return line === null ? undefined : decisionRecordSchema.parse(JSON.parse(line))
}

const stop = (statement: string) =>
  runInDurableObject(shard(), (_, { storage }) => {
    storage.sql.exec(statement)
  })

/** A namespace without any object that answers. */
const unreachable = {
  getByName: () => {
    throw new Error('unreachable')
  },
} as unknown as NonNullable<Env['DECISION_LOG']>

describe('a resource with audit: strict', () => {
  it('LOG-05 gets a token whose record is stored already', async () => {
    const { response, body, stored } = await ask(await issuer.mint())
    expect(response.status).toBe(200)
    expect(stored).toMatchObject({
      id: body.decision_id,
      outcome: 'granted',
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      issuer: 'github',
      issuer_url: issuer.url,
      subject: 'repo:acme@1234567/api@456789012:environment:production',
      asked: { resource: API },
      resource: API,
      rule: 'deploy',
      revision: 1,
      scopes: ['deploy:read', 'deploy:write'],
      token_id: expect.any(String),
      key_id: expect.any(String),
      claims: { repository_id: '456789012', ref: 'refs/heads/main' },
    })
    expect(JSON.stringify(stored)).not.toContain(String(body.access_token))
  })

  it('records a denial behind its answer, with what was asked and what was considered', async () => {
    const token = await issuer.mint({ claims: { ref: 'refs/heads/other' } })
    const { response, body, stored, later } = await ask(token, {
      scope: 'deploy:read',
      client_id: 'ci',
    })
    expect(response.status).toBe(400)
    expect(stored).toBeUndefined()
    expect(await later()).toMatchObject({
      id: body.decision_id,
      outcome: 'denied',
      reason: 'no_rule_matched',
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_hint: expect.stringMatching(/^[0-9a-f]{16}$/),
      issuer: 'github',
      asked: { resource: API, scopes: ['deploy:read'] },
      claims: { ref: 'refs/heads/other' },
      considered: [{ rule: 'deploy', claim: 'ref' }],
    })
  })

  it('has no verified fact in the record of a token that does not verify', async () => {
    const token = `${(await issuer.mint()).slice(0, -20)}${'A'.repeat(20)}`
    const record = await (await ask(token)).later()
    expect(record).toMatchObject({ outcome: 'denied', issuer: 'github', asked: { resource: API } })
    for (const name of ['subject', 'issuer_url', 'subject_token_id', 'claims']) {
      expect(record).not.toHaveProperty(name)
    }
  })

  it('gets 503 and Retry-After while the shard does not answer, and no token', async () => {
    const { response, body } = await ask(await issuer.mint(), {}, { DECISION_LOG: unreachable })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'temporarily unavailable, try again later',
      decision_id: expect.any(String),
    })
  })

  it('gets 503 while the shard cannot write, and the record says that no token was sent', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'log').mockImplementation((text: string) => lines.push(...text.split('\n')))
    await stop(
      `CREATE TRIGGER full BEFORE INSERT ON batches BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    )
    const { response, body, later } = await ask(await issuer.mint())
    expect(response.status).toBe(503)
    await stop('DROP TRIGGER full')
    const record = await later()
    expect(record).toMatchObject({
      id: body.decision_id,
      outcome: 'unavailable',
      part: 'decision_log',
      rule: 'deploy',
    })
    expect(record).not.toHaveProperty('token_id')
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.filter(({ decisionId }) => decisionId === body.decision_id)).toEqual([
      expect.objectContaining({ outcome: 'unavailable', part: 'decision_log' }),
    ])
  })

  it('keeps the granted record if only the answer of the shard was lost', async () => {
    const { DECISION_LOG } = deployment()
    let calls = 0
    const deaf = {
      getByName: () => ({
        append: async (request: never) => {
          calls += 1
          await DECISION_LOG?.getByName('decisions-0').append(request)
          if (calls === 1) throw new Error('the answer was lost')
        },
      }),
    } as unknown as NonNullable<Env['DECISION_LOG']>
    const { response, stored, later } = await ask(await issuer.mint(), {}, { DECISION_LOG: deaf })
    expect(response.status).toBe(503)
    expect(stored).toMatchObject({ outcome: 'granted' })
    expect(await later()).toEqual(stored)
    expect(calls).toBe(2)
    expect((await shard().status())?.records).toBe(1)
  })

  it('gets 503 without the binding, and the subject token is not used up', async () => {
    const token = await issuer.mint()
    const { DECISION_LOG, ...others } = deployment()
    const request = () =>
      new Request(`${GATEWAY}/token`, {
        method: 'POST',
        body: new URLSearchParams(exchangeForm(token)),
      })
    const refused = await worker.fetch(request(), others, createExecutionContext())
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(await readJson(refused)).toMatchObject({ error: 'temporarily_unavailable' })
    expect((await ask(token)).response.status).toBe(200)
    expect(DECISION_LOG).toBeDefined()
  })
})

describe('a resource without audit: strict', () => {
  it('gets its token at once, and the record follows', async () => {
    const { response, stored, later } = await ask(await issuer.mint(), { resource: LOGGED_ONLY })
    expect(response.status).toBe(200)
    expect(stored).toBeUndefined()
    expect(await later()).toMatchObject({ outcome: 'granted', rule: 'logged' })
  })

  it.each([
    ['does not answer', { DECISION_LOG: unreachable }],
    ['is not bound', { DECISION_LOG: undefined as never }],
  ])('gets its token while the log %s', async (_, bindings) => {
    const { response } = await ask(await issuer.mint(), { resource: LOGGED_ONLY }, bindings)
    expect(response.status).toBe(200)
  })
})
