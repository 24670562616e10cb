import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { KEY_AGE_WARNING_SECONDS } from '../../../src/contract/limits.ts'
import { parseKeyRetirements } from '../../../src/contract/settings.ts'
import { loadKeys } from '../../../src/core/settings.ts'
import { describeKeys } from '../../../src/core/tokens/key-facts.ts'
import { findKeyWarnings } from '../../../src/core/tokens/key-health.ts'
import { publishedKeys, selectSigningKey } from '../../../src/core/tokens/keyring.ts'

const AT = 1_900_000_000
const LIFETIME = 3600
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000', '')

let first: JWK
let second: JWK
let edwards: JWK
let kid: string

async function newKey(algorithm: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: algorithm }
}

beforeAll(async () => {
  first = await newKey('ES256')
  second = await newKey('ES256')
  edwards = await newKey('Ed25519')
  kid = (await ring({})).keys[0]?.keyId ?? ''
})

async function ring(
  dates: Readonly<Record<string, string>>,
  others: readonly object[] = [],
  retirements?: string,
) {
  const secrets = [{ ...first, ...dates }, ...others].map((key, index) => [
    `SIGNING_KEY_${index}`,
    JSON.stringify(key),
  ])
  const ends = retirements === undefined ? {} : { KEY_RETIREMENTS: retirements }
  return (await loadKeys({ ...Object.fromEntries(secrets), ...ends })).ring
}

describe('KEY_RETIREMENTS', () => {
  it('KEY-11 ends a key whose secret has no end, and keeps it published for its last token', async () => {
    const retired = await ring({}, [], `${kid}=${iso(AT)}`)
    expect(selectSigningKey(retired, 'ES256', AT - 1)?.keyId).toBe(kid)
    expect(selectSigningKey(retired, 'ES256', AT)).toBeUndefined()
    expect(publishedKeys(retired, AT + LIFETIME + 29, LIFETIME)).toHaveLength(1)
    expect(publishedKeys(retired, AT + LIFETIME + 30, LIFETIME)).toHaveLength(0)
  })

  it('never prolongs a key, and leaves other keys alone', async () => {
    const other = 'A'.repeat(43)
    const kept = await ring({ retires_at: iso(AT) }, [], `${kid}=${iso(AT + 9)} ${other}=${iso(1)}`)
    expect(kept.keys.map(({ retiresAt }) => retiresAt)).toEqual([AT])
  })

  it('a key that retires before it activates never signs', async () => {
    const never = await ring({ activates_at: iso(AT + 9) }, [], `${kid}=${iso(AT + 5)}`)
    expect(selectSigningKey(never, 'ES256', AT + 9)).toBeUndefined()
    expect(describeKeys(never, AT, LIFETIME)[0]?.state).toBe('standby')
  })

  it.each([
    ['no time', 'A'.repeat(43)],
    ['a key id that is too short', 'abc=2027-01-31T00:00:00Z'],
    ['a day', `${'A'.repeat(43)}=2027-01-31`],
    ['a day that does not exist', `${'A'.repeat(43)}=2027-02-31T00:00:00Z`],
    ['a key twice', `${'A'.repeat(43)}=2027-01-31T00:00:00Z `.repeat(2)],
  ])('is refused with %s', (_, text) => {
    expect(parseKeyRetirements(text)).toBeUndefined()
  })

  it('may be empty', () => {
    expect(parseKeyRetirements(' \n')).toEqual(new Map())
  })
})

describe('a warning about a successor', () => {
  const year = KEY_AGE_WARNING_SECONDS
  const named = (end: string) => expect.stringContaining(end)

  it.each<[string, () => Promise<Awaited<ReturnType<typeof ring>>>, boolean]>([
    ['a key that retires', () => ring({ retires_at: iso(AT + 5) }), true],
    [
      'a key that retires, with a successor',
      () => ring({ retires_at: iso(AT + 5) }, [{ ...second, activates_at: iso(AT + 5) }]),
      false,
    ],
    [
      'a key that retires before its successor activates',
      () => ring({ retires_at: iso(AT + 5) }, [{ ...second, activates_at: iso(AT + 6) }]),
      true,
    ],
    [
      'a key whose successor ends first',
      () => ring({ retires_at: iso(AT + 5) }, [{ ...second, retires_at: iso(AT + 4) }]),
      true,
    ],
    [
      'a key whose successor has another algorithm',
      () => ring({ retires_at: iso(AT + 5) }, [edwards]),
      true,
    ],
    [
      'a key whose successor was retired before it activates',
      async () => {
        const next = { ...second, activates_at: iso(AT + 5), retires_at: iso(AT + 90) }
        const id = (await ring({}, [second])).keys[1]?.keyId
        return ring({ retires_at: iso(AT + 5) }, [next], `${id}=${iso(AT + 2)}`)
      },
      true,
    ],
    ['a young key without an end', () => ring({ activates_at: iso(AT - year) }), false],
    ['an old key without an end', () => ring({ activates_at: iso(AT - year - 1) }), true],
    ['a key of unknown age', () => ring({}), false],
    [
      'an old key with a scheduled successor',
      () => ring({ activates_at: iso(AT - year - 1) }, [{ ...second, activates_at: iso(AT + 5) }]),
      false,
    ],
  ])('is given only for an old key that nothing replaces: %s', async (_, make, isWarned) => {
    const warnings = findKeyWarnings(await make(), AT)
    expect(warnings).toEqual(isWarned ? [named('successor')] : [])
    if (isWarned) expect(warnings[0]).toContain(kid)
  })

  it('counts EdDSA and Ed25519 as one algorithm', async () => {
    const keys = { keys: (await ring({}, [{ ...edwards, retires_at: iso(AT + 5) }])).keys.slice(1) }
    const next = await newKey('Ed25519')
    const both = await ring({}, [
      { ...edwards, retires_at: iso(AT + 5) },
      { ...next, alg: 'EdDSA' },
    ])
    expect(findKeyWarnings(keys, AT)).toHaveLength(1)
    expect(findKeyWarnings(both, AT)).toEqual([])
  })
})
