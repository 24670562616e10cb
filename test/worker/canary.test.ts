import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type worker from '../../src/worker/index.ts'
import { compress } from '../../src/worker/objects/decision-log/batches.ts'
import { KEY_CANARY, TOKEN_CANARY } from '../support/canary/canary.ts'
import { takeSightings } from '../support/canary/watch.ts'
import { lookAtStores, watchWorker } from './support/canary.ts'
import { applyTrust, deployment, exchange } from './support/gateway.ts'
import { newIssuer } from './support/issuer.ts'
import { trustFor } from './support/trust.ts'

afterEach(() => vi.restoreAllMocks())

describe('LOG-01 the canary of the suite', () => {
  it('is in the tokens that the tests present', async () => {
    const [, claims = ''] = (await newIssuer().mint()).split('.')
    expect(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))).toContain(TOKEN_CANARY)
  })

  it('KEY-12 is in the key that the gateway signs with', () => {
    const { SIGNING_KEY_TEST } = env as unknown as Readonly<Record<string, string>>
    const { d = '' } = JSON.parse(String(SIGNING_KEY_TEST)) as { d?: string }
    expect(atob(d.replaceAll('-', '+').replaceAll('_', '/'))).toContain(KEY_CANARY)
  })

  it('is found in a log line, also if a test captures the lines', () => {
    const lines: string[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line))
    console.log(JSON.stringify({ event: 'decision', actor: TOKEN_CANARY }))
    expect(lines).toHaveLength(1)
    expect(log).toHaveBeenCalledOnce()
    expect(takeSightings()).toEqual(['the token canary in log lines: console.log'])
  })

  it('is found in an answer of the Worker, and so is a token in the wrong answer', async () => {
    const token = `eyJhbGciOiJFUzI1NiJ9.eyJhbGciOiJFUzI1NiJ9.${'s'.repeat(43)}`
    const answers = [TOKEN_CANARY, token].map((text) => new Response(text, { status: 400 }))
    const own = { fetch: async () => answers.shift() ?? new Response() } as unknown as typeof worker
    watchWorker(own)
    const ask = () => own.fetch(new Request('https://sts.test/token'), deployment(), {} as never)
    expect(await (await ask()).text()).toBe(TOKEN_CANARY)
    await ask()
    expect(takeSightings()).toEqual([
      'the token canary in answers: 400 of GET',
      'a signed token in answers: 400 of GET',
    ])
  })

  it('is found in a row of a Durable Object, as text and as bytes, and in KV', async () => {
    const issuer = newIssuer()
    await applyTrust(trustFor(issuer.url))
    await (await exchange(await issuer.mint())).text()
    await lookAtStores()
    expect(takeSightings()).toEqual([])
    const store = deployment().REPLAY_LEDGER.getByName('of the canary') as DurableObjectStub
    await runInDurableObject(store, (_, { storage }) => {
      storage.sql.exec('CREATE TABLE leaks (text TEXT, bytes BLOB)')
      storage.sql.exec('INSERT INTO leaks VALUES (?, NULL)', `sub ${TOKEN_CANARY}`)
      storage.sql.exec('INSERT INTO leaks VALUES (NULL, ?)', new TextEncoder().encode(KEY_CANARY))
    })
    const { DECISION_LOG } = deployment()
    const shard = DECISION_LOG?.getByName('of the canary') as DurableObjectStub
    const block = await compress(`claims ${TOKEN_CANARY}`)
    await runInDurableObject(shard, (_, { storage }) => {
      storage.sql.exec(`INSERT INTO blocks VALUES (1, 1, 1, 0, 0, 1, 1, '', ?)`, block)
    })
    await env.REVOCATIONS.put('leak', btoa(TOKEN_CANARY))
    await lookAtStores()
    expect(takeSightings()).toEqual([
      'the token canary in stored rows: blocks',
      'the token canary in stored rows: leaks',
      'the key canary in stored rows: leaks',
      'the token canary in stored rows: KV',
    ])
    await runInDurableObject(store, (_, { storage }) => storage.sql.exec('DROP TABLE leaks'))
    await runInDurableObject(shard, (_, { storage }) => storage.sql.exec('DELETE FROM blocks'))
    await env.REVOCATIONS.delete('leak')
  })
})
