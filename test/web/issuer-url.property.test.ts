import { expect, it } from 'vitest'
import { findSpellingFault } from '../../src/web/url-spelling.ts'

const pieces = ['a', 'B', '1', '.', '..', '/', '//', ':', '@', '%', '%7B', '%7b', '%41', '%zz']
const more = ['{', '}', '?', '#', '\\', ' ', '\t', 'é', '_', '-', '~', ':443', ':0', '%2e', '*']

// A generator of URLs from parts that URL parsers treat differently, in every order.
it('CLM-09 accepts an issuer URL only in the spelling of a URL parser', () => {
  let state = 7
  const pick = (list: readonly string[]) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return list[state % list.length] ?? ''
  }
  const accepted = new Map<string, string>()
  for (let round = 0; round < 10_000; round += 1) {
    const parts = Array.from({ length: (round % 6) + 1 }, () => pick([...pieces, ...more]))
    const url = `https://id.example.com${round % 3 === 0 ? '' : '/'}${parts.join('')}`
    if (findSpellingFault(url) !== undefined) continue
    const { href, protocol, search, hash, username } = new URL(url)
    expect([url, `${url}/`]).toContain(href)
    expect([protocol, search, hash, username]).toEqual(['https:', '', '', ''])
    // Two accepted texts never mean the same address, except for a trailing slash.
    const decoded = url.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase())
    expect(accepted.get(decoded) ?? url).toBe(url)
    accepted.set(decoded, url)
  }
  expect(accepted.size).toBeGreaterThan(100)
})
