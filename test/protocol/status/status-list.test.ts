import { describe, expect, it } from 'vitest'
import {
  formatPosition,
  isStatusBits,
  isStatusListName,
  nameStatusList,
  numberOfStatusList,
  readPosition,
  readStatus,
  STATUS_LIST_ENTRIES,
  STATUS_LIST_NUMBERS,
  setInvalid,
  siblingListUri,
  statusListUri,
} from '../../../src/protocol/status/status-list.ts'
import { decodeBase64Url } from '../../../src/web/base64.ts'
import { deflate, inflateBounded } from '../../../src/web/compression/deflate.ts'

const RANDOM = 'ABCDEFGHIJKLMNOPQRSTUA'
const hexOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex')
const inflate = (lst: string) => inflateBounded(decodeBase64Url(lst), 4096)

describe('the position of a token in its jti', () => {
  it.each([
    [0, 0],
    [1, 63],
    [STATUS_LIST_NUMBERS - 1, STATUS_LIST_ENTRIES - 1],
    [8_388_608, 65_536],
  ])('list %i, index %i is read as it was written', (number, index) => {
    const position = { list: nameStatusList(number), index }
    const written = formatPosition(position)
    expect(written).toHaveLength(8)
    expect(readPosition(written + RANDOM)).toEqual(position)
    expect(numberOfStatusList(position.list)).toBe(number)
  })

  it('is base64url of 24 bits, so that the draft of a list name never changes', () => {
    expect(formatPosition({ list: nameStatusList(0x123456), index: 0x9abcd })).toBe('EjRWCavN')
  })

  it.each([
    ['a jti without a position', RANDOM],
    ['a longer one', `AAAAAAAAA${RANDOM}`],
    ['another alphabet', `AAAA+AAA${RANDOM}`],
    ['an index beyond a list', `AAAAEAAA${RANDOM}`],
    ['a line break', `AAAAAAAA${RANDOM}\n`],
  ])('%s has none', (_, jti) => {
    expect(readPosition(jti)).toBeUndefined()
  })

  it('names a URI below the issuer, and those of other lists', () => {
    const uri = statusListUri('https://sts.example.com/tenant', 'EjRW')
    expect(uri).toBe('https://sts.example.com/tenant/status/EjRW')
    expect(siblingListUri(uri, 'AAAA')).toBe('https://sts.example.com/tenant/status/AAAA')
    expect(['EjRW', 'EjR', 'EjRWA', 'Ej/W', ''].map(isStatusListName)).toEqual([
      true,
      ...[false, false, false, false],
    ])
  })
})

describe('V-01 V-02 the vectors of the draft', () => {
  it.each([
    ['level 9', 'eNprEQAAARoAlQ'],
    ['level 6', 'eJxrEQAAARoAlQ'],
    ['level 1', 'eAFrEQAAARoAlQ'],
  ])('SL-02 SL-03 SL-04 indices 2, 7 and 12 are invalid, compressed with %s', async (_, lst) => {
    const bytes = await inflate(lst)
    expect(hexOf(bytes)).toBe('8410')
    const invalid = Array.from({ length: 16 }, (_, index) => index).filter(
      (index) => readStatus(bytes ?? new Uint8Array(), 1, index) === 1,
    )
    expect(invalid).toEqual([2, 7, 12])
  })

  it('SL-02 the gateway packs from the least significant bit', async () => {
    const bytes = new Uint8Array(2)
    for (const index of [2, 7, 12]) setInvalid(bytes, index)
    expect(hexOf(bytes)).toBe('8410')
    const compressed = await deflate(bytes)
    expect(compressed[0]).toBe(0x78)
    expect(hexOf(await inflateBounded(compressed, 2))).toBe('8410')
  })

  it.each([
    [1, 'eNrbuRgAAhcBXQ', 'b9a3', [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]],
    [2, 'eNpTaQEAAM4AqQ', '2484', [0, 1, 2, 0, 0, 1, 0, 2]],
    [2, 'eNo76fITAAPfAgc', 'c944f9', [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]],
    [4, 'eNoTMAIAAFQAQw', '1032', [0, 1, 2, 3]],
    [8, 'eNpjYGTiAQAAFwAQ', '0001020c', [0, 1, 2, 12]],
  ] as const)('SL-01 %i bits: %s', async (bits, lst, hex, statuses) => {
    const bytes = (await inflate(lst)) ?? new Uint8Array()
    expect(hexOf(bytes)).toBe(hex)
    expect(statuses.map((_, index) => readStatus(bytes, bits, index))).toEqual(statuses)
    expect(readStatus(bytes, bits, statuses.length)).toBeUndefined()
  })

  it('SL-18 index 4096 of 4096 entries does not exist', async () => {
    const bytes = (await inflate('eNprZGQYODCQdo8CEGgAAAgRAQQ')) ?? new Uint8Array()
    expect([0, 7, 8, 1000, 4095].map((index) => readStatus(bytes, 1, index))).toEqual([
      ...[1, 1, 1, 1, 1],
    ])
    expect(readStatus(bytes, 1, 1)).toBe(0)
    expect(readStatus(bytes, 1, 4096)).toBeUndefined()
  })

  it('SL-01 no other width is one', () => {
    expect([1, 2, 4, 8].every(isStatusBits)).toBe(true)
    expect([0, 3, 16, '1', undefined, null, 1.5].some(isStatusBits)).toBe(false)
  })
})

describe('compressed bytes', () => {
  it('SL-24 are not decompressed beyond the limit', async () => {
    const compressed = await deflate(new Uint8Array(1_000_000))
    expect(compressed.byteLength).toBeLessThan(2000)
    expect(await inflateBounded(compressed, 999_999)).toBeUndefined()
    expect(await inflateBounded(compressed, 1_000_000)).toHaveLength(1_000_000)
  })

  it.each([
    ['raw deflate', '6b110000'],
    ['gzip', '1f8b08000000000000036b110000'],
    ['a wrong checksum', '78da6b110000011a0096'],
    ['a part', '78da6b1100'],
    ['nothing', ''],
    ['what follows the end', '78da6b110000011a009500'],
  ])('SL-03 %s is refused', async (_, hex) => {
    expect(await inflateBounded(Uint8Array.from(Buffer.from(hex, 'hex')), 4096)).toBeUndefined()
  })
})
