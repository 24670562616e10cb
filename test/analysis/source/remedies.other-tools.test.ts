/** What validation says to people who write a rule as IAM, Vault, Octo STS or Google Cloud has it. */
import { describe, expect, it } from 'vitest'
import {
  checkTrust,
  parseTrustFile,
  widestCeilings,
} from '../../../src/analysis/source/in-house.ts'

const API = 'https://api.example.com/v1'

/** Text to add to a part of the document. */
type Parts = {
  readonly [part in 'issuer' | 'resource' | 'grant' | 'rule' | 'top']?: string | undefined
}

function messagesOf(
  when: string,
  { issuer = '', resource = '', grant = '', rule = '', top = '' }: Parts = {},
) {
  const text = `version: 1
issuers: { github: { provider: github-actions ${issuer} } }
resources: { "${API}": { scopes: [read] ${resource} } }
rules:
  - name: one
    owner: a@example.com
    expires: 2026-12-31
    from: github
    when: { repository_owner_id: "4411", repository_id: "8123456" ${when} }
    grant: { resource: "${API}", scopes: [read] ${grant} }
    ${rule}
${top}
`
  const file = parseTrustFile('trust.yaml', new TextEncoder().encode(text))
  const checked = checkTrust(file, widestCeilings('https://sts.example.com'), 1_790_000_000)
  return checked.ok ? [] : checked.error.problems.map(({ message }) => message)
}

/** What each message says behind its last semicolon. */
const adviceOf = (messages: readonly string[]) => messages.map((one) => one.split('; ').at(-1))

const LIST = 'write the value itself, such as [a, b] for one of several values'
const GLOB = 'write a glob, such as { glob: refs/tags/v* }'
const REGULAR =
  'there are no regular expressions: list the values, or write a glob such as { glob: refs/tags/v* }'

describe('a condition in the words of another tool', () => {
  it.each([
    ['ref: { in: [a, b] }', LIST],
    ['ref: { any_of: [a, b] }', LIST],
    ['ref: { StringEquals: a }', LIST],
    ['ref: { StringLike: "a*" }', GLOB],
    ['ref: { starts_with: a }', GLOB],
    ['ref: { regex: ^a }', REGULAR],
    ['ref: { matches: a }', REGULAR],
    ['ref: { not_in: [a] }', 'write { not: [a, b] }'],
    ['run_number: { gte: 1 }', 'write { min: 1, max: 5 }, or one of the two'],
    ['ref: { present: true }', 'write { exists: true } or { exists: false }'],
    ['ref: { glb: a }', 'did you mean "glob"?'],
    ['ref: {}', 'write { exists: true } if the claim only has to be present'],
    ['ref: ', 'write { exists: false } for an absent claim'],
    [
      'ref: { glob: a*, not: ab }',
      'a condition has one of these: write the other one in the condition of the rule',
    ],
    ['bound_claims: { ref: a }', 'write each claim as a key of when'],
    ['"ForAnyValue:StringLike": { ref: a }', 'write each claim as a key of when'],
    [
      'kubernetes.io: { namespace: a }',
      'a claim in an object is one key, such as kubernetes.io.namespace',
    ],
    ['ref: { glob: [a*, b*] }', 'write one rule for each glob'],
    ['ref: [{ glob: a* }]', 'a test such as glob is the whole condition: write one rule for each'],
    ['environment: { exists: "true" }', 'write true without quotes'],
    ['run_number: { max: "5" }', 'write 5 without quotes'],
  ])('is reported with the advice for it: %s', (condition, advice) => {
    expect(adviceOf(messagesOf(`, ${condition}`))).toEqual([advice])
  })
})

describe('a claim by its name in another tool', () => {
  it.each([
    ['attribute.repository', 'repository'],
    ['token.actions.githubusercontent.com:sub', 'sub'],
    ['github.repository', 'repository'],
    ['REPOSITORY', 'repository'],
    ['subject', 'sub'],
    ['subject_pattern', 'sub'],
  ])('is reported with its name here: %s is %s', (name, claim) => {
    expect(adviceOf(messagesOf(`, "${name}": a`))).toEqual([`did you mean "${claim}"?`])
  })
})

describe('another part in the words of another tool', () => {
  it.each([
    `subject: "repo:$${'{{ github.repository }}'}"`,
    'subject: "{{repository_id}}"',
    'claims: { of: ["{{identity.entity.name}}"] }',
  ])('names the form of a template for %s', (grant) => {
    const advice = 'write {claim} with one brace on each side, such as {sub}'
    expect(adviceOf(messagesOf('', { grant: `, ${grant}` }))).toEqual([advice])
  })

  it('writes a list that YAML reads as it was meant', () => {
    const resource = ', also_known_as: "*"'
    expect(adviceOf(messagesOf('', { resource }))).toEqual(['write ["*"]'])
  })

  it('does not take an issuer named when for a condition', () => {
    const issuer = '}, when: { provider: '
    const [message] = messagesOf('', { issuer })
    expect(message).toBe('must be a string, not null')
  })

  it.each<readonly [Parts, string]>([
    [{ issuer: 'issuer_url: https://a.example.com' }, 'write issuer'],
    [{ issuer: 'allowed_audiences: [a]' }, 'write audience'],
    [{ grant: 'ttl: 10m' }, 'write lifetime'],
    [{ grant: 'audience: a' }, 'write resource'],
    [{ rule: 'bound_claims: { ref: a }' }, 'write when'],
    [{ rule: 'subject_pattern: a' }, 'write sub as a key of when'],
    [{ rule: 'permissions: { contents: read }' }, 'write scopes in grant'],
    [{ rule: 'enabled: true' }, 'write mode: observe for a rule that only logs'],
    [{ top: 'Statement: []' }, 'write rules'],
  ])('names the key for %j', ({ issuer, grant, rule, top }, advice) => {
    const inner = (text: string | undefined) => (text === undefined ? '' : `, ${text}`)
    const parts = { issuer: inner(issuer), grant: inner(grant), rule, top }
    expect(adviceOf(messagesOf('', parts))).toEqual([advice])
  })

  it.each([
    ['azure', 'entra-id'],
    ['Azure_AD', 'entra-id'],
    ['gcp', 'google-service-account'],
    ['k8s', 'kubernetes'],
    ['github', 'github-actions'],
  ])('names the provider for %s', (name, id) => {
    const issuer = `}, other: { provider: ${name}`
    expect(adviceOf(messagesOf('', { issuer }))).toEqual([`did you mean "${id}"?`])
  })
})
