/** A block that does not decompress leaves a gap in the export, and does not end it. */
import { afterEach, describe, expect, it } from 'vitest'
import { verifyExport } from '../../../../src/core/decisions/verify-export.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import {
  exportNext,
  formatExport,
  purgeOldest,
} from '../../../../src/worker/objects/decision-log/retention.ts'
import { append, endAlarm, ISSUER, inside, NOON, newShard, record, SHARD } from './shard.ts'

const HOUR = 3_600_000

let shard = newShard()
afterEach(async () => {
  // The canary reads every row that is left.
  await inside(shard, NOON, (_, state) => {
    state.storage.sql.exec('DELETE FROM blocks')
  })
  await endAlarm(shard)
  shard = newShard()
})

/** Three blocks of two batches each, with a checkpoint after each, and a batch that is in none. */
async function fill(): Promise<void> {
  for (const hour of [0, 2, 4]) {
    const at = NOON + hour * HOUR
    await append(shard, [record(at), record(at + 1)], at)
    await append(shard, [record(at + 2)], at + 2)
    await inside(shard, at + 1.5 * HOUR, async (log, state) => {
      await log.checkpoint()
      await compactOldest(state.storage, at + 1.5 * HOUR)
    })
  }
  await append(shard, [record(NOON + 6 * HOUR)], NOON + 6 * HOUR)
}

const run = <T>(call: Parameters<typeof inside<T>>[2]) => inside(shard, NOON + 6 * HOUR, call)

function damage(which: string, content = 'substr(content, 1, 40)'): Promise<void> {
  return run((_, { storage }) => {
    storage.sql.exec(`UPDATE blocks SET content = ${content} WHERE ${which}`)
  })
}

async function exported(after = 0): Promise<string[]> {
  const part = await run((log) => log.exportAfter(after))
  if (part === null) throw new Error('nothing to export')
  expect(part.hasMore).toBe(false)
  return formatExport(ISSUER, SHARD, part).trimEnd().split('\n')
}

/** Takes the checkpoints as they are, because the test has no signing key of its own. */
const check = (lines: readonly string[]) =>
  verifyExport(lines, {
    verifyCheckpoint: async (jwt) => {
      const [, claims = ''] = jwt.split('.')
      return {
        typ: 'edgemint-checkpoint+jwt',
        claims: JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))),
      }
    },
  })

describe('LOG-06 the export of a shard with a damaged block', () => {
  it.each([
    ['cut off', 'substr(content, 1, 40)'],
    ['emptied', "x''"],
    ['overwritten', `cast(replace(hex(content), '0', '1') AS BLOB)`],
  ])('names the batches of one that is %s, and has those before and after', async (_, content) => {
    await fill()
    await damage('number = 2', content)
    const lines = await exported()
    const line = lines.findIndex((text) => text.startsWith('{"type":"missing"')) + 1
    expect(await check(lines)).toMatchObject({
      ok: true,
      value: {
        firstSequence: 1,
        lastSequence: 7,
        records: 7,
        checkpoints: 3,
        provenSequence: 6,
        head: (await shard.status())?.head,
        missing: [{ line, firstSequence: 3, lastSequence: 4, records: 3, provenSequence: 2 }],
      },
    })
  })

  it.each([
    ['first', 'number = 1', 0, 1],
    ['last', 'number = 3', 0, 1],
    ['first and the second', 'number < 3', 0, 2],
    ['only', 'number = 2', 2, 1],
  ])('goes on around the %s damaged block', async (_, which, after, gaps) => {
    await fill()
    await damage(which)
    const verified = await check(await exported(after))
    expect(verified).toMatchObject({ ok: true, value: { lastSequence: 7 } })
    expect(verified.ok && verified.value.missing.length).toBe(gaps)
  })

  it('begins with the block if it has the batch that was asked for', async () => {
    await fill()
    await damage('number = 2')
    expect(await check(await exported(3))).toMatchObject({
      ok: true,
      value: { firstSequence: 3, lastSequence: 7, missing: [{ firstSequence: 3 }] },
    })
  })

  it('goes to the bucket, and does not keep the shard from being purged', async () => {
    await fill()
    await damage('number = 1')
    const names: string[] = []
    const bucket = {
      put: async (name: string) => {
        names.push(name)
      },
    }
    await run(async (_, { storage }) => {
      while (await exportNext(storage.sql, bucket)) {}
      const retention = { before: NOON + 9 * HOUR, maxRecords: 99, needsExport: true }
      while (purgeOldest(storage, retention)) {}
    })
    expect(names).toEqual([`decisions/${SHARD}/000000000001-000000000007.ndjson.gz`])
    expect(await shard.status()).toMatchObject({ exportedSequence: 7, firstSequence: 7 })
  })
})
