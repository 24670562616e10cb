import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, inject, it } from 'vitest'
import type { FetchedKeysReport, IssuerReport } from '../../../../src/contract/admin.ts'
import {
  alertsOf,
  forge,
  genericTrust,
  judge,
  type LogLine,
  watchLog,
} from '../../support/attack.ts'
import {
  adminToken,
  applyTrust,
  bearer,
  deployment,
  readJson,
  send,
} from '../../support/gateway.ts'
import { newIssuer, quickIssuer, type TestIssuer } from '../../support/issuer.ts'
import { API, putTrust } from '../../support/trust.ts'

const log = watchLog()
const KEY_HOST = inject('keyHost')
const store = () => deployment().TRUST_STORE.getByName('trust')

async function elsewhere(): Promise<TestIssuer> {
  const issuer = await quickIssuer()
  await issuer.behave({ keys_at: 'elsewhere' })
  return issuer
}

function trustIn({ url }: TestIssuer, key_hosts?: readonly string[]) {
  const trust = genericTrust({ ci: url })
  const ci = { ...trust.issuers.ci, ...(key_hosts ? { key_hosts } : {}) }
  return { ...trust, issuers: { ci } }
}

const keyHostsOf = ({ url }: TestIssuer) =>
  runInDurableObject(store(), (_, { storage }) =>
    storage.sql.exec('SELECT source, key_hosts FROM issuers WHERE url = ?', url).toArray(),
  )

const linesOf = ({ url }: TestIssuer, event: string): readonly LogLine[] =>
  log.lines().filter((line) => line.event === event && line.issuerUrl === url)

async function reportOf(name: string): Promise<IssuerReport | undefined> {
  const response = await send('/admin/v1/issuers', { headers: bearer(await adminToken()) })
  const issuers = (await readJson(response)).issuers as readonly IssuerReport[]
  return issuers.find((one) => one.name === name)
}

describe('an issuer with its keys on another host', () => {
  it('is accepted if the document names the host, as for Google’s discovery', async () => {
    const issuer = newIssuer()
    await issuer.behave({ keys_at: 'elsewhere' })
    const sub = '112233445566778899001'
    await applyTrust({
      ...genericTrust({}),
      issuers: {
        google: {
          provider: 'google-service-account',
          issuer: issuer.url,
          key_hosts: [KEY_HOST],
        },
      },
      rules: [
        {
          name: 'job',
          owner: 'platform@example.com',
          expires: '2099-12-31',
          from: 'google',
          when: { sub },
          grant: { resource: API, scopes: ['deploy:read'] },
        },
      ],
    })
    const claims = { sub, azp: sub }
    const token = await issuer.mint({ provider: 'google-service-account', claims })
    expect(await judge(log, token)).toBe('granted')
    expect(await issuer.requests()).toEqual({ discovery: 1, jwks: 1 })
  })

  it('NET-04 is refused if the host is not named; the alert and the report name the host', async () => {
    const issuer = await elsewhere()
    await applyTrust(trustIn(issuer))
    expect(await judge(log, await forge(issuer))).toBe('unavailable')
    expect(linesOf(issuer, 'issuer_alert')).toMatchObject([
      { alert: 'jwks_uri_elsewhere', host: KEY_HOST },
    ])
    expect(linesOf(issuer, 'issuer_keys_failed')).toMatchObject([
      { fault: 'jwks_uri_refused', offeredHost: KEY_HOST },
    ])
    const report = await reportOf('ci')
    expect(report?.keys).toMatchObject({ offered_key_host: KEY_HOST })
    expect(report?.warnings).toContain(
      `fetching its keys has failed 1 times: jwks_uri_refused (${KEY_HOST}: must be https on the issuer's own host or one of key_hosts)`,
    )
    expect((await issuer.requests()).jwks).toBe(0)
  })

  it.each([
    ['with userinfo', 'http://user:secret@{host}/jwks'],
    ['on another port', 'http://127.0.0.1:1/jwks'],
    ['by a redirect', undefined],
  ])('NET-04 NET-06 is refused %s, even if the host is named', async (_, uri) => {
    const issuer = await elsewhere()
    if (uri === undefined) await issuer.behave({ jwks: 'redirect' })
    else await issuer.behave({ jwks_uri: uri.replace('{host}', KEY_HOST) })
    await applyTrust(trustIn(issuer, [KEY_HOST]))
    expect(await judge(log, await forge(issuer))).toBe('unavailable')
    expect(JSON.stringify(log.lines())).not.toContain('secret')
  })

  it('is fetched at once after the host is added, and its keys are deleted after the host is removed', async () => {
    const issuer = await elsewhere()
    await applyTrust(trustIn(issuer))
    expect(await store().refreshKeys(issuer.url)).toBeNull()
    await putTrust(store(), trustIn(issuer, [KEY_HOST]), 1)
    await runDurableObjectAlarm(store())
    expect((await store().refreshKeys(issuer.url))?.keys).toHaveLength(1)
    await putTrust(store(), trustIn(issuer), 2)
    expect(await store().refreshKeys(issuer.url)).toBeNull()
  })

  const nameInPolicy = ({ url }: TestIssuer, keyHosts: readonly string[]) =>
    runInDurableObject(store(), (_, { storage }) => {
      const row = `INSERT INTO issuers (url, source, key_hosts) VALUES (?, 'policy', ?)`
      storage.sql.exec(row, url, JSON.stringify(keyHosts))
    })

  it('NET-11 needs the host in the policy if the policy names the issuer', async () => {
    const issuer = await elsewhere()
    await applyTrust(trustIn(issuer, [KEY_HOST]))
    await nameInPolicy(issuer, [])
    expect(await store().refreshKeys(issuer.url)).toBeNull()
    expect(alertsOf(log, issuer)).toEqual(['jwks_uri_elsewhere'])
  })

  it('ADM-03 keeps the keys of an administrator’s issuer if the document names no host', async () => {
    const issuer = await elsewhere()
    await applyTrust(genericTrust({}))
    await nameInPolicy(issuer, [KEY_HOST])
    await putTrust(store(), trustIn(issuer), 1)
    await runDurableObjectAlarm(store())
    const held = await store().refreshKeys(issuer.url)
    expect(held?.keys).toHaveLength(1)
    await putTrust(store(), trustIn(issuer, ['keys.example.com']), 2)
    expect(await store().refreshKeys(issuer.url)).toEqual(held)
    await putTrust(store(), genericTrust({}), 3)
    expect(await store().refreshKeys(issuer.url)).toEqual(held)
  })
})

describe('a trust store of an older release', () => {
  it('computes the key hosts from its document at its start, and keeps its keys', async () => {
    const issuer = await elsewhere()
    await applyTrust(trustIn(issuer, [KEY_HOST]))
    const before = await store().refreshKeys(issuer.url)
    expect(before?.keys).toHaveLength(1)
    await runDurableObjectAlarm(store())
    // The tables as release 0.2.0 left them.
    await runInDurableObject(store(), async (_, { storage }) => {
      await storage.deleteAlarm()
      storage.sql.exec(`
        DROP INDEX issuer_keys_by_epoch;
        DROP INDEX issuer_keys_without_key;
        ALTER TABLE issuer_keys DROP COLUMN epoch;
        ALTER TABLE issuer_keys DROP COLUMN keys_epoch;
        ALTER TABLE issuer_keys DROP COLUMN is_emptied;
        DROP TABLE key_epoch;
        DROP TABLE published_content;
        ALTER TABLE issuers DROP COLUMN key_hosts;
        ALTER TABLE issuer_keys DROP COLUMN unusable;
        ALTER TABLE issuer_keys DROP COLUMN fault_detail;
        ALTER TABLE issuer_keys DROP COLUMN no_key_at;
        DROP TABLE key_sources;
        DROP TABLE compiled_forms;
        DROP TABLE compiled_form_chunks;
        ALTER TABLE revisions DROP COLUMN token_id;
        ALTER TABLE revisions DROP COLUMN message;
        DROP TABLE reminder_plan;
        DROP TABLE rule_reminders;
        DELETE FROM migrations WHERE number > 3;
      `)
    })
    await evictDurableObject(store())
    expect(await keyHostsOf(issuer)).toEqual([
      { source: 'document', key_hosts: JSON.stringify([KEY_HOST]) },
    ])
    const kid = before?.keys[0]?.kid
    expect(await store().refreshKeys(issuer.url, kid)).toEqual(before)
    const sent = await store().snapshotSince({ revision: -1, keyVersions: {}, keyEpoch: -1 })
    expect(sent.issuers).toContainEqual({ url: issuer.url, ...before })
    const { keys } = (await reportOf('ci')) as IssuerReport
    expect((keys as FetchedKeysReport).unusable).toEqual([])
  })
})
