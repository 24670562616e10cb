import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import { DECISION_BATCH_RECORDS, MAX_UNSENT_DECISIONS } from '../../../src/core/decisions/limits.ts'
import type { Env } from '../../../src/worker/env.ts'
import { DECISION_UNSIGNED_MILLISECONDS } from '../../../src/worker/limits.ts'
import { applyTrust, deployment, readJson, runWith } from '../support/gateway.ts'
import { quickIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

type Checks = Record<string, { ready: boolean; fault?: string }>

let issuerUrl: string

beforeAll(async () => {
  issuerUrl = (await quickIssuer()).url
})
beforeEach(() => applyTrust(trustFor(issuerUrl)))

async function health(gateway = runWith({ DECISION_SHARDS: '1' })) {
  const response = await gateway.send('/health')
  const body = await readJson(response)
  return {
    status: response.status,
    checks: body.checks as Checks,
    warnings: body.warnings as readonly string[],
    text: JSON.stringify(body),
  }
}

function decisionShard(shard: number) {
  const { DECISION_LOG } = deployment()
  if (DECISION_LOG === undefined) throw new Error('no binding')
  return DECISION_LOG.getByName(`decisions-${shard}`)
}

/** The objects of this gateway with the tables that they write. */
const STORES = {
  trust_store: [
    () => deployment().TRUST_STORE.getByName('trust'),
    ['revisions', 'document_chunks'],
  ],
  revocations: [() => deployment().REVOCATION_LOG.getByName('revocations'), ['revocations']],
  replay_ledger: [() => deployment().REPLAY_LEDGER.getByName('replay-0'), ['marks']],
  decision_log: [() => decisionShard(0), ['batches']],
} as const
const rows = Object.entries(STORES).flatMap(([check, [find, tables]]) =>
  tables.map((table) => [check, table, find] as const),
)

function inStore(find: (typeof rows)[number][2], statement: string): Promise<unknown> {
  return runInDurableObject(find() as DurableObjectStub, (_, { storage }) => {
    storage.sql.exec(statement)
  })
}

/** Other tests share the KV namespace and may leave an old pointer in it. */
const withoutStale = (warnings: readonly string[]) =>
  warnings.filter((warning) => !warning.startsWith('the revocations in KV'))

describe('GET /health', () => {
  it('is ready if every store can write, and leaves no rows in them', async () => {
    const { status, checks } = await health()
    expect(status).toBe(200)
    expect(Object.keys(checks)).toEqual([
      'settings',
      'signing_keys',
      'trust_store',
      'trust_document',
      'replay_ledger',
      'revocations',
      'decision_log',
      'admin',
      'rate_limits',
      'assets',
      'trust_layers',
    ])
    for (const [, table, find] of rows) {
      const left = await runInDurableObject(find() as DurableObjectStub, (_, { storage }) =>
        storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
      )
      expect(JSON.stringify(left)).not.toContain('pppp')
    }
    const log = STORES.revocations[0]()
    expect((await log.published())?.sequence).toBe(0)
  })

  it.each(rows)('%s is not ready while %s accepts no row', async (check, table, find) => {
    await health()
    await inStore(
      find,
      `CREATE TRIGGER full BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    )
    const during = await health()
    await inStore(find, 'DROP TRIGGER full')
    expect(during.status).toBe(503)
    expect(during.checks[check]).toMatchObject({ ready: false })
    expect(during.text).not.toContain('disk full')
    expect((await health()).status).toBe(200)
  })

  it('writes once for many requests to an isolate', async () => {
    const gateway = runWith({})
    await health(gateway)
    const [, , find] = rows[0] ?? []
    if (find === undefined) throw new Error('there is no store')
    await inStore(
      find,
      "CREATE TRIGGER full BEFORE INSERT ON revisions BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    const statuses = await Promise.all(Array.from({ length: 20 }, () => health(gateway)))
    await inStore(find, 'DROP TRIGGER full')
    expect(statuses.map(({ status }) => status)).toEqual(Array(20).fill(200))
  })

  it('is ready without a decision log, and says that it is off', async () => {
    const { status, checks, warnings } = await health(runWith({ DECISION_LOG: undefined as never }))
    expect(status).toBe(200)
    expect(checks.decision_log).toEqual({ enabled: false })
    expect(withoutStale(warnings)).toEqual([])
  })

  it('warns about resources with audit: strict without a decision log', async () => {
    const { resources, ...document } = trustFor(issuerUrl)
    const strict = Object.entries(resources).map(([uri, entry]) => [
      uri,
      { ...entry, audit: 'strict' },
    ])
    await applyTrust({ ...document, resources: Object.fromEntries(strict) })
    const { warnings } = await health(runWith({ DECISION_LOG: undefined as never }))
    expect(withoutStale(warnings)).toEqual([
      '1 resource has audit: strict and gets no tokens: DECISION_LOG is not bound',
    ])
    expect((await health()).warnings).toEqual([])
  })

  it('warns about a shard of the decision log with a fault, and one without a checkpoint', async () => {
    const append = (shard: number, at: number) =>
      runInDurableObject(decisionShard(shard), async (log) => {
        const id = formatDecisionId({ shard, at }, new Uint8Array(9))
        log.now = () => at
        const line = JSON.stringify({ v: 1, id, at, outcome: 'granted' })
        const batch = { shard, issuer: 'https://sts.test', firstId: id, fromAt: at, toAt: at }
        await log.append({ ...batch, lines: [line] })
        log.now = Date.now
      })
    await append(0, Date.now() - 2 * DECISION_UNSIGNED_MILLISECONDS)
    await append(2, Date.now())
    await inStore(() => decisionShard(2), `UPDATE chain SET fault = 'export_failed'`)
    const { status, checks, warnings } = await health(runWith({ DECISION_SHARDS: '3' }))
    expect(status).toBe(200)
    expect(checks.decision_log).toEqual({ ready: true, enabled: true })
    expect(withoutStale(warnings)).toEqual([
      'shard 0 of the decision log has a fault: checkpoint_missing',
      'shard 2 of the decision log has a fault: export_failed',
    ])
  })

  it('is not ready while its shard does not answer', async () => {
    const silent = {
      getByName: () => {
        throw new Error('silent')
      },
    } as unknown as NonNullable<Env['DECISION_LOG']>
    const { status, checks, warnings } = await health(
      runWith({ DECISION_LOG: silent, DECISION_SHARDS: '1' }),
    )
    expect(status).toBe(503)
    expect(checks.decision_log).toEqual({ ready: false, enabled: true })
    expect(withoutStale(warnings)).toEqual(['shard 0 of the decision log has a fault: unreachable'])
  })

  it('counts the decisions that the isolate dropped', async () => {
    const silent = {
      getByName: () => {
        throw new Error('silent')
      },
    } as unknown as NonNullable<Env['DECISION_LOG']>
    const gateway = runWith({ DECISION_LOG: silent })
    const form = { method: 'POST', body: new URLSearchParams({ grant_type: 'none' }) }
    for (let sent = 0; sent < MAX_UNSENT_DECISIONS + DECISION_BATCH_RECORDS; sent += 256) {
      const many = Array.from({ length: 256 }, () => gateway.send('/token', form))
      await Promise.all(many)
    }
    await vi.waitFor(
      async () => {
        const { warnings } = await health(gateway)
        expect(warnings.join()).toMatch(/this isolate dropped \d+ decisions/)
      },
      { timeout: 30_000 },
    )
  })

  it('reports that revocations do not reach the edge, and why', async () => {
    const log = STORES.revocations[0]()
    await runInDurableObject(log, async (instance) => {
      instance.sizes = { ...instance.sizes, published: 0 }
      await instance.revokeToken({ jti: 'one', expiresAt: 2_000_000_000, by: 'job' })
      await instance.alarm()
    })
    const { status, checks } = await health()
    expect(status).toBe(503)
    expect(checks.revocations).toEqual({ ready: false, fault: 'too_large' })
  })
})

describe('an isolate that cannot use the published revocations', () => {
  const at = Math.floor(Date.now() / 1000)
  const healthWith = (pointer: object) => {
    const text = JSON.stringify({
      v: 2,
      sequence: 1_000_000,
      published_at: at,
      segments: [],
      recent: '',
      before: [],
      ...pointer,
    })
    const get = async (key: string) => (key === 'revocations' ? text : null)
    return health(runWith({ REVOCATIONS: { get } as unknown as KVNamespace }))
  }

  it('is not ready without a segment, and says so', async () => {
    const { status, checks } = await healthWith({
      segments: [{ digest: 'a'.repeat(64), count: 1 }],
    })
    expect(status).toBe(503)
    expect(checks.revocations).toEqual({ ready: false, fault: 'segment_unavailable' })
  })

  it('is ready with the pointer of the log, and warns', async () => {
    const { status, warnings } = await healthWith({ published_at: at - 3600 })
    expect(status).toBe(200)
    expect(warnings).toContainEqual(expect.stringContaining('revocations in KV are too old'))
  })
})

describe('the compiled form of the trust document', () => {
  it('causes a warning if it is damaged, and the document is used', async () => {
    const { TRUST_STORE } = deployment()
    await runInDurableObject(TRUST_STORE.getByName('trust'), (_, { storage }) => {
      storage.sql.exec("UPDATE compiled_forms SET digest = 'sha256:other'")
    })
    const { status, warnings } = await health(runWith({}))
    expect([status, warnings]).toEqual([
      200,
      [
        'this isolate refused 1 compiled form of the trust document (other_digest) and compiled the document',
      ],
    ])
  })

  it('causes no warning if it is loaded', async () => {
    expect((await health(runWith({}))).warnings).toEqual([])
  })
})

describe('rules of BOOTSTRAP_TRUST', () => {
  const policyWith = (...ends: readonly string[]) => {
    const policy = JSON.parse(env.BOOTSTRAP_TRUST ?? '') as ReturnType<typeof JSON.parse>
    const [rule] = policy.rules
    const rules = ends.map((expires, index) => ({ ...rule, name: `secret-${index}`, expires }))
    return { BOOTSTRAP_TRUST: JSON.stringify({ ...policy, rules }) }
  }
  const inDays = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

  it('that have ended or end soon cause a warning with their position, not their name', async () => {
    const bindings = policyWith('2099-12-31', '2020-01-01', inDays(5))
    const { status, warnings, text } = await health(runWith(bindings))
    expect(status).toBe(200)
    expect(warnings).toEqual([
      'rule 2 of BOOTSTRAP_TRUST has ended and grants no tokens to administrators',
      expect.stringMatching(/^rule 3 of BOOTSTRAP_TRUST ends in [56] days$/),
    ])
    expect(text).not.toContain('secret-')
  })

  it('are missed if there is none, because the admin API is on and grants nothing', async () => {
    for (const BOOTSTRAP_TRUST of ['{}', policyWith().BOOTSTRAP_TRUST]) {
      expect((await health(runWith({ BOOTSTRAP_TRUST }))).warnings).toEqual([
        'BOOTSTRAP_TRUST has no rule, so there is no administrator',
      ])
    }
  })

  it('that end later cause no warning', async () => {
    expect((await health(runWith(policyWith('2099-12-31')))).warnings).toEqual([])
  })
})
