/** The built console: what a first visit loads, and what a strict Content Security Policy allows. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { root } from './support/project.ts'

const MAX_FIRST_LOAD_BYTES = 250 * 1024

const folder = join(root, 'dist/assets/console')
const html = readFileSync(join(folder, 'index.html'), 'utf8')
const names = readdirSync(join(folder, 'assets'))
const read = (name: string) => readFileSync(join(folder, 'assets', name))

/** The files that index.html names. */
const linked = [...html.matchAll(/(?:src|href)="\/console\/assets\/([^"]+)"/g)].map(
  ([, name = '']) => name,
)

/** The chunks that a script always imports, with theirs. */
function withImports(name: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(name)) return found
  found.add(name)
  const imports = read(name)
    .toString('utf8')
    .matchAll(/(?:from|import)"\.\/([^"]+)"/g)
  for (const [, imported = ''] of imports) withImports(imported, found)
  return found
}

function findChunk(page: string, suffix: string): string[] {
  return names.filter((name) => name.startsWith(`${page}-`) && name.endsWith(suffix))
}

describe('the first visit', () => {
  const scripts = [
    ...linked.filter((name) => name.endsWith('.js')),
    ...findChunk('overview', '.js'),
  ]
  const loaded = new Set([...linked, ...scripts.flatMap((name) => [...withImports(name)])])

  test(`loads at most ${MAX_FIRST_LOAD_BYTES / 1024} KB compressed`, () => {
    const bytes = [...loaded].map((name) => gzipSync(read(name)).byteLength)
    const sum = bytes.reduce((total, size) => total + size, gzipSync(html).byteLength)
    expect(loaded.size).toBeGreaterThan(3)
    expect(sum).toBeLessThan(MAX_FIRST_LOAD_BYTES)
  })

  test('loads no editor', () => {
    const texts = [...loaded].map((name) => read(name).toString('utf8'))
    expect(texts.filter((text) => text.includes('cm-editor'))).toEqual([])
  })
})

describe('index.html', () => {
  test('names only files that exist, and each has the hash of its content in its name', () => {
    expect(linked.length).toBeGreaterThan(1)
    expect(linked.filter((name) => !names.includes(name))).toEqual([])
    expect(names.filter((name) => !/-[A-Z0-9]{8}\.(?:js|css)$/.test(name))).toEqual([])
  })

  test('names the style sheet in the form that the page of a failed sign-in reads', () => {
    expect(
      html.match(/<link rel="stylesheet" href="\/console\/assets\/[^"]+\.css">/g),
    ).toHaveLength(1)
  })

  test('has no inline script, style or event handler', () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i)
    const scripts = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)]
    expect(scripts.map(([, attributes = '', body]) => [/\ssrc="/.test(attributes), body])).toEqual([
      [true, ''],
    ])
  })
})

test('no file needs what the policy forbids', () => {
  const forbidden =
    /\beval\(|new Function\(|https?:\/\/(?!www\.w3\.org\/)[\w.-]+\.\w+\/[\w./-]*\.js\b/
  expect(names.filter((name) => forbidden.test(read(name).toString('utf8')))).toEqual([])
})

test('the notices have the licence of each bundled library', () => {
  const notices = readFileSync(join(folder, 'THIRD_PARTY_NOTICES.txt'), 'utf8')
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/preact/package.json'), 'utf8'),
  )
  expect(notices).toContain(`preact ${version} (MIT)`)
})
