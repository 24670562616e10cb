import { env } from 'cloudflare:workers'
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { startChain } from '../../../../src/contract/decisions/chain.ts'
import { checkpointClaimsSchema } from '../../../../src/contract/decisions/export.ts'
import type { VerifyCheckpoint } from '../../../../src/core/decisions/export-line.ts'
import { type ExportOptions, verifyExport } from '../../../../src/core/decisions/verify-export.ts'
import { loadKeys } from '../../../../src/core/settings.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { formatExport } from '../../../../src/worker/objects/decision-log/retention.ts'
import {
  append,
  endAlarm,
  ISSUER,
  inside,
  NOON,
  newShard,
  record,
  SHARD,
  type Shard,
} from './shard.ts'

const HOUR = 3_600_000

let shard: Shard = newShard()
afterEach(async () => {
  await endAlarm(shard)
  shard = newShard()
})

const verifyCheckpoint: VerifyCheckpoint = async (jwt) => {
  const { kid } = decodeProtectedHeader(jwt)
  const { ring } = await loadKeys({ ...env })
  const jwk = ring.keys.find((key) => key.keyId === kid)?.publicJwk as JWK | undefined
  if (jwk === undefined) return undefined
  try {
    const { payload, protectedHeader } = await jwtVerify(jwt, await importJWK(jwk))
    return { typ: protectedHeader.typ, claims: payload }
  } catch {
    return undefined
  }
}

/** Three batches that are compressed, a checkpoint, two that are not, and a checkpoint. */
async function fill(): Promise<void> {
  for (const minute of [0, 1, 2]) {
    const at = NOON + minute * 60_000
    await append(shard, [record(at), record(at + 1, { subject: 'zürich 🗝' })], at)
  }
  const later = NOON + 2 * HOUR
  await inside(shard, later, async (log, state) => {
    await log.checkpoint()
    await compactOldest(state.storage, later)
  })
  for (const minute of [0, 1]) {
    const at = later + minute * 60_000
    await append(shard, [record(at)], at)
  }
  await inside(shard, later + HOUR / 2, (log) => log.checkpoint())
}

async function exported(after = 0): Promise<string[]> {
  const part = await shard.exportAfter(after)
  if (part === null) throw new Error('nothing to export')
  return formatExport(ISSUER, SHARD, part).trimEnd().split('\n')
}

const check = (lines: readonly string[], options: Partial<ExportOptions> = {}) =>
  verifyExport(lines, { verifyCheckpoint, issuer: ISSUER, ...options })

describe('LOG-06 an export of the decision log', () => {
  it('is verified from its first batch to its last checkpoint', async () => {
    await fill()
    const lines = await exported()
    expect(await check(lines)).toEqual({
      ok: true,
      value: {
        shard: SHARD,
        issuer: ISSUER,
        firstSequence: 1,
        lastSequence: 5,
        head: (await shard.status())?.head,
        records: 8,
        missing: [],
        checkpoints: 2,
        provenSequence: 5,
        isWhole: true,
        previous: startChain(ISSUER, SHARD),
        keptSequence: 0,
        endLine: lines.length + 1,
      },
    })
  })

  it.each([1, 2, 3, 4])('continues after batch %d', async (after) => {
    await fill()
    const verified = await check(await exported(after))
    expect(verified).toMatchObject({
      ok: true,
      value: { firstSequence: after + 1, lastSequence: 5, isWhole: false },
    })
  })

  it('shows every line that was changed, removed, repeated or moved', async () => {
    await fill()
    const lines = await exported()
    const isCheckpoint = (line = '') => line.startsWith('{"type":"checkpoint"')
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      const middle = Math.floor(line.length / 2)
      const changed = `${line.slice(0, middle)}~${line.slice(middle + 1)}`
      expect((await check(lines.with(at, changed))).ok, `changed line ${at + 1}`).toBe(false)
      // A checkpoint that is missing or repeated changes no record.
      if (!isCheckpoint(line)) {
        expect((await check(lines.toSpliced(at, 1))).ok, `removed line ${at + 1}`).toBe(false)
        expect((await check(lines.toSpliced(at, 0, line))).ok, `repeated ${at + 1}`).toBe(false)
      }
      const next = lines[at + 1]
      if (next === undefined) continue
      const swapped = lines.with(at, next).with(at + 1, line)
      const verified = await check(swapped)
      expect(verified.ok, `swapped lines ${at + 1} and ${at + 2}`).toBe(false)
    }
  })

  it('names the changed batch, and the checkpoint if the heads were changed too', async () => {
    await fill()
    const lines = await exported()
    const at = lines.findIndex((line) => line.includes('zürich'))
    const damaged = lines.with(at, (lines[at] ?? '').replace('zürich', 'zurich'))
    const fault = await check(damaged)
    expect(fault).toEqual({
      ok: false,
      error: { line: at + 2, message: 'does not match batch 1, which is in the lines from 2' },
    })
  })

  it('shows that the end is missing to whoever kept a checkpoint', async () => {
    await fill()
    const lines = await exported()
    const jwt = (JSON.parse(lines.at(-1) ?? '{}') as { jwt: string }).jwt
    const kept = [checkpointClaimsSchema.parse(decodeJwt(jwt))]
    expect(await check(lines, { kept })).toMatchObject({ ok: true, value: { provenSequence: 5 } })
    const cut = lines.slice(
      0,
      lines.findIndex((line) => line.includes('"sequence":5')),
    )
    // The batch may be in the next export, which only the reader of all of them knows.
    expect(await check(cut, { kept })).toMatchObject({
      ok: true,
      value: { lastSequence: 4, keptSequence: 5, endLine: cut.length + 1 },
    })
  })

  it('of another deployment, shard or key is refused', async () => {
    await fill()
    const lines = await exported()
    const other = await check(lines, { issuer: 'https://other.test' })
    expect(other).toMatchObject({
      error: { line: 1, message: 'is an export of another deployment' },
    })
    const header = (lines[0] ?? '').replace(`"shard":${SHARD}`, '"shard":4')
    expect(await check(lines.with(0, header))).toMatchObject({ error: { line: 1 } })
    const unknown = await check(lines, { verifyCheckpoint: async () => undefined })
    expect(unknown).toMatchObject({
      error: { message: 'is a checkpoint that no key of the gateway verifies' },
    })
  })
})
