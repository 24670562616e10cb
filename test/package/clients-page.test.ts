/** docs/clients.md names the versions that `npm run check:clients` and `npm run check:mcp` install. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/project.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = read('docs/clients.md')

type Pin = readonly [name: string, version: string]

/** Finds the name and the version in each line that has both. */
function pinsOf(path: string, line: RegExp): readonly Pin[] {
  return [...read(path).matchAll(line)].map(([, name = '', version = '']) => [name, version])
}

const CLIENTS = 'scripts/extra/clients'
const NPM = /"([\w@/-]+)": "(\d[^"]+)"/g
const PYTHON = /^([\w-]+)(?:\[\w+\])?==(\S+)$/gm
const pins = [
  ...pinsOf(`${CLIENTS}/node/package.json`, NPM),
  ...pinsOf(`${CLIENTS}/python/requirements.txt`, PYTHON),
  ...pinsOf(`${CLIENTS}/go/go.mod`, /^\t(\S+) v(\S+)$/gm),
  ...pinsOf(`${CLIENTS}/rust/Cargo.toml`, /^(\w+) = \{ version = "=([\d.]+)"/gm),
  ...pinsOf(
    `${CLIENTS}/java/pom.xml`,
    /<(spring-security|oauth2-oidc-sdk|google-auth)\.version>([\d.]+)</g,
  ),
  ...pinsOf('scripts/extra/mcp/package.json', NPM),
  ...pinsOf('scripts/extra/mcp/requirements.txt', PYTHON),
  ...pinsOf('package.json', /"(@modelcontextprotocol\/sdk)": "([^"]+)"/g),
]
/** Packages that the programs use themselves. */
const HELPERS = ['jose', 'requests', 'github.com/emicklei/go-restful/v3']

describe('docs/clients.md', () => {
  it.each(pins.filter(([name]) => !HELPERS.includes(name)))('names %s %s', (_, version) => {
    expect(page).toMatch(new RegExp(`(?<![\\d.])${version.replaceAll('.', '\\.')}(?![\\d.])`))
  })

  it('is compared with every list of versions', () => {
    expect(pins.length).toBeGreaterThan(20)
  })
})
