import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { VerifyCheckpoint } from '../../../../src/core/decisions/export-line.ts'
import { verifyExport } from '../../../../src/core/decisions/verify-export.ts'
import { loadKeys } from '../../../../src/core/settings.ts'
import { DECISION_EXPORT_CHARACTERS } from '../../../../src/worker/limits.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import type { DecisionLog } from '../../../../src/worker/objects/decision-log/decision-log.ts'
import { appendTo, createReader, type Reader, recordOf } from '../../support/decisions.ts'
import { adminToken, applyTrust, deployment, GATEWAY, readJson } from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const SHARDS = '3'
let read: Reader

beforeAll(async () => {
  await applyTrust(trustFor(newIssuer().url))
  read = createReader(await adminToken(), { DECISION_SHARDS: SHARDS })
  await appendTo(0, [recordOf(0, NOON), recordOf(0, NOON + 1)])
  await appendTo(0, [recordOf(0, NOON + 2)])
})

const verifyCheckpoint: VerifyCheckpoint = async (jwt) => {
  const { kid } = decodeProtectedHeader(jwt)
  const { ring } = await loadKeys({ ...env })
  const jwk = ring.keys.find((key) => key.keyId === kid)?.publicJwk as JWK | undefined
  if (jwk === undefined) return undefined
  const { payload, protectedHeader } = await jwtVerify(jwt, await importJWK(jwk))
  return { typ: protectedHeader.typ, claims: payload }
}

const textOf = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer())

const verify = (text: string) =>
  verifyExport(text.trimEnd().split('\n'), { verifyCheckpoint, issuer: GATEWAY })

describe('GET /admin/v1/decisions/export', () => {
  it('returns a chain that ends with a checkpoint', async () => {
    const response = await read.exported({ shard: '0' })
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    expect(response.headers.get('edgemint-decision-shards')).toBe(SHARDS)
    expect(response.headers.get('link')).toBeNull()
    expect(await verify(await textOf(response))).toMatchObject({
      ok: true,
      value: { shard: 0, records: 3, lastSequence: 2, provenSequence: 2, isWhole: true },
    })
  })

  it('begins after a batch', async () => {
    const text = await textOf(await read.exported({ shard: '0', after: '1' }))
    expect(await verify(text)).toMatchObject({
      ok: true,
      value: { records: 1, firstSequence: 2, provenSequence: 2, isWhole: false },
    })
  })

  it('begins at the end for after=head, with its checkpoint alone', async () => {
    const text = await textOf(await read.exported({ shard: '0', after: 'head' }))
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toEqual(['edgemint-decisions', 'checkpoint'])
    expect(await verify(text)).toMatchObject({ ok: true, value: { records: 0 } })
  })

  it('is an empty chain for a shard without decisions', async () => {
    const text = await textOf(await read.exported({ shard: '2' }))
    expect(await verify(text)).toMatchObject({
      ok: true,
      value: { shard: 2, records: 0, lastSequence: 0, isWhole: true },
    })
  })

  it('comes in parts that are one export together', async () => {
    const long = { subject: 'x'.repeat(2000) }
    const perBatch = 100
    const batches = Math.ceil((1.5 * DECISION_EXPORT_CHARACTERS) / (perBatch * 2000))
    for (let batch = 0; batch < batches; batch += 1) {
      const records = Array.from({ length: perBatch }, () => recordOf(1, NOON + batch, long))
      await appendTo(1, records)
    }
    const parts: string[] = []
    let question: URLSearchParams | undefined = new URLSearchParams({ shard: '1' })
    while (question !== undefined) {
      const response = await read.exported(Object.fromEntries(question))
      expect(response.status).toBe(200)
      parts.push(await textOf(response))
      const link = /^<\?(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]
      question = link === undefined ? undefined : new URLSearchParams(link)
    }
    expect(parts.length).toBe(2)
    expect(await verify(parts.join(''))).toMatchObject({
      ok: true,
      value: { records: batches * perBatch, lastSequence: batches, provenSequence: batches },
    })
  })

  const invalid = (code: string, name: string) => ({
    status: 400,
    type: 'urn:edgemint:problem:decision-export-invalid',
    problems: [{ code, path: [name], message: expect.any(String) }],
  })
  it.each([
    ['no shard', {}, invalid('shard_invalid', 'shard')],
    ['a shard that it does not have', { shard: '3' }, invalid('shard_invalid', 'shard')],
    ['a shard that is no number', { shard: '-1' }, invalid('shard_invalid', 'shard')],
    ['an unknown parameter', { shard: '0', x: '1' }, invalid('parameter_invalid', 'x')],
    ['no number', { shard: '0', after: 'x' }, invalid('sequence_invalid', 'after')],
    ['both', { shard: '0', after: '1', continue: '1' }, invalid('sequence_invalid', 'continue')],
    ['a batch after the last', { shard: '0', after: '3' }, invalid('sequence_invalid', 'after')],
    ['a batch of no chain', { shard: '2', continue: '1' }, invalid('sequence_invalid', 'continue')],
  ])('AD-02 refuses %s', async (_, question, problem) => {
    const response = await read.exported(question as unknown as Readonly<Record<string, string>>)
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject(problem)
  })

  it('does not join parts around batches that were deleted meanwhile', async () => {
    const stub = deployment().DECISION_LOG?.getByName('decisions-0')
    if (stub === undefined) throw new Error('no binding')
    await runInDurableObject(stub, (_: DecisionLog, { storage }) => {
      const { head } = storage.sql
        .exec<{ head: string }>('SELECT head FROM batches WHERE sequence = 2')
        .one()
      storage.sql.exec('DELETE FROM batches')
      storage.sql.exec('UPDATE chain SET first_sequence = 3, first_previous = ?', head)
    })
    const response = await read.exported({ shard: '0', continue: '1' })
    expect(response.status).toBe(410)
    expect(await readJson(response)).toMatchObject({
      type: 'urn:edgemint:problem:decision-export-purged',
      detail: 'the batches after 1 were deleted by retention: start a new export',
    })
    const text = await textOf(await read.exported({ shard: '0' }))
    expect(await verify(text)).toMatchObject({ ok: true, value: { firstSequence: 3, records: 0 } })
  })

  it('does not call a damaged block deleted, and names it as missing in a new export', async () => {
    const stub = deployment().DECISION_LOG?.getByName('decisions-0')
    if (stub === undefined) throw new Error('no binding')
    for (const minute of [0, 1]) await appendTo(0, [recordOf(0, NOON + minute * 60_000)])
    const damaged = await runInDurableObject(stub, async (_: DecisionLog, { storage }) => {
      await compactOldest(storage, Date.now() + 3 * 3_600_000)
      return storage.sql.exec(`UPDATE blocks SET content = x''`).rowsWritten
    })
    expect(damaged).toBe(1)
    const response = await read.exported({ shard: '0', continue: '3' })
    expect(await readJson(response)).toMatchObject({
      type: 'urn:edgemint:problem:decision-export-purged',
      detail: 'the batches after 3 cannot be read: start a new export',
    })
    const text = await textOf(await read.exported({ shard: '0', after: '3' }))
    expect(await verify(text)).toMatchObject({
      ok: true,
      value: { missing: [{ firstSequence: 3, lastSequence: 4, records: 2 }] },
    })
    // The canary reads every row that is left.
    await runInDurableObject(stub, (_: DecisionLog, { storage }) => {
      storage.sql.exec('DELETE FROM blocks')
    })
  })
})
