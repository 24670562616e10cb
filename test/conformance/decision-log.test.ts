/**
 * LOG-05 with SIGKILL: workerd and `edgemint serve` are killed at many moments of strict exchanges
 * and of batches. Every token that a caller got has its record, and the chain of the log is whole.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPORT_VERSION } from '../../src/contract/decisions/export.ts'
import type { DecisionRecord } from '../../src/contract/decisions/record.ts'
import { verifyExport } from '../../src/core/decisions/verify-export.ts'
import { exportBatch, type StoredBatch } from '../../src/worker/objects/decision-log/batches.ts'
import { API, startWorld, trustDocument, type World } from './support/world.ts'

const OTHER = 'https://other.example.com'
const ROUNDS = 8
const CALLERS = 8
/** A request that a killed workerd never answers must not hold the test. */
const MOST_MILLISECONDS = 10_000

/** A strict resource, and one whose records are written behind the answers. */
function document(issuerUrl: string): object {
  const base = trustDocument(issuerUrl)
  const [rule] = base.rules
  const resource = base.resources[API]
  return {
    ...base,
    resources: { [API]: { ...resource, audit: 'strict' }, [OTHER]: resource },
    rules: [rule, { ...rule, name: 'other', grant: { ...rule?.grant, resource: OTHER } }],
  }
}

let world: World
let state: string

beforeAll(async () => {
  world = await startWorld(() => ({ DECISION_SHARDS: '1' }), document)
  state = join(world.trustFile, '../state')
})
afterAll(() => world.close())

type Issued = { readonly decisionId: string; readonly tokenId: string }

/**
 * Sends strict exchanges, and others beside them, until one fails or the caller has killed the gateway.
 * It collects the tokens that arrive. A request that meets the next workerd does not fail.
 */
async function exchangeUntilKilled(
  subjectToken: string,
  issued: Issued[],
  killed: AbortSignal,
): Promise<void> {
  const ask = async (resource: string) => {
    const body = world.form(subjectToken, { resource })
    const signal = AbortSignal.timeout(MOST_MILLISECONDS)
    const response = await fetch(`${world.url()}/token`, { method: 'POST', body, signal })
    const answer = (await response.json()) as { access_token?: string; decision_id?: string }
    if (answer.access_token === undefined || resource === OTHER) return
    const { jti = '' } = decodeJwt(answer.access_token)
    issued.push({ decisionId: String(answer.decision_id), tokenId: jti })
  }
  const loop = async (resource: string) => {
    while (!killed.aborted) await ask(resource)
  }
  const loops = Array.from({ length: CALLERS }, (_, at) => loop(at % 4 === 0 ? OTHER : API))
  await Promise.allSettled(loops)
}

/** The lines of an export of the shard, read from its file. Works only while the gateway is stopped. */
function readExport(): { readonly lines: string[]; readonly records: DecisionRecord[] } {
  const name = readdirSync(state, { recursive: true, encoding: 'utf8' }).find((path) =>
    /DecisionLog\/[0-9a-f]+\.sqlite$/.test(path),
  )
  if (name === undefined) throw new Error('the decision log has no file')
  const copy = mkdtempSync(join(tmpdir(), 'edgemint-decisions-'))
  for (const end of ['', '-wal', '-shm']) {
    const file = join(state, `${name}${end}`)
    if (existsSync(file)) copyFileSync(file, join(copy, `log.sqlite${end}`))
  }
  const database = new DatabaseSync(join(copy, 'log.sqlite'))
  const chain = database.prepare('SELECT * FROM chain').get() as Record<string, unknown>
  const batches = database.prepare('SELECT * FROM batches ORDER BY sequence').all()
  database.close()
  rmSync(copy, { recursive: true })
  const header = {
    type: 'edgemint-decisions',
    v: EXPORT_VERSION,
    iss: chain.issuer,
    shard: chain.shard,
    after: 0,
    previous: chain.first_previous,
  }
  const stored = batches as unknown as readonly StoredBatch[]
  const text = `${JSON.stringify(header)}\n${stored.map(exportBatch).join('')}`
  const records = stored.flatMap(({ lines }) => lines.split('\n'))
  expect(stored.at(-1)?.head).toBe(chain.head)
  expect(records).toHaveLength(Number(chain.records))
  return {
    lines: text.trimEnd().split('\n'),
    records: records.map((line) => JSON.parse(line) as DecisionRecord),
  }
}

function killWorkerd(): void {
  process.kill(Number(readFileSync(join(state, 'workerd.pid'), 'utf8')), 'SIGKILL')
}

async function untilReady(): Promise<void> {
  for (;;) {
    const response = await fetch(`${world.url()}/health`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.status === 200) return
    await pause(20)
  }
}

describe('a gateway that is killed', () => {
  it('LOG-05 has the record of every token of a strict resource, and a whole chain', async () => {
    const issued: Issued[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = issued.length
      const killed = new AbortController()
      const loops = exchangeUntilKilled(await world.mint(), issued, killed.signal)
      while (issued.length < before + CALLERS) await pause(1)
      // From the first answers to beyond the time of a batch, at another moment each time.
      await pause((round * 131) % 700)
      if (round % 4 === 3) await world.restart('SIGKILL')
      else killWorkerd()
      killed.abort()
      await loops
      await untilReady()
    }
    await world.kill('SIGTERM')
    const { lines, records } = readExport()
    const verified = await verifyExport(lines, { verifyCheckpoint: async () => undefined })
    expect(verified).toMatchObject({ ok: true, value: { records: records.length, isWhole: true } })

    const granted = new Map(records.map((record) => [record.id, record.token_id]))
    expect(issued.length).toBeGreaterThanOrEqual(ROUNDS * CALLERS)
    const missing = issued.filter(({ decisionId, tokenId }) => granted.get(decisionId) !== tokenId)
    expect(missing).toEqual([])
    expect(granted.size).toBe(records.length)
    expect(records.some(({ resource }) => resource === OTHER)).toBe(true)
    expect(records.every(({ outcome }) => outcome !== 'denied')).toBe(true)
    await world.restart('SIGTERM')
  })
})
