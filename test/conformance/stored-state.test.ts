/**
 * Runs the gateway of this release on the stored state of release 0.2.0. The tests run in this
 * order, because the last ones change the state.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchange, signSubject, tryAttempt } from '../../scripts/extra/stored-state/attempts.ts'
import { API, FILES } from '../../scripts/extra/stored-state/documents.ts'
import type { IssuerReport } from '../../src/contract/admin.ts'
import { replayKey } from '../../src/core/evidence/replay-key.ts'
import { runCli } from '../cli/support/run.ts'
import { deriveKey } from '../support/derived-keys.ts'
import {
  ANSWERS,
  fixtureRows,
  MADE,
  type StoredGateway,
  startStored,
} from './support/stored-state.ts'

const REVISIONS =
  'SELECT revision, digest, author, applied_at FROM revisions WHERE revision <= 4 ORDER BY revision'
const MIGRATIONS = 'SELECT number FROM migrations'
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-stored-'))
const sha256 = async (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')
let gateway: StoredGateway

beforeAll(async () => {
  gateway = await startStored()
})
afterAll(async () => {
  await gateway.close()
  rmSync(scratch, { recursive: true, force: true })
})

async function askAdmin(path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${await gateway.adminToken()}` }
  return fetch(`${gateway.url()}${path}`, { headers })
}

/** Introspects the token, and calls `/verify` as a proxy does. */
async function judge(token: string) {
  const headers = { authorization: `Bearer ${token}` }
  const body = new URLSearchParams({ token })
  const introspected = await fetch(`${gateway.url()}/introspect`, { method: 'POST', headers, body })
  const resource = encodeURIComponent(API)
  const verified = await fetch(`${gateway.url()}/verify?resource=${resource}`, { headers })
  const { active } = (await introspected.json()) as { active: boolean }
  return { active, status: verified.status }
}

/** Exchanges a new token of a job of the issuer `idp`. */
async function exchangeJob(claims: object, resource: string) {
  const iss = ANSWERS[0]?.claims.iss
  const token = await signSubject(await deriveKey('idp'), { iss, sub: 'job:2', ...claims })
  return (await exchange(gateway.url(), token, { resource })).status
}

async function reportStatus(): Promise<number> {
  const [report] = ANSWERS
  return report === undefined ? 0 : exchangeJob(report.claims, API)
}

describe('the trust document of 0.2.0', () => {
  it('is in force, and every revision has its document', async () => {
    const summaries = fixtureRows('TrustStore', REVISIONS)
    expect(summaries.map(({ revision }) => revision)).toEqual([1, 2, 3, 4])
    for (const { revision, digest } of summaries) {
      const response = await askAdmin(`/admin/v1/trust?revision=${revision}`)
      expect(`sha256:${await sha256(await response.bytes())}`).toBe(digest)
    }
    const { revisions } = (await (await askAdmin('/admin/v1/trust/revisions')).json()) as {
      revisions: readonly object[]
    }
    expect(revisions).toEqual(summaries.map((row) => ({ ...row, kept: true })).reverse())
    const current = await askAdmin('/admin/v1/trust')
    expect(current.headers.get('etag')).toBe('"4"')
    expect(`sha256:${await sha256(await current.bytes())}`).toBe(summaries[3]?.digest)
  })

  it('has no part that this release rejects', async () => {
    const report = await (await askAdmin('/admin/v1/trust/problems')).json()
    expect(report).toEqual({ revision: 4, usable: true, problems: [] })
  })

  // The issuers do not run: 0.2.0 fetched the keys that verify these tokens.
  it.each(ANSWERS)('decides as before: $name', async (attempt) => {
    const key = await deriveKey(attempt.key)
    expect(await tryAttempt(gateway.url(), key, attempt)).toEqual(attempt.answer)
  })

  it('keeps the keys, faults and counts of its issuers', async () => {
    const { issuers } = (await (await askAdmin('/admin/v1/issuers')).json()) as {
      issuers: readonly IssuerReport[]
    }
    const moved = (at: number | null) => (at === null ? null : at + gateway.movedSeconds)
    for (const before of MADE.issuers) {
      const now = issuers.find(({ name }) => name === before.name)
      expect(now).toMatchObject({ url: before.url, source: before.source })
      expect(now?.decisions.granted).toBeGreaterThanOrEqual(before.decisions.granted)
      // Tests of this file may have made the first decisions about the others.
      if (before.decisions.since !== null) {
        expect(now?.decisions.since).toBe(before.decisions.since)
      }
      const { kind, ids, version, fetched_at, replaced_at, clock_skew_seconds } = before.keys
      const fetched = {
        version,
        clock_skew_seconds,
        fetched_at: moved(fetched_at ?? null),
        replaced_at: moved(replaced_at ?? null),
      }
      expect(now?.keys).toMatchObject({ kind, ids, ...(kind === 'fetched' ? fetched : {}) })
    }
  })
})

describe('revocations of 0.2.0', () => {
  it.each(MADE.revoked)('are kept: $jti', async (claims) => {
    expect(await judge(await gateway.issue(claims))).toEqual({ active: false, status: 401 })
  })

  it('apply only to the revoked tokens', async () => {
    expect(await judge(await gateway.issue(MADE.live))).toEqual({ active: true, status: 200 })
  })
})

describe('replay marks of 0.2.0', () => {
  const batch = { job: 'batch/nightly/run' }
  const mirror = { job: 'mirror', team: 'blue' }

  it('REP-01 refuse a token that was used', async () => {
    expect(await exchangeJob({ ...batch, jti: 'batch-1' }, API)).toBe(400)
    expect(await exchangeJob({ ...batch, jti: 'batch-2' }, API)).toBe(200)
  })

  it('REP-01 refuse a token for the resource of its use', async () => {
    expect(await exchangeJob({ ...mirror, jti: 'mirror-1' }, FILES)).toBe(400)
    expect(await exchangeJob({ ...mirror, jti: 'mirror-1' }, API)).toBe(200)
  })

  it('REP-03 have the keys that this release computes, with and without a jti', async () => {
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const keys = MADE.used.map(({ issuer, jti, signed, resource }) => {
      const raw = `${encode(signed?.header ?? {})}.${encode(signed?.claims ?? {})}.signature`
      return replayKey({ issuer, tokenId: jti, raw }, resource, sha256)
    })
    const marks = fixtureRows('ReplayLedger', 'SELECT key FROM marks').map(({ key }) => key)
    expect((await Promise.all(keys)).sort()).toEqual(marks.sort())
    expect(marks).toHaveLength(4)
  })
})

describe('the client of 0.2.0', () => {
  async function send(path: string, token: string): Promise<Response> {
    const request = MADE.sent.find((one) => one.path === path)
    if (request === undefined) throw new Error(`no request to ${path}`)
    const { method, headers, body } = request
    return fetch(`${gateway.url()}${path}`, {
      method,
      headers,
      body: body.replace('{token}', token),
    })
  }

  it('can exchange and revoke', async () => {
    const subjectToken = await signSubject(await deriveKey('idp'), ANSWERS[0]?.claims ?? {})
    const response = await send('/token', subjectToken)
    const answer = (await response.json()) as { access_token: string }
    expect(answer).toEqual({
      access_token: expect.any(String),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 1200,
      scope: 'deploy:read',
      decision_id: expect.any(String),
    })
    expect(await judge(answer.access_token)).toMatchObject({ active: true })
    expect((await send('/revoke', answer.access_token)).status).toBe(200)
    expect(await judge(answer.access_token)).toMatchObject({ active: false })
  })
})

describe('the state of 0.2.0 under this release', () => {
  it('can be rolled back to an earlier revision', async () => {
    const tokenFile = join(scratch, 'admin.jwt')
    writeFileSync(tokenFile, await gateway.adminToken())
    const flags = ['--url', gateway.url(), '--token-file', tokenFile, '--json']
    const { stdout, exitCode } = await runCli(['rollback', '3', ...flags])
    expect(exitCode).toBe(0)
    const [, , mistake] = fixtureRows('TrustStore', REVISIONS)
    expect(JSON.parse(stdout)).toMatchObject({ revision: 5, digest: mistake?.digest })
  })

  it('is migrated once and is complete after a restart', async () => {
    await gateway.stop()
    const was = (name: string, query: string) => fixtureRows(name, query)
    const is = (name: string, query: string) => gateway.rows(name, query)
    expect(was('TrustStore', MIGRATIONS)).toHaveLength(3)
    expect(is('TrustStore', MIGRATIONS)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((number) => ({ number })),
    )
    expect(was('RevocationLog', MIGRATIONS)).toHaveLength(1)
    expect(is('RevocationLog', MIGRATIONS)).toEqual([1, 2, 3, 4].map((number) => ({ number })))
    const kept = [
      ['TrustStore', REVISIONS],
      ['TrustStore', 'SELECT url, version, keys, sequence FROM issuer_keys'],
      ['ReplayLedger', 'SELECT key FROM marks'],
      ['RevocationLog', 'SELECT sequence, grain, id, revoked_at, revoked_by FROM revocations'],
    ] as const
    for (const [name, query] of kept) {
      expect(is(name, query)).toEqual(expect.arrayContaining([...was(name, query)]))
    }
    await gateway.restart()
    // Revision 5 is in force. Its rule `freeze` denies every request of this issuer.
    expect(await reportStatus()).toBe(400)
    const [revoked] = MADE.revoked
    expect(await judge(await gateway.issue(revoked ?? {}))).toEqual({ active: false, status: 401 })
  })
})
