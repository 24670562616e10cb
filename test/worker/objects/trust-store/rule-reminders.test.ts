import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { readSettings, type Settings } from '../../../../src/core/settings.ts'
import { MAX_ALERTS_PER_MINUTE, REMINDERS_PER_ALARM } from '../../../../src/worker/limits.ts'
import { createReminders } from '../../../../src/worker/objects/trust-store/rule-reminders.ts'
import type { TrustStore } from '../../../../src/worker/objects/trust-store/trust-store.ts'
import { API, newTrustStore, putTrust } from '../../support/trust.ts'

const DAY = 86_400
const NOW = Date.parse('2027-03-01T12:00:00Z') / 1000
const END = Date.parse('2027-06-01T00:00:00Z') / 1000
const HOOK = 'https://hooks.test/T0/path'

type Store = DurableObjectStub<TrustStore>
let store: Store
let jwk: object
let events: Record<string, unknown>[] = []
let status = 202

const rulesOf = (...ends: readonly string[]) =>
  ends.map((expires, index) => ({
    ...{ name: `rule-${index}`, owner: 'platform@example.com', expires, from: 'ci' },
    when: { sub: 'job:1' },
    grant: { resource: API, scopes: ['deploy:read'] },
  }))

/** Stores a document whose issuer has no keys to fetch. */
async function put(rules: readonly object[], revision = 0) {
  const keys = { jwks: { keys: [jwk] } }
  const ci = { provider: 'generic-oidc', issuer: 'https://ci.test', keys }
  const resources = { [API]: { scopes: ['deploy:read'] } }
  const result = await putTrust(store, { version: 1, issuers: { ci }, resources, rules }, revision)
  expect(result).toMatchObject({ kind: 'stored' })
}

const settings = (): Settings => {
  const read = readSettings({ ...env, ALERT_WEBHOOK_URL: HOOK })
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return read.value
}

/** Sends what is due at a time, as the alarm does, with a webhook. Returns when the next is due. */
const sendAt = (at: number) =>
  runInDurableObject(store, async (_: TrustStore, { storage }) => {
    const reminders = createReminders(storage.sql, env as never, settings(), () => at)
    await reminders.send()
    return reminders.nextAt()
  })

const setClock = (at: number) =>
  runInDurableObject(store, (instance: TrustStore) => {
    instance.now = () => at
  })

beforeAll(async () => {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  jwk = { ...(await exportJWK(publicKey)), kid: 'one' }
})

beforeEach(async () => {
  events = []
  status = 202
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    if (String(input) !== HOOK) throw new TypeError('not reachable')
    const { events: sent } = decodeJwt(String((init as RequestInit).body)) as {
      events: Record<string, Record<string, unknown>>
    }
    events.push(...Object.entries(sent).map(([type, event]) => ({ type, ...event })))
    return new Response(null, { status })
  })
  store = newTrustStore()
  await setClock(NOW)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await runInDurableObject(store, (_, { storage }) => storage.deleteAlarm())
})

describe('a reminder of the end of a rule', () => {
  it('is sent 14 days and 3 days before, once each', async () => {
    await put(rulesOf('2027-05-31'))
    expect(await sendAt(END - 14 * DAY - 1)).toBe(END - 14 * DAY)
    expect(events).toEqual([])
    expect(await sendAt(END - 14 * DAY)).toBe(END - 3 * DAY)
    expect(await sendAt(END - 5 * DAY)).toBe(END - 3 * DAY)
    expect(events).toMatchObject([
      {
        type: expect.stringMatching(/\/rule_ends$|:rule_ends$/),
        ...{ rule: 'rule-0', issuer: 'ci', resource: API },
        ...{ ends_at: END, days: 14, owner: 'platform@example.com' },
        reason: 'a rule of the trust document ends soon',
      },
    ])
    expect(await sendAt(END - 3 * DAY)).toBeUndefined()
    expect(await sendAt(END - 1)).toBeUndefined()
    expect(events.map(({ days }) => days)).toEqual([14, 3])
  })

  it('is one, if both times have passed', async () => {
    await setClock(END - DAY)
    await put(rulesOf('2027-05-31'))
    await sendAt(END - DAY)
    expect(events).toMatchObject([{ days: 1 }])
    expect(await sendAt(END - DAY + 60)).toBeUndefined()
    expect(events).toHaveLength(1)
  })

  it('is not sent for a rule that has ended or has no end', async () => {
    const deny = { name: 'no', effect: 'deny', from: 'ci', when: { sub: 'x' } }
    await put([...rulesOf('2027-05-31'), deny])
    expect(await sendAt(END)).toBeUndefined()
    expect(events).toEqual([])
  })

  it('is sent again for a renewed rule, and not for another revision of the same end', async () => {
    await put(rulesOf('2027-05-31'))
    await sendAt(END - 10 * DAY)
    await setClock(END - 9 * DAY)
    await put([...rulesOf('2027-05-31'), ...rulesOf('2028-01-01', '2028-01-01').slice(1)], 1)
    await sendAt(END - 9 * DAY)
    expect(events).toHaveLength(1)
    await put(rulesOf('2027-06-07'), 2)
    await sendAt(END - 7 * DAY)
    expect(events.map(({ ends_at: end }) => end)).toEqual([END, END + 7 * DAY])
  })

  it('sets the alarm of the store', async () => {
    await put(rulesOf('2027-05-31'))
    const { due, alarm } = await runInDurableObject(store, async (instance: TrustStore, state) => {
      // Otherwise the next fetch is earlier.
      state.storage.sql.exec('DELETE FROM issuers; DELETE FROM issuer_keys')
      instance.now = () => END - 14 * DAY - 3600
      await instance.alarm()
      const [row] = state.storage.sql.exec<{ due_at: number }>('SELECT due_at FROM reminder_plan')
      return { due: row?.due_at, alarm: await state.storage.getAlarm() }
    })
    expect(due).toBe(END - 14 * DAY)
    expect(Math.round(((alarm ?? 0) - Date.now()) / 60_000)).toBe(60)
  })

  it('is sent by the alarm as a log line, also without a webhook', async () => {
    await put(rulesOf('2027-05-31'))
    await runInDurableObject(store, async (instance: TrustStore) => {
      instance.now = () => END - 3 * DAY
      await instance.alarm()
    })
    const lines = vi.mocked(console.log).mock.calls.map(([line]) => String(line))
    expect(lines.filter((line) => line.includes('"type":"rule_ends"'))).toHaveLength(1)
    expect(events).toEqual([])
  })

  it('is planned for a document of an earlier release', async () => {
    await put(rulesOf('2027-05-31'))
    await runInDurableObject(store, (_, { storage }) => {
      storage.sql.exec('DROP TABLE reminder_plan; DROP TABLE rule_reminders')
      storage.sql.exec('DELETE FROM migrations WHERE number >= 9')
    })
    await evictDurableObject(store)
    await setClock(NOW)
    expect(await sendAt(END - 3 * DAY)).toBeUndefined()
    expect(events).toMatchObject([{ rule: 'rule-0' }])
  })

  it('comes in groups, so that no other alert of the minute is lost', async () => {
    expect(REMINDERS_PER_ALARM).toBeLessThan(MAX_ALERTS_PER_MINUTE)
    await put(rulesOf(...Array.from({ length: REMINDERS_PER_ALARM + 2 }, () => '2027-05-31')))
    const at = END - 3 * DAY
    expect(await sendAt(at)).toBe(at + 60)
    expect(events).toHaveLength(REMINDERS_PER_ALARM)
    expect(await sendAt(at + 60)).toBeUndefined()
    expect(new Set(events.map(({ rule }) => rule)).size).toBe(REMINDERS_PER_ALARM + 2)
  })

  it('keeps the pause between two groups after a restart of the store', async () => {
    await put(rulesOf(...Array.from({ length: REMINDERS_PER_ALARM + 2 }, () => '2027-05-31')))
    await sendAt(END - DAY)
    await evictDurableObject(store)
    await setClock(END - DAY)
    expect(await sendAt(END - DAY)).toBe(END - DAY + 60)
    expect(events).toHaveLength(REMINDERS_PER_ALARM)
  })

  it('that was sent is forgotten after the end of the rule', async () => {
    await put(rulesOf('2027-05-31', '2027-06-30'))
    await sendAt(END - 3 * DAY)
    await sendAt(END + 27 * DAY)
    const rows = await runInDurableObject(store, (_, { storage }) => [
      ...storage.sql.exec('SELECT rule FROM rule_reminders'),
    ])
    expect(rows).toEqual([{ rule: 'rule-1' }])
  })

  it('follows a revision that is stored while the others are sent', async () => {
    await put(rulesOf('2027-05-31'))
    const next = { revision: 2, due_at: END + DAY }
    const planned = await runInDurableObject(store, async (_: TrustStore, { storage: { sql } }) => {
      vi.mocked(globalThis.fetch).mockImplementation(async () => {
        sql.exec('UPDATE reminder_plan SET revision = ?, due_at = ?', ...Object.values(next))
        return new Response(null, { status })
      })
      await createReminders(sql, env as never, settings(), () => END - 3 * DAY).send()
      return [...sql.exec('SELECT revision, due_at FROM reminder_plan')]
    })
    expect(planned).toEqual([next])
  })

  it('that an earlier release sent is not sent again', async () => {
    await put(rulesOf('2027-05-31'))
    await sendAt(END - 14 * DAY)
    await runInDurableObject(store, (_, { storage }) => {
      storage.sql.exec('ALTER TABLE rule_reminders DROP COLUMN retry_at')
      storage.sql.exec('DELETE FROM migrations WHERE number >= 10')
    })
    await evictDurableObject(store)
    await setClock(END - 13 * DAY)
    expect(await sendAt(END - 13 * DAY)).toBe(END - 3 * DAY)
    expect(events).toHaveLength(1)
  })
})

describe('an undelivered reminder', () => {
  const at = END - 14 * DAY
  beforeEach(() => {
    status = 400
  })

  it('is sent again after an hour, until the webhook accepts it', async () => {
    await put(rulesOf('2027-05-31'))
    expect(await sendAt(at)).toBe(at + 3600)
    expect(await sendAt(at + 3599)).toBe(at + 3600)
    expect(events).toHaveLength(1)
    expect(await sendAt(at + 3600)).toBe(at + 7200)
    expect(events).toHaveLength(2)
    status = 202
    expect(await sendAt(at + 8000)).toBe(END - 3 * DAY)
    await sendAt(at + DAY)
    expect(events.map(({ days }) => days)).toEqual([14, 13, 13])
  })

  it('is one alert in the log, with each failure', async () => {
    await put(rulesOf('2027-05-31'))
    await sendAt(at)
    await sendAt(at + 3600)
    const lines = vi.mocked(console.log).mock.calls.map(([line]) => JSON.parse(String(line)))
    const logged = lines.map(({ event }) => event).filter((event) => event.startsWith('alert'))
    expect(logged).toEqual(['alert', 'alert_undelivered', 'alert_undelivered'])
  })

  it('is sent again after a restart of the store', async () => {
    await put(rulesOf('2027-05-31'))
    await sendAt(at)
    await evictDurableObject(store)
    await setClock(at + 60)
    status = 202
    expect(await sendAt(at + 3600)).toBe(END - 3 * DAY)
    expect(events).toHaveLength(2)
  })

  it('is replaced by the next reminder of the rule', async () => {
    await put(rulesOf('2027-05-31'))
    await sendAt(at)
    expect(await sendAt(END - 3 * DAY)).toBe(END - 3 * DAY + 3600)
    expect(events.map(({ days }) => days)).toEqual([14, 3])
  })

  it('is not sent again for a rule that has ended', async () => {
    await put(rulesOf('2027-05-31'))
    await sendAt(END - 60)
    expect(await sendAt(END + 3600)).toBeUndefined()
    expect(events).toHaveLength(1)
  })

  it.each([
    ['was renewed', rulesOf('2028-01-01')],
    ['was removed', rulesOf('2027-05-31', '2028-01-01').slice(1)],
  ])('is not sent again for a rule that %s', async (_, rules) => {
    await put(rulesOf('2027-05-31'))
    await sendAt(at)
    await setClock(at + 60)
    await put(rules, 1)
    expect(await sendAt(at + 3600)).toBe(Date.parse('2028-01-02T00:00:00Z') / 1000 - 14 * DAY)
    expect(events).toHaveLength(1)
  })

  it('does not hold back the others', async () => {
    await put(rulesOf(...Array.from({ length: REMINDERS_PER_ALARM + 2 }, () => '2027-05-31')))
    await sendAt(at)
    events = []
    expect(await sendAt(at + 3600)).toBe(at + 3660)
    const names = events.map(({ rule }) => rule)
    expect(names).toHaveLength(REMINDERS_PER_ALARM)
    expect(names).toEqual(expect.arrayContaining(['rule-20', 'rule-21']))
  })
})
