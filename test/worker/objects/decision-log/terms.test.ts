import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { MIGRATIONS } from '../../../../src/worker/objects/decision-log/tables.ts'
import {
  buildFilter,
  collectTerms,
  findTerm,
  mayHave,
} from '../../../../src/worker/objects/decision-log/terms.ts'
import { append, endAlarm, inside, NOON, newShard, record } from './shard.ts'

const HOUR = 3_600_000

const subjects = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    record(NOON, { subject: `repo:acme/api-${from + index}`, rule: `rule-${index % 50}` }),
  )

const termOf = (subject: string) => findTerm({ subject }) ?? 0

describe('LOG-09 the filter of a block', () => {
  it.each([1, 2, 3, 50, 1024])('has every value of its block: %s records', (count) => {
    const records = subjects(0, count)
    const { buffer } = buildFilter(collectTerms(records))
    for (const { subject = '', rule = '', issuer = '' } of records) {
      expect(mayHave(buffer, termOf(subject)), subject).toBe(true)
      expect(mayHave(buffer, findTerm({ rule }) ?? 0), rule).toBe(true)
      expect(mayHave(buffer, findTerm({ issuer }) ?? 0), issuer).toBe(true)
    }
  })

  it('has the resource that a denied request asked for', () => {
    const denied = record(NOON, { outcome: 'denied', asked: { resource: 'https://api.test' } })
    const { buffer } = buildFilter(collectTerms([denied]))
    expect(mayHave(buffer, findTerm({ resource: 'https://api.test' }) ?? 0)).toBe(true)
    expect(mayHave(buffer, findTerm({ resource: 'https://other.test' }) ?? 0)).toBe(false)
  })

  it('has few values that its block has not', () => {
    const { buffer } = buildFilter(collectTerms(subjects(0, 1024)))
    const others = subjects(1_000_000, 5000).map(({ subject = '' }) => subject)
    const wrong = others.filter((subject) => mayHave(buffer, termOf(subject))).length
    expect(wrong).toBeLessThan(others.length * 0.03)
  })

  it('tells members with the same value apart', () => {
    const { buffer } = buildFilter(collectTerms([record(NOON, { subject: 'x', rule: 'y' })]))
    expect(mayHave(buffer, findTerm({ subject: 'y' }) ?? 0)).toBe(false)
    expect(mayHave(buffer, findTerm({ rule: 'x' }) ?? 0)).toBe(false)
  })

  it('has no value if no record has one', () => {
    const { buffer } = buildFilter(new Set())
    expect(mayHave(buffer, termOf('repo:acme/api-1'))).toBe(false)
  })

  it('takes a few bits of a block for each value', () => {
    expect(buildFilter(collectTerms(subjects(0, 1024))).byteLength).toBeLessThan(1400)
  })
})

it('LOG-09 a block that was compressed without a filter is still searched', async () => {
  const shard = newShard()
  const old = record(NOON, { subject: 'repo:acme/old' })
  await append(shard, [old])
  await inside(shard, NOON + 2 * HOUR, async (_, { storage }) => {
    await compactOldest(storage, NOON + 2 * HOUR)
    storage.sql.exec('DELETE FROM block_filters')
  })
  const find = (subject: string) => shard.page({ filter: { subject }, limit: 10 })
  expect((await find('repo:acme/old')).records).toMatchObject([{ id: old.id }])
  expect((await find('repo:acme/other')).records).toEqual([])
  await endAlarm(shard)
})

it('a shard with the terms of an earlier version reads them no more, and keeps its records', async () => {
  const shard = newShard()
  const old = record(NOON, { subject: 'repo:acme/old' })
  await append(shard, [old])
  await inside(shard, NOON + 2 * HOUR, async (_, { storage }) => {
    await compactOldest(storage, NOON + 2 * HOUR)
    storage.sql.exec(`DROP TABLE block_filters;
      CREATE TABLE terms (term INTEGER NOT NULL, to_at INTEGER NOT NULL, block INTEGER NOT NULL)`)
    storage.sql.exec('ALTER TABLE chain DROP COLUMN purged_to')
    const terms = MIGRATIONS.findIndex((one) => one.includes('block_filters'))
    storage.sql.exec('DELETE FROM migrations WHERE number > ?', terms)
  })
  await endAlarm(shard)
  await evictDurableObject(shard)
  const { records } = await shard.page({ filter: { subject: 'repo:acme/old' }, limit: 10 })
  expect(records).toMatchObject([{ id: old.id }])
  await endAlarm(shard)
})

it('LOG-09 a denial is found by its resource in a block of an earlier version', async () => {
  const shard = newShard()
  const resource = 'https://api.test'
  const old = record(NOON, { outcome: 'denied', asked: { resource } })
  await append(shard, [old])
  await inside(shard, NOON + 2 * HOUR, async (_, { storage }) => {
    await compactOldest(storage, NOON + 2 * HOUR)
    // As a version wrote it that knew only the resources of issued tokens.
    const filter = buildFilter(collectTerms([record(NOON)]))
    storage.sql.exec('UPDATE block_filters SET filter = ?', filter)
    const last = MIGRATIONS.findIndex((one) => one.includes('purged_to'))
    storage.sql.exec('DELETE FROM migrations WHERE number > ?', last + 1)
  })
  await endAlarm(shard)
  await evictDurableObject(shard)
  const { records } = await shard.page({ filter: { resource }, limit: 10 })
  expect(records).toMatchObject([{ id: old.id }])
  await endAlarm(shard)
})
