import { describe, expect, it } from 'vitest'
import {
  formatPosition,
  nameStatusList,
  readStatus,
} from '../../../../src/protocol/status/status-list.ts'
import { MAX_STATUS_BITS } from '../../../../src/worker/caches/status/limits.ts'
import { createStatusBits } from '../../../../src/worker/objects/revocation-log/status-bits.ts'
import { newWorld } from '../../support/revocation-world.ts'

const RANDOM = 'ABCDEFGHIJKLMNOPQRSTUA'
const jtiAt = (list: string, index: number) => formatPosition({ list, index }) + RANDOM

/** The bits of lists, and the lists whose tokens were read from the start. */
function countReads(sql: SqlStorage) {
  const read: string[] = []
  const exec = (query: string, ...values: unknown[]) => {
    if (query.includes('id >= ?1')) read.push(String(values[0]))
    return sql.exec(query, ...values)
  }
  return { bitsOf: createStatusBits({ exec } as unknown as SqlStorage), read }
}

describe('the revoked tokens of a status list', () => {
  async function invalid(world: ReturnType<typeof newWorld>, list: string) {
    const { bits } = await world.inside((log) => log.statusOf(list))
    return Array.from({ length: 64 }, (_, index) => index).filter(
      (index) => readStatus(bits, 1, index) === 1,
    )
  }

  it('are those of the list alone, also of tokens that are revoked later', async () => {
    const world = newWorld()
    await world.revoke(jtiAt('AAAA', 3))
    await world.revoke(jtiAt('AAAB', 4))
    await world.revoke(RANDOM)
    await world.revoke(`AAAA${RANDOM.slice(4)}`)
    expect(await invalid(world, 'AAAA')).toEqual([3])
    expect(await invalid(world, 'AAAB')).toEqual([4])
    await world.revoke(jtiAt('AAAA', 5))
    await world.revoke(jtiAt('AAAB', 6))
    await world.revoke(jtiAt('AAAC', 7))
    expect(await invalid(world, 'AAAA')).toEqual([3, 5])
    expect(await invalid(world, 'AAAB')).toEqual([4, 6])
    expect(await invalid(world, 'AAAC')).toEqual([7])
    expect(await invalid(world, 'zzzz')).toEqual([])
  })

  it('are no index beyond a list', async () => {
    const world = newWorld()
    await world.revoke(`AAAA____${RANDOM}`)
    expect((await world.inside((log) => log.statusOf('AAAA'))).bits).toHaveLength(0)
  })

  it('WRK-10 stay in memory, whatever names without a revoked token are asked for', async () => {
    const world = newWorld()
    await world.revoke(jtiAt('AAAA', 3))
    const read = await world.inside((_, { sql }) => {
      const { bitsOf, read } = countReads(sql)
      bitsOf('AAAA')
      for (let number = 1; number <= 2 * MAX_STATUS_BITS; number += 1)
        bitsOf(nameStatusList(number))
      expect(readStatus(bitsOf('AAAA'), 1, 3)).toBe(1)
      return read
    })
    expect(read.filter((list) => list === 'AAAA')).toHaveLength(1)
  })

  it('WRK-10 are kept for so many lists, and the oldest one makes room', async () => {
    const world = newWorld()
    const names = Array.from({ length: MAX_STATUS_BITS + 1 }, (_, at) => nameStatusList(at + 1))
    await Promise.all(names.map((name) => world.revoke(jtiAt(name, 3))))
    const [first = '', second = ''] = names
    const read = await world.inside((_, { sql }) => {
      const { bitsOf, read } = countReads(sql)
      for (const name of names.slice(0, -1)) bitsOf(name)
      bitsOf(first)
      bitsOf(names.at(-1) ?? '')
      bitsOf(second)
      expect(readStatus(bitsOf(first), 1, 3)).toBe(1)
      return read
    })
    expect(read).toEqual([...names, first])
  })

  it('come with the coarse revocations in force that a list can show', async () => {
    const world = newWorld()
    const ends = world.now() + 600
    await world.inside((_, { sql }) => {
      for (const [grain, end] of [
        ['subject', ends],
        ['rule', ends],
        ['issuer', ends],
        ['key', world.now()],
      ] as const) {
        sql.exec(
          `INSERT INTO revocations (grain, id, issued_before, expires_at, revoked_at, revoked_by)
           VALUES (?, 'x', ?, ?, 0, 'job')`,
          ...[grain, world.now(), end],
        )
      }
    })
    const { before } = await world.inside((log) => log.statusOf('AAAA'))
    expect(before.toSorted((a, b) => (a.grain < b.grain ? -1 : 1))).toEqual([
      expect.objectContaining({ grain: 'issuer', id: 'x', before: world.now() }),
      expect.objectContaining({ grain: 'rule', id: 'x', before: world.now() }),
    ])
  })
})
