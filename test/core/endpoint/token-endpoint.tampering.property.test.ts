import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { runs } from '../../support/runs.ts'

let world: CoreWorld
const tokens: string[] = []

beforeAll(async () => {
  world = await startCoreWorld()
  for (const algorithm of ['RS256', 'RS256']) tokens.push(await mint(algorithm))
})

function mint(algorithm: string): Promise<string> {
  const request = { provider: 'github-actions', audience: 'https://sts.example.com', algorithm }
  return world.issuer.mint(request, 'github')
}

/**
 * Whether the gateway accepts the token. Replay marks are off, so that only the token's text
 * matters.
 */
async function isTaken(token: string): Promise<boolean> {
  const { status } = await world.exchange(token, {}, { claimReplay: async () => true })
  if (status !== 200 && status !== 400) throw new Error(`answered ${status}`)
  return status === 200
}

const decode = (part: string) => Buffer.from(part, 'base64url').toString()
const encode = (text: string) => Buffer.from(text).toString('base64url')
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('a valid token that was changed', () => {
  it('is accepted before the change', async () => {
    expect(await isTaken(tokens[0] ?? '')).toBe(true)
  })

  it('TOK-10 TOK-12 is refused with any one character replaced', async () => {
    const token = tokens[0] ?? ''
    const taken: number[] = []
    for (let index = 0; index < token.length; index += 1) {
      const own = token[index] ?? ''
      const other = own === '.' ? 'A' : (ALPHABET[(ALPHABET.indexOf(own) + 1) % 64] ?? 'A')
      if (await isTaken(token.slice(0, index) + other + token.slice(index + 1))) taken.push(index)
    }
    expect(taken).toEqual([])
  })

  it('TOK-12 is refused if it is cut off anywhere or extended', async () => {
    const token = tokens[0] ?? ''
    for (let length = 0; length < token.length; length += 7) {
      expect(await isTaken(token.slice(0, length))).toBe(false)
    }
    for (const more of ['A', '=', '.', ' ', '\n', '.A', '%', '\0']) {
      expect(await isTaken(token + more)).toBe(false)
      expect(await isTaken(more + token)).toBe(false)
    }
  })

  it('TOK-10 is refused in another spelling of the same bytes', async () => {
    const [header = '', payload = '', signature = ''] = (tokens[0] ?? '').split('.')
    const parts = [header, payload, signature]
    for (let index = 0; index < 3; index += 1) {
      const bytes = Buffer.from(parts[index] ?? '', 'base64url')
      const padded = `${parts[index]}${'='.repeat((4 - ((parts[index] ?? '').length % 4)) % 4)}`
      for (const spelling of [
        bytes.toString('base64'),
        `${padded}=`,
        ` ${parts[index]}`,
        `${parts[index]}\n`,
      ]) {
        if (spelling === parts[index]) continue
        expect(await isTaken(parts.with(index, spelling).join('.'))).toBe(false)
      }
    }
  })

  it('TOK-12 is refused with its JSON members in another order or spelling', async () => {
    const [header = '', payload = '', signature = ''] = (tokens[0] ?? '').split('.')
    const claims = Object.entries(JSON.parse(decode(payload)) as Record<string, unknown>)
    const swapped = encode(JSON.stringify(Object.fromEntries(claims.toReversed())))
    const spaced = encode(JSON.stringify(JSON.parse(decode(payload)), null, 1))
    const escaped = encode(decode(payload).replace('"sub"', '"\\u0073ub"'))
    for (const other of [swapped, spaced, escaped]) {
      expect(await isTaken([header, other, signature].join('.'))).toBe(false)
    }
  })

  it('TOK-12 is refused with the parts of two tokens mixed', async () => {
    const [one = '', two = ''] = tokens
    const [a, b] = [one.split('.'), two.split('.')]
    for (const mixed of [
      [a[0], a[1], b[2]],
      [a[0], b[1], a[2]],
      [a[1], a[0], a[2]],
    ]) {
      expect(await isTaken(mixed.join('.'))).toBe(false)
    }
  })

  it('CLM-02 is refused with any changed claim under the old signature', async () => {
    const [header = '', payload = '', signature = ''] = (tokens[0] ?? '').split('.')
    const claims = JSON.parse(decode(payload)) as Record<string, unknown>
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(claims)),
        fc.jsonValue(),
        async (name, value) => {
          fc.pre(JSON.stringify(value) !== JSON.stringify(claims[name]))
          const changed = encode(JSON.stringify({ ...claims, [name]: value }))
          expect(await isTaken([header, changed, signature].join('.'))).toBe(false)
        },
      ),
      runs(120),
    )
  })

  it('EXC-02 is refused without an exception if it is any other text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        expect(await isTaken(text)).toBe(false)
      }),
      runs(120),
    )
  })
})
