import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as documentLimits from '../../src/contract/limits.ts'
import { describeTrustDocument } from '../../src/contract/trust-schema/json-schema.ts'
import * as gatewayLimits from '../../src/core/limits.ts'
import { compilePolicy, compileTrust } from '../../src/core/policy/compile/compile.ts'
import { NOW } from '../core/policy/support/documents.ts'
import { CEILINGS } from '../support/core-world.ts'

const limits = { ...gatewayLimits, ...documentLimits }

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/trust-document.md'), 'utf8')

/** Folders of `src/contract` whose codes are not about a trust document. */
const OTHER_CONTRACTS = /^(?:backup|decisions|openapi|posture|problems)\//

function blocks(language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')
  return [...page.matchAll(fence)].map(([, code = '']) => code)
}

describe('docs/trust-document.md', () => {
  it.each(blocks('yaml'))('shows documents that compile: %#', (code) => {
    const result = compileTrust(parse(code), CEILINGS, { admitAt: NOW })
    expect('problems' in result ? result.problems : []).toEqual([])
  })

  it.each(blocks('json'))('shows policies that compile: %#', (code) => {
    const result = compilePolicy(JSON.parse(code), CEILINGS)
    expect('problems' in result ? result.problems : []).toEqual([])
  })

  it('has one trust document and one policy', () => {
    expect([blocks('yaml').length, blocks('json').length]).toEqual([1, 1])
  })

  it('names the schema by its path in the installed package', () => {
    const [, path] = /\$schema=\.\/node_modules\/edgemint\/(\S+)/.exec(page) ?? []
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(`./${path}`).toBe(exports['./trust.schema.json'])
  })

  it('names every key of the language', () => {
    const names = new Set<string>()
    const collect = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return
      if ('properties' in schema && typeof schema.properties === 'object') {
        for (const name of Object.keys(schema.properties ?? {})) names.add(name)
      }
      for (const member of Object.values(schema)) collect(member)
    }
    collect(describeTrustDocument())
    // RFC 7517 explains the members of a JSON Web Key.
    names.delete('kty')
    expect(names.size).toBeGreaterThan(20)
    for (const name of names) expect(page, name).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it('names every problem code', () => {
    const folders = ['src/contract', 'src/core/policy/compile', 'src/analysis/source']
    const sources = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !OTHER_CONTRACTS.test(file))
        .map((file) => join(root, folder, file)),
    )
    const codes = new Set<string>()
    for (const source of sources) {
      const text = readFileSync(source, 'utf8')
      const found = text.matchAll(/(?:code: |problem\(|\n\s+|\], )'([a-z]+_[a-z_]+)'/g)
      // The codes of the schema library are translated and never sent.
      for (const [, code = ''] of found) if (!/^(?:invalid_|too_)/.test(code)) codes.add(code)
    }
    for (const code of ['max_lifetime', 'proof_of_possession', 'any_of', 'none_of'])
      codes.delete(code)
    expect(codes.size).toBeGreaterThan(20)
    for (const code of codes) expect.soft(page, code).toContain(`\`${code}\``)
  })
  const numbers: readonly (readonly [what: string, limit: number])[] = [
    ['rules', limits.MAX_RULES],
    ['issuers, resources', limits.MAX_ISSUERS],
    ['issuers, resources', limits.MAX_RESOURCES],
    ['scopes of a resource', limits.MAX_SCOPES_PER_RESOURCE],
    ['conditions of a rule', limits.MAX_CONDITIONS_PER_RULE],
    ['values of a condition', limits.MAX_VALUES_PER_CONDITION],
    ['characters of a value, pattern or template', limits.MAX_PATTERN_CHARACTERS],
    ['characters of a name', limits.MAX_NAME_CHARACTERS],
    ['claims of a grant', limits.MAX_GRANT_CLAIMS],
    ['characters of a claim that is read', limits.MAX_CLAIM_CHARACTERS],
    ['values in the claims of a grant', limits.MAX_GRANT_CLAIM_VALUES],
    ['levels of nesting of a claim', limits.MAX_GRANT_CLAIM_DEPTH],
    ['bytes of the rendered claims of a token', limits.MAX_RENDERED_CLAIMS_BYTES],
    ['characters of the name of an issued claim', limits.MAX_CLAIM_NAME_CHARACTERS],
    ['other names of a resource', limits.MAX_ALSO_KNOWN_AS],
    ['bytes of a rendered `sub` or text of a claim', limits.MAX_RENDERED_BYTES],
    ['lifetime of a token', limits.MIN_TOKEN_LIFETIME_SECONDS],
    ['levels of nesting', limits.MAX_DOCUMENT_DEPTH],
    ['bytes of a document', limits.MAX_DOCUMENT_BYTES / 1024 / 1024],
  ]
  it.each(numbers)('states the limit of %s: %i', (what, limit) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${what} |`))
    const [, , stated = ''] = row?.split('|') ?? []
    expect(Number.parseInt(stated.replaceAll(',', ''), 10)).toBe(limit)
  })

  it('has the headings that other pages link to', () => {
    expect(page).toContain('\n## Deploy-time policy\n')
    expect(page).toContain('\n## What is refused\n')
  })
})
