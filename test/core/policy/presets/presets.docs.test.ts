/**
 * The pages of docs/federate-to: each trust document compiles, has no blocking finding, and issues a
 * token that the consumer accepts. The table of the index agrees with the presets.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { isBlocking, lint } from '../../../../src/analysis/lint/lint.ts'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { Preset } from '../../../../src/core/policy/presets/preset.ts'
import { PRESETS } from '../../../../src/core/policy/presets/presets.ts'
import { PRESET_NAMES } from '../../../../src/protocol/token.ts'
import { VALIDATORS } from '../../../support/consumers/index.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { AUDIENCE } from '../../../support/vectors.ts'
import { type Consumer, issueWith } from './support/issue.ts'

const FOLDER = join(import.meta.dirname, '../../../../docs/federate-to')
/** 2026-11-28, when the pages were written, so that no rule in them has ended. */
const AT = 1_795_824_000
const CONSUMERS = Object.keys(VALIDATORS) as Consumer[]

type Document = {
  readonly resources: Readonly<
    Record<string, { readonly for?: string; readonly audience?: string }>
  >
  readonly rules: readonly { readonly when: Readonly<Record<string, unknown>> }[]
}

const readPage = (name: string) => readFileSync(join(FOLDER, `${name}.md`), 'utf8')

function documentOf(name: string): Document {
  const [, code = ''] = /^```yaml\n(version: 1\n[\s\S]*?)^```/m.exec(readPage(name)) ?? []
  return parse(code) as Document
}

function compile(document: unknown) {
  const result = compileTrust(document, CEILINGS, { admitAt: AT })
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

describe('docs/federate-to', () => {
  it('has a page for each consumer, and an index of them', () => {
    const pages = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''))
    expect(pages.toSorted()).toEqual(['README', ...CONSUMERS].toSorted())
  })

  it.each(PRESET_NAMES)('has the data of the preset %s in the table of the index', (name) => {
    const { audience, algorithms, lifetime }: Preset = PRESETS[name]
    const row = readPage('README')
      .split('\n')
      .find((line) => line.startsWith(`| \`${name}\` |`))
    const cells = (row ?? '').split('|').map((cell) => cell.trim())
    const shown = { aud: cells[3], algs: cells[4], longest: cells[5] }
    const [uri] = audience.uris ?? []
    expect(shown).toEqual({
      aud:
        audience.usual === undefined
          ? `the URI of the resource${uri === undefined ? '' : `: \`${uri}\``}`
          : `\`${audience.usual}\``,
      algs: algorithms.length === 6 ? 'all' : algorithms.join(', '),
      longest: lifetime.usualSeconds === 3600 ? '1h' : '10m',
    })
  })
})

describe.each(CONSUMERS)('docs/federate-to/%s.md', (name) => {
  it('has the rule, the configuration, refusals, limits and traps, in this order', () => {
    const headings = [...readPage(name).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual([
      'The rule',
      expect.stringMatching(/^(?:In|At) /),
      'When it is refused there',
      'Limits',
      'Traps',
    ])
  })

  it('has a trust document for this preset without blocking findings', () => {
    const document = documentOf(name)
    expect(Object.values(document.resources).map((resource) => resource.for)).toEqual([name])
    expect(lint(compile(document), { at: AT }).filter(isBlocking)).toEqual([])
  })

  it('issues a token that the consumer accepts, as it is configured there', async () => {
    const document = documentOf(name)
    const [uri = '', resource] = Object.entries(document.resources)[0] ?? []
    const preset: Preset = PRESETS[name]
    const audience = resource?.audience ?? preset.audience.usual ?? uri
    const { verdict, reason } = await issueWith(
      (issuer) => ({
        ...document,
        issuers: { github: { provider: 'github-actions', issuer, audience: AUDIENCE } },
      }),
      {
        consumer: name,
        uri,
        audience,
        claims: { ...document.rules[0]?.when },
        algorithms: ['ES256', 'RS256'],
      },
    )
    expect(reason).toBeUndefined()
    expect(verdict).toMatchObject({ isAccepted: true })
    // What the page configures at the consumer is what the token has.
    expect(readPage(name)).toContain(audience)
    if (verdict?.isAccepted === true) expect(readPage(name)).toContain(verdict.claims.sub)
  })
})
