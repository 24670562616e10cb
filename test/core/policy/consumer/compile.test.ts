/** What the compiler does with a preset: its defaults, and the refusals of what contradicts it. */
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { PresetName } from '../../../../src/protocol/token.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { documentFor } from '../presets/support/issue.ts'

type Json = Readonly<Record<string, unknown>>

const ISSUER = 'https://token.actions.githubusercontent.com'

function compile(preset: PresetName, uri: string, resource: Json = {}, grant: Json = {}) {
  const audience = ''
  return compileTrust(documentFor(ISSUER, preset, { uri, resource, grant, audience }), CEILINGS)
}

/** The problems as `path: code`. */
function problemsOf(...args: Parameters<typeof compile>): readonly string[] {
  const result = compile(...args)
  if (!('problems' in result)) return []
  return result.problems.map(({ path, code }) => `${path.join(' ')}: ${code}`)
}

function resourceOf(...args: Parameters<typeof compile>) {
  const result = compile(...args)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return [...result.trust.resources.values()][0]
}

const AWS = 'https://sts.amazonaws.com'
const API = 'https://api.example.com/v1'

describe('the defaults of a preset', () => {
  it('are the audience, the type, the lifetime and the limits of the subject', () => {
    expect(resourceOf('aws', AWS)).toMatchObject({
      uri: AWS,
      audience: 'sts.amazonaws.com',
      typ: 'JWT',
      algorithm: undefined,
      maxLifetimeSeconds: 600,
      subject: { kind: 'text', maxBytes: 255 },
    })
    expect(resourceOf('google', API)).toMatchObject({
      audience: API,
      subject: { kind: 'text', maxBytes: 127 },
    })
  })

  it('give way to what the resource says', () => {
    const own = { audience: 'aws-1', typ: 'at+jwt', algorithm: 'RS256', max_lifetime: '1h' }
    expect(resourceOf('aws', AWS, own)).toMatchObject({
      audience: 'aws-1',
      typ: 'at+jwt',
      algorithm: 'RS256',
      maxLifetimeSeconds: 3600,
    })
  })

  it('stay below the ceiling of the deployment', () => {
    const ceilings = { ...CEILINGS, maxTokenLifetimeSeconds: 300 }
    const result = compileTrust(documentFor(ISSUER, 'aws', { uri: AWS, audience: '' }), ceilings)
    expect('trust' in result && [...result.trust.resources.values()][0]).toMatchObject({
      maxLifetimeSeconds: 300,
    })
  })

  it('add the scope that Google’s client libraries request', () => {
    const scope = 'https://www.googleapis.com/auth/cloud-platform'
    const grant = { scopes: ['use', scope] }
    expect(resourceOf('google-clients', API, {}, grant)?.scopes).toEqual(new Set(['use', scope]))
    expect(problemsOf('vault', API, {}, grant)).toEqual(['rules 0 grant scopes 1: scope_unknown'])
  })
})

describe('a resource that contradicts its preset', () => {
  it.each([
    ['entra', { algorithm: 'ES256' }, 'algorithm'],
    ['aws', { algorithm: 'PS256' }, 'algorithm'],
    ['aws', { algorithm: 'Ed25519' }, 'algorithm'],
    ['vault', { algorithm: 'EdDSA' }, 'algorithm'],
    ['databricks', { algorithm: 'ES384' }, 'algorithm'],
    ['aws', { audience: 'a'.repeat(256) }, 'audience'],
    ['google', { audience: 'a'.repeat(257) }, 'audience'],
    ['entra', { audience: 'a'.repeat(601) }, 'audience'],
  ] as const)('is refused: %s with %o', (preset, resource, member) => {
    expect(problemsOf(preset, API, resource)).toEqual([
      `resources ${API} ${member}: preset_contradicted`,
    ])
  })

  it('is refused if its URI is the audience and too long for one', () => {
    const long = `${API}/${'a'.repeat(256)}`
    expect(problemsOf('google', long)).toEqual([`resources ${long} for: preset_contradicted`])
    // The usual audience of AWS is another text.
    expect(problemsOf('aws', long)).toEqual([])
  })

  it('is refused if its tokens would be access tokens to SPIFFE', () => {
    const grant = { subject: 'spiffe://example.org/{run_id}' }
    expect(problemsOf('spiffe', API, { typ: 'at+jwt' }, grant)).toEqual([
      `resources ${API} typ: preset_contradicted`,
    ])
  })

  it.each([
    ['aws', { audience: 'a'.repeat(255) }],
    ['google', { audience: 'a'.repeat(256) }],
    ['aws', { algorithm: 'ES384' }],
  ] as const)('is accepted at the limit: %s with %o', (preset, resource) => {
    expect(problemsOf(preset, API, resource)).toEqual([])
  })
})

describe('a subject that contradicts the preset', () => {
  const SUBJECT = 'rules 0 grant subject: preset_contradicted'
  const INVALID = 'rules 0 grant subject: template_invalid'

  it.each([
    ['aws', 'short', SUBJECT],
    ['kubernetes', 'system:admin', SUBJECT],
    ['kubernetes', 'system:{run_id}', SUBJECT],
    ['spiffe', 'spiffe://example.org', INVALID],
    ['spiffe', 'spiffe://example.org/', INVALID],
    ['spiffe', 'spiffe://Example.org/a', INVALID],
    ['spiffe', 'spiffe://example.org/a~b/{run_id}', INVALID],
    ['spiffe', 'spiffe://{run_id}/a', INVALID],
    ['spiffe', 'https://example.org/{run_id}', SUBJECT],
    ['fulcio', 'urn:example:a', SUBJECT],
  ] as const)('is refused: %s with %s', (preset, subject, problem) => {
    expect(problemsOf(preset, API, {}, { subject })).toContain(problem)
  })

  it.each([
    ['aws', 'longer'],
    ['aws', '{run_id}'],
    ['kubernetes', 'systems:{run_id}'],
    ['kubernetes', '{run_id}'],
    ['spiffe', 'spiffe://example.org/a'],
    ['spiffe', 'spiffe://example.org/a/{run_id}'],
    ['fulcio', 'https://builds.example.com/{run_id}'],
  ] as const)('is accepted: %s with %s', (preset, subject) => {
    expect(problemsOf(preset, API, {}, { subject })).toEqual([])
  })
})

describe('a rule without a subject', () => {
  it('is refused if the consumer requires a URI', () => {
    const grant = { subject: undefined }
    expect(problemsOf('spiffe', API, {}, grant)).toEqual(['rules 0 grant: subject_required'])
    expect(problemsOf('aws', API, {}, grant)).toEqual([])
  })
})

describe('two resources of one consumer', () => {
  it('cannot both have its usual audience', () => {
    const document = documentFor(ISSUER, 'aws', { uri: AWS, audience: '' })
    const resources = { ...document.resources, [API]: { for: 'aws', scopes: ['use'] } }
    const result = compileTrust({ ...document, resources }, CEILINGS)
    expect('problems' in result && result.problems).toMatchObject([
      { path: ['resources', API, 'audience'], code: 'resource_repeated' },
    ])
  })
})

describe('session tags', () => {
  const TAGS = 'https://aws.amazon.com/tags'
  const at = `rules 0 grant claims ${TAGS}`
  const problems = (claim: unknown) => problemsOf('aws', AWS, {}, { claims: { [TAGS]: claim } })
  const tags = (principal_tags: Json, more: Json = {}) => problems({ principal_tags, ...more })
  const numbered = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, ['v']]))

  it.each([
    ['text', 'text', ''],
    ['no tags', { transitive_tag_keys: [] }, ''],
    ['a list of tags', { principal_tags: ['Team'] }, ''],
    ['another member', { principal_tags: {}, tags: {} }, ' tags'],
    ['51 tags', { principal_tags: numbered(51) }, ' principal_tags'],
    ['a value that is text', { principal_tags: { Team: 'a' } }, ' principal_tags Team'],
    ['no value', { principal_tags: { Team: [] } }, ' principal_tags Team'],
    ['two values', { principal_tags: { Team: ['a', 'b'] } }, ' principal_tags Team'],
    ['a number', { principal_tags: { Team: [1] } }, ' principal_tags Team'],
    ['a character in a value', { principal_tags: { Team: ['a#b'] } }, ' principal_tags Team'],
    ['a character in a key', { principal_tags: { 'a#b': ['a'] } }, ' principal_tags a#b'],
    ['a reserved key', { principal_tags: { 'AWS:x': ['a'] } }, ' principal_tags AWS:x'],
    ['other case', { principal_tags: { Team: ['a'], TEAM: ['a'] } }, ' principal_tags TEAM'],
    [
      'transitive keys that are text',
      { principal_tags: { Team: ['a'] }, transitive_tag_keys: 'Team' },
      ' transitive_tag_keys',
    ],
    [
      'a transitive key that is no tag',
      { principal_tags: { Team: ['a'] }, transitive_tag_keys: ['Team', 'constructor'] },
      ' transitive_tag_keys 1',
    ],
  ] as const)('are refused with %s', (_, claim, place) => {
    expect(problems(claim)).toEqual([`${at}${place}: preset_contradicted`])
  })

  it('are refused with a key of 129 characters and accepted with 128', () => {
    const [long, fits] = ['k'.repeat(129), 'k'.repeat(128)]
    expect(tags({ [long]: ['v'] })).toEqual([`${at} principal_tags ${long}: preset_contradicted`])
    expect(tags({ [fits]: ['v'] })).toEqual([])
  })

  it('are accepted with 50 tags, templates and transitive keys', () => {
    const more = { transitive_tag_keys: ['k0', 'k49'] }
    expect(tags({ ...numbered(50), k0: ['{repository}: a_b./=+-@ ü'] }, more)).toEqual([])
  })

  it('are not checked for another consumer', () => {
    expect(problemsOf('vault', API, {}, { claims: { [TAGS]: 'text' } })).toEqual([])
  })
})
