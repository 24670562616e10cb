import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listProviders } from '../../../src/core/providers/index.ts'

const SRC = join(import.meta.dirname, '../../../src')

/**
 * Files with the names of subject token sources. A source is how a workload gets a token. Some sources
 * have the name of the provider that signs the token, but no source is looked up by a provider.
 */
const SOURCE_NAMES = ['client/sources/', 'cli/operate/doctor/platform-hints.ts']

/**
 * Files with the names of presets. A preset is for a consumer of issued tokens. One has the name of
 * a provider too, but no preset is looked up by a provider.
 */
const PRESET_PLACES = ['core/policy/presets/', 'protocol/token.ts']

/**
 * Files that write a trust document or a policy for one platform, or sign for one. They name its
 * provider as an author does, and decide nothing by it.
 */
const DOCUMENT_PLACES = ['cli/setup/', 'cli/operate/admin-login.ts', 'dev/people/']

const NAMING = ['core/providers/', ...SOURCE_NAMES, ...PRESET_PLACES, ...DOCUMENT_PLACES]

const files = globSync('**/*.ts', { cwd: SRC }).filter(
  (path) => !NAMING.some((place) => path.startsWith(place)),
)

const ids = [...listProviders(), 'gitlab'].join('|')
/** Matches a whole string literal and a member of an object literal. */
const LITERAL = new RegExp(`(['"\`])(?:${ids})\\1|^\\s*(?:${ids}):`, 'm')

describe('the id of a provider', () => {
  it.each([
    "if (profile.id === 'gitlab-com') {",
    'const rows = {\n  circleci: CIRCLECI,\n}',
    'switch (id) { case "eks": }',
  ])('is found in %j', (code) => {
    expect(code).toMatch(LITERAL)
  })

  it('is in no code outside src/core/providers, because a profile has a member for each fact', () => {
    expect(files.length).toBeGreaterThan(300)
    const found = files.flatMap((path) => {
      const code = readFileSync(join(SRC, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      const [literal] = LITERAL.exec(code) ?? []
      return literal === undefined ? [] : [`${path}: ${literal.trim()}`]
    })
    expect(found).toEqual([])
  })
})
