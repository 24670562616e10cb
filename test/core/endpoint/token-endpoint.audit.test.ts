import { beforeAll, describe, expect, it } from 'vitest'
import type { DecisionEvent } from '../../../src/core/audit.ts'
import { type RecordDecision, Unavailable } from '../../../src/core/ports.ts'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

/** The vectors' document, with this audit mode for the API. */
async function exchange(audit: 'strict' | 'standard', record: RecordDecision, change = {}) {
  const view = await world.ports.loadTrust(world.now())
  const { document } = view
  if (document === undefined) throw new Error('no document')
  const resources = new Map(
    [...document.resources].map(([uri, resource]) => [uri, { ...resource, audit }]),
  )
  const loadTrust = () => ({ ...view, document: { ...document, resources, targets: resources } })
  return world.exchange(await world.mint(change), {}, { loadTrust, record })
}

const down = new Unavailable('decision_log')
const failures: readonly (readonly [string, RecordDecision])[] = [
  ['is refused', () => Promise.reject(down)],
  ['is refused for another reason', () => Promise.reject(new Error('full'))],
  [
    'fails at once',
    () => {
      throw down
    },
  ],
]

describe('a resource with strict audit', () => {
  it('sends no token before its record is durable', async () => {
    const order: string[] = []
    const asked = Promise.withResolvers<void>()
    const keep = Promise.withResolvers<void>()
    const record = async ({ outcome }: DecisionEvent) => {
      order.push(`asked to keep ${outcome}`)
      asked.resolve()
      await keep.promise
      order.push('kept')
    }
    const answered = exchange('strict', record).then(({ status }) => order.push(`${status}`))
    await asked.promise
    expect(order).toEqual(['asked to keep granted'])
    keep.resolve()
    await answered
    expect(order).toEqual(['asked to keep granted', 'kept', '200'])
  })

  it.each(failures)('sends no token if its record %s', async (_, record) => {
    const { status, headers, body } = await exchange('strict', record)
    expect(status).toBe(503)
    expect(headers).toHaveProperty('retry-after')
    expect(body).toMatchObject({ error: 'temporarily_unavailable' })
    expect(body).not.toHaveProperty('access_token')
  })

  it('refuses as usual if the record of a denial fails', async () => {
    const change = { ref: 'refs/heads/other' }
    const { status } = await exchange('strict', () => Promise.reject(down), change)
    expect(status).toBe(400)
  })
})

describe('a resource with standard audit', () => {
  it.each(failures)('sends the token if the record %s', async (_, record) => {
    const { status, body } = await exchange('standard', record)
    expect(status).toBe(200)
    expect(body).toHaveProperty('access_token')
  })

  it('does not wait for a record', async () => {
    const { status } = await exchange('standard', () => new Promise<void>(() => undefined))
    expect(status).toBe(200)
  })
})
