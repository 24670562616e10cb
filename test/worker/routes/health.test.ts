import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyTrust, deployment, readJson, runWith } from '../support/gateway.ts'
import { quickIssuer } from '../support/issuer.ts'
import { trustFor } from '../support/trust.ts'

type Checks = Record<string, { ready: boolean; fault?: string }>

let issuerUrl: string

beforeAll(async () => {
  issuerUrl = (await quickIssuer()).url
})
beforeEach(() => applyTrust(trustFor(issuerUrl)))

async function health(gateway = runWith({})) {
  const response = await gateway.send('/health')
  const body = await readJson(response)
  return {
    status: response.status,
    checks: body.checks as Checks,
    warnings: body.warnings as readonly string[],
    text: JSON.stringify(body),
  }
}

/** The objects of this gateway with the tables that they write. */
const STORES = {
  trust_store: [
    () => deployment().TRUST_STORE.getByName('trust'),
    ['revisions', 'document_chunks'],
  ],
  revocations: [() => deployment().REVOCATION_LOG.getByName('revocations'), ['revocations']],
  replay_ledger: [() => deployment().REPLAY_LEDGER.getByName('replay-0'), ['marks']],
} as const
const rows = Object.entries(STORES).flatMap(([check, [find, tables]]) =>
  tables.map((table) => [check, table, find] as const),
)

function inStore(find: (typeof rows)[number][2], statement: string): Promise<unknown> {
  return runInDurableObject(find() as DurableObjectStub, (_, { storage }) => {
    storage.sql.exec(statement)
  })
}

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
      'admin',
      'rate_limits',
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
    expect(during.checks[check]).toEqual({ ready: false })
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

  it('that end later cause no warning', async () => {
    expect((await health(runWith(policyWith('2099-12-31')))).warnings).toEqual([])
  })
})
