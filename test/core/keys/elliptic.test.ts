import { describe, expect, it } from 'vitest'
import {
  EC_CURVES,
  type EcCurve,
  isEd25519Key,
  isOnCurve,
} from '../../../src/core/keys/elliptic.ts'
import { SMALL_ORDER_POINTS } from '../../support/small-order.ts'

const octets = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

/** Public keys that OpenSSL generated. */
const POINTS: Readonly<Record<EcCurve, { readonly x: string; readonly y: string }>> = {
  'P-256': {
    x: 'aXdV1Ii7CIeclordu_DtEY9xGtce-VDfTElvETf5qLo',
    y: 'aHmtCpCYufYF6IaWlvGe2rF3UAy1g0Xw4pf6Tp-tQDU',
  },
  'P-384': {
    x: 'dfgnFUMFsEEHkOjymtwdsuLggv5shzB5o4TgUsCYLt969bCK8GziN72tEpE0vWm0',
    y: 'MRyQ2aeTH4r4czzyjI2xHYm2KInCh2LhztRuRHaotM7cm1Bh8b6ZMrpAZcPMDJN0',
  },
  'P-521': {
    x: 'ATpBDqWCtQd3K18u755Vf_J4g-n2Sn5fDZTJVG4LggC1tKTFd2aKVuZlVej84WcBgh7bzDhmMY59BSQ1-Ojh2F2J',
    y: 'AEkVBbKCy1ngvCKjXI1EZO6jjjlZGRZt3BeV_JroLrG6SrsPHLrZIZFk_hhoTEgJosbiiyV2RVnxrLW7RKBeBA-l',
  },
}
const ED25519_KEY = 'H9zJXESFMhUU_vzzb4kzaCqdtaM6cRdCphj2PD6_Kpk'

describe.each(EC_CURVES)('KEY-06 %s', (crv) => {
  const point = POINTS[crv]

  it('accepts a point that another program generated', () => {
    expect(isOnCurve(crv, octets(point.x), octets(point.y))).toBe(true)
  })

  it('refuses the same point with its coordinates swapped', () => {
    expect(isOnCurve(crv, octets(point.y), octets(point.x))).toBe(false)
  })

  it('refuses coordinates beyond its field', () => {
    const y = octets(point.y)
    expect(isOnCurve(crv, new Uint8Array(y.length).fill(0xff), y)).toBe(false)
  })
})

describe('KEY-07 Ed25519', () => {
  it('accepts a key that another program generated', () => {
    expect(isEd25519Key(octets(ED25519_KEY))).toBe(true)
  })

  it.each<readonly [string, string]>([
    ...SMALL_ORDER_POINTS,
    ['31 octets', '01'.repeat(31)],
    ['33 octets', '01'.repeat(33)],
  ])('refuses keys of small order and second encodings: %s', (_, hex) => {
    expect(isEd25519Key(new Uint8Array(Buffer.from(hex, 'hex')))).toBe(false)
  })
})
