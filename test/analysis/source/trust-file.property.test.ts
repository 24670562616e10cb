/** Every value at every place of a document gives problems with a place, and never an exception. */
import { expect, it } from 'vitest'
import {
  checkTrust,
  parseTrustFile,
  widestCeilings,
} from '../../../src/analysis/source/in-house.ts'

type Path = readonly (string | number)[]

const NOW = 1_790_000_000
const CEILINGS = widestCeilings('https://sts.example.com')
const DOCUMENT = {
  version: 1,
  issuers: {
    gitlab: {
      provider: 'gitlab-self-managed',
      issuer: 'https://gitlab.acme.dev',
      accepts: ['access_token'],
    },
  },
  resources: {
    'https://api.acme.dev/v1': {
      ...{ scopes: ['read', 'write'], also_known_as: ['api'], max_lifetime: '15m' },
      ...{ algorithm: 'ES256', status_list: true, proof_of_possession: 'optional' },
      protected_resource_metadata: { name: 'API' },
    },
  },
  rules: [
    {
      ...{ name: 'deploy', owner: 'a@acme.dev', expires: '2027-03-31', from: 'gitlab' },
      when: { project_id: '7', ref: { not: ['a', 'b'] }, runner_id: { min: 1, max: 9 } },
      acting_as: { from: 'gitlab', when: { sub: { glob: 'a/*' } } },
      condition: 'claims.ref == "main"',
      accept: [{ lint: 'LINT-09', reason: 'reviewed' }],
      grant: {
        ...{ resource: 'https://api.acme.dev/v1', scopes: ['read'], lifetime: '5m' },
        ...{ subject: 'x:{project_id}', claims: { a: ['{ref}', { b: 1 }] }, replay: 'once' },
        budget: { grants: 2, per: 'job_id' },
      },
    },
    { name: 'never', effect: 'deny', from: 'gitlab', when: { ref: { exists: false } } },
  ],
}
const VALUES: readonly unknown[] = [null, true, 1.5, '', '012', [null], '{{ref}}', '\u0007']

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(name) : name]
    yield at
    yield* pathsOf(member, at)
  }
}

function withValue(source: unknown, [step = '', ...rest]: Path, value: unknown): unknown {
  const members = source as Readonly<Record<string, unknown>>
  const changed = rest.length === 0 ? value : withValue(members[step], rest, value)
  if (Array.isArray(source)) return source.with(Number(step), changed)
  return { ...members, [step]: changed }
}

function check(document: unknown) {
  const text = JSON.stringify(document, null, 2)
  const file = parseTrustFile('trust.json', new TextEncoder().encode(text))
  return { lines: text.split('\n'), checked: checkTrust(file, CEILINGS, NOW) }
}

it('names a place for every value at every place', () => {
  expect(check(DOCUMENT).checked).toMatchObject({ ok: true })
  let refused = 0
  for (const path of pathsOf(DOCUMENT)) {
    for (const value of VALUES) {
      const { lines, checked } = check(withValue(DOCUMENT, path, value))
      if (checked.ok) continue
      refused += 1
      for (const { line, column, message } of checked.error.problems) {
        expect(lines[line - 1]?.length, message).toBeGreaterThanOrEqual(column)
        expect(message).not.toMatch(/undefined|\[object/)
      }
    }
  }
  expect(refused).toBeGreaterThan(300)
})
