import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { Unavailable } from '../../../../src/core/ports.ts'
import { importKeyRing } from '../../../../src/core/tokens/keyring.ts'
import { readStatus, setInvalid } from '../../../../src/protocol/status/status-list.ts'
import { decodeBase64Url } from '../../../../src/web/base64.ts'
import { inflateBounded } from '../../../../src/web/compression/deflate.ts'
import { STATUS_LIST_TTL_SECONDS } from '../../../../src/worker/caches/status/limits.ts'
import { createStatusLists } from '../../../../src/worker/caches/status/status-lists.ts'
import type {
  CoarseRevocation,
  IndexRange,
} from '../../../../src/worker/objects/status-lists/messages.ts'

const START = Math.floor(Date.parse('2027-01-01T00:00:00Z') / 1000)

async function newKey(dates: object = {}) {
  const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
  ])) as CryptoKeyPair
  const { kty, crv, x, y, d } = (await crypto.subtle.exportKey(
    'jwk',
    pair.privateKey,
  )) as JsonWebKey
  return JSON.stringify({ kty, crv, x, y, d, alg: 'ES256', ...dates })
}

async function newWorld(keys?: readonly string[]) {
  const secrets = keys ?? [await newKey()]
  const { ring } = await importKeyRing(
    secrets.map((jwk, index) => ({ name: `SIGNING_KEY_${index}`, jwk })),
  )
  let at = START
  const state = {
    bits: new Uint8Array(),
    before: [] as CoarseRevocation[],
    ranges: [] as IndexRange[] | null,
    questions: 0,
  }
  const load = createStatusLists({
    gatewayIssuer: 'https://sts.test',
    keyRing: ring,
    now: () => at,
    statusOf: async () => {
      state.questions += 1
      return { bits: state.bits, before: state.before }
    },
    revokedRanges: async () => state.ranges,
  })
  return {
    ring,
    state,
    load,
    wait: (seconds: number) => {
      at += seconds
    },
    async keyId() {
      return decodeProtectedHeader((await load('AAAA'))?.token ?? '').kid
    },
    async invalid(indexes: readonly number[]) {
      const { status_list: list } = decodeJwt((await load('AAAA'))?.token ?? '')
      const { lst } = list as { lst: string }
      const bytes = (await inflateBounded(decodeBase64Url(lst), 2 ** 20)) ?? new Uint8Array()
      return indexes.filter((index) => readStatus(bytes, 1, index) === 1)
    },
  }
}

describe('the status lists of an isolate', () => {
  it('are kept for their ttl, and no longer', async () => {
    const { load, state, wait } = await newWorld()
    const first = await load('AAAA')
    wait(STATUS_LIST_TTL_SECONDS - 1)
    expect(await load('AAAA')).toBe(first)
    wait(1)
    expect(await load('AAAA')).not.toBe(first)
    expect(state.questions).toBe(2)
  })

  it.each(['', 'A', 'AAA', 'AAAAA', 'AAA~', 'AAA\n', 'ÄAAA'])(
    'WRK-10 do not ask a store for a list that cannot be: %j',
    async (name) => {
      const { load, state } = await newWorld()
      expect(await load(name)).toBeUndefined()
      expect(state.questions).toBe(0)
    },
  )

  it('NET-14 are not kept when the clock is set back', async () => {
    const { load, wait } = await newWorld()
    const first = await load('AAAA')
    wait(-10)
    const second = await load('AAAA')
    expect(second?.issuedAt).toBe(START - 10)
    expect(second).not.toBe(first)
    expect(await load('AAAA')).toBe(second)
  })

  it('REV-03 show revoked tokens and the blocks of coarse revocations', async () => {
    const { state, invalid } = await newWorld()
    state.bits = new Uint8Array(2 ** 17)
    setInvalid(state.bits, 3)
    state.ranges = [
      { start: 10, count: 2 },
      { start: 1_048_575, count: 1 },
    ]
    expect(await invalid([2, 3, 4, 9, 10, 11, 12, 1_048_574, 1_048_575])).toEqual([
      ...[3, 10, 11, 1_048_575],
    ])
  })

  it('JK-07 are signed by the new key after a rotation', async () => {
    const world = await newWorld([
      await newKey({ retires_at: '2027-01-01T00:01:00Z' }),
      await newKey({ activates_at: '2027-01-01T00:01:00Z' }),
    ])
    const [old, next] = world.ring.keys.map(({ keyId }) => keyId)
    expect(await world.keyId()).toBe(old)
    world.wait(60)
    expect(await world.keyId()).toBe(next)
  })

  it('REV-03 are not signed by a revoked key', async () => {
    const world = await newWorld([await newKey(), await newKey()])
    const signing = await world.keyId()
    world.state.before = [{ grain: 'key', id: signing ?? '', before: START }]
    world.wait(STATUS_LIST_TTL_SECONDS)
    // It revokes earlier tokens, and the key signs on.
    expect(await world.keyId()).toBe(signing)
    world.state.before = [{ grain: 'key', id: signing ?? '', before: START, stops: true }]
    world.wait(STATUS_LIST_TTL_SECONDS)
    const other = await world.keyId()
    expect(world.ring.keys.map(({ keyId }) => keyId)).toContain(other)
    expect(other).not.toBe(signing)
    world.state.before.push({ grain: 'key', id: other ?? '', before: START, stops: true })
    world.wait(STATUS_LIST_TTL_SECONDS)
    await expect(world.load('AAAA')).rejects.toThrow(Unavailable)
  })

  it('are none without a list', async () => {
    const { load, state } = await newWorld()
    state.ranges = null
    expect(await load('AAAA')).toBeUndefined()
  })

  it('are kept in a bounded number', async () => {
    const { load, state } = await newWorld()
    for (let index = 0; index < 17; index += 1) await load(`AA${10 + index}`)
    await load('AA26')
    expect(state.questions).toBe(17)
    await load('AA10')
    expect(state.questions).toBe(18)
  })
})
