/** What the message of a problem says to write instead, and the order of problems. */
import { describe, expect, it } from 'vitest'
import {
  checkTrust,
  parseTrustFile,
  widestCeilings,
} from '../../../src/analysis/source/in-house.ts'

const NOW = 1_790_000_000

function messagesOf(text: string): readonly string[] {
  const file = parseTrustFile('trust.yaml', new TextEncoder().encode(text))
  const checked = checkTrust(file, widestCeilings('https://sts.example.com'), NOW)
  return checked.ok ? [] : checked.error.problems.map(({ message }) => message)
}

function withRule(rule: string, issuers = 'github: { provider: github-actions }'): string {
  return `version: 1
issuers: { ${issuers} }
resources: { "https://api.example.com/v1": { scopes: [read, write] } }
rules: [{ name: one, owner: a@example.com, expires: 2026-12-31, from: github, ${rule} }]
`
}

const WHEN = 'when: { repository_owner_id: "4411", repository_id: "8123456" }'
const GRANT = 'grant: { resource: https://api.example.com/v1, scopes: [read] }'

describe('a problem of a trust file says what to write instead', () => {
  it.each([
    {
      name: 'a key that is nearly a known one',
      text: withRule(`${WHEN}, grant: { resource: https://api.example.com/v1, scope: [read] }`),
      message: 'unknown key "scope"; did you mean "scopes"?',
    },
    {
      name: 'a key that is like no known one',
      text: withRule(`${WHEN}, ${GRANT}, foo: 1`),
      message:
        'unknown key "foo"; use one of name, description, from, when, acting_as, condition, mode, accept, effect, owner, expires, grant',
    },
    {
      name: 'a key of an issuer',
      text: withRule(`${WHEN}, ${GRANT}`, 'github: { provider: github-actions, isuer: x }'),
      message: 'unknown key "isuer"; did you mean "issuer"?',
    },
    {
      name: 'an acceptance without a list',
      text: withRule(`${WHEN}, ${GRANT}, accept: LINT-14`),
      message: 'must be a list, not a string; write [{ lint: LINT-14, reason: "…" }]',
    },
    {
      name: 'an acceptance without a reason',
      text: withRule(`${WHEN}, ${GRANT}, accept: [3]`),
      message: 'must be an object, not a number; write { lint: LINT-09, reason: "…" }',
    },
    {
      name: 'a text that looks like a number and is none in JSON',
      text: withRule(
        `${WHEN}, grant: { resource: https://api.example.com/v1, scopes: [read], budget: { grants: "012" } }`,
      ),
      message: 'must be a number, not a string',
    },
    {
      name: 'a text in place of the rules',
      text: 'version: 1\nrules: none',
      message: 'must be a list, not a string',
    },
    {
      name: 'a grant of a deny rule',
      text: withRule(`${WHEN}, effect: deny, ${GRANT}`),
      message: 'unknown key "grant"; a rule with effect: deny grants nothing, so remove it',
    },
    {
      name: 'a lifetime as a number',
      text: withRule(
        `${WHEN}, grant: { resource: https://api.example.com/v1, scopes: [read], lifetime: 600 }`,
      ),
      message: 'must be a string, not a number; write a duration such as 600s or 10m',
    },
    {
      name: 'a date as a number',
      text: withRule(`${WHEN}, ${GRANT}`).replace('2026-12-31', '1798000000'),
      message: 'must be a string, not a number; write a date such as 2027-03-31',
    },
    {
      name: 'a member without its value',
      text: withRule(`${WHEN}, ${GRANT}`).replace('expires: 2026-12-31', 'expires: '),
      message: 'must be a string, not null; write a date such as 2027-03-31',
    },
    {
      name: 'a budget as a number',
      text: withRule(
        `${WHEN}, grant: { resource: https://api.example.com/v1, scopes: [read], budget: 3 }`,
      ),
      message: 'must be an object, not a number; write { grants: 3 }',
    },
    {
      name: 'a template without quotes',
      text: withRule(
        `${WHEN}, grant: { resource: https://api.example.com/v1, scopes: [read], subject: {sub} }`,
      ),
      message:
        'must be a string, not an object; write a template in quotes, such as "github:{repository_id}"',
    },
    {
      name: 'a text that YAML reads as a number',
      text: withRule(`${WHEN}, ${GRANT}, description: 007`),
      message: 'must be a string, not a number; write "007"',
    },
    {
      name: 'an id that begins with a zero',
      text: withRule(
        `when: { '["https://sts.amazonaws.com/", "aws_account"]': [x, 012345678901] }, ${GRANT}`,
        'github: { provider: aws-outbound, issuer: "https://11111111-0000-4000-8000-000000000000.tokens.sts.global.api.aws" }',
      ),
      message: 'can never hold: the claim is a string, not a number; write "012345678901"',
    },
    {
      name: 'a claim with the name of a member',
      text: withRule(`when: { repository_owner_id: "4411", expires: null }, ${GRANT}`),
      message: expect.stringMatching(
        / min, max and exists; write { exists: false } for an absent claim$/,
      ),
    },
    {
      name: 'an issuer with the name of a member',
      text: withRule(`${WHEN}, ${GRANT}`, 'expires: 5'),
      message: 'must be an object, not a number',
    },
    {
      name: 'a condition below when',
      text: withRule(
        `when: { repository_owner_id: "4411", condition: claims.ref == "x" }, ${GRANT}`,
      ),
      message:
        'unknown claim "condition" for github-actions; condition is a member of the rule: write it beside when, not in it',
    },
    {
      name: 'scopes as one text',
      text: withRule(
        `${WHEN}, grant: { resource: https://api.example.com/v1, scopes: read write }`,
      ),
      message: 'must be a list, not a string; write [read, write]',
    },
    {
      name: 'a short name of a provider',
      text: withRule(`${WHEN}, ${GRANT}`, 'github: { provider: github }'),
      message: expect.stringMatching(/^unknown provider.*; did you mean "github-actions"\?$/),
    },
    {
      name: 'the name of an issuer',
      text: withRule(`${WHEN}, ${GRANT}`, 'gitub: { provider: github-actions }'),
      message: '"github" is not declared in issuers; did you mean "gitub"?',
    },
    {
      name: 'a resource with another slash',
      text: withRule(`${WHEN}, grant: { resource: https://api.example.com/v1/, scopes: [read] }`),
      message:
        '"https://api.example.com/v1/" is not declared in resources; did you mean "https://api.example.com/v1"?',
    },
    {
      name: 'a scope',
      text: withRule(`${WHEN}, grant: { resource: https://api.example.com/v1, scopes: [admin] }`),
      message: '"admin" is not a scope of https://api.example.com/v1; its scopes are read, write',
    },
    {
      name: 'a claim that is like none of the provider',
      text: withRule(`when: { repository_owner_id: "4411", branch: main }, ${GRANT}`),
      message:
        'unknown claim "branch" for github-actions; `edgemint providers github-actions` lists its claims',
    },
    {
      name: 'an issuer URL with a slash at the end',
      text: withRule(
        `${WHEN}, ${GRANT}`,
        'github: { provider: github-actions }, lab: { provider: gitlab-self-managed, issuer: "https://gitlab.example.com/" }',
      ),
      message: expect.stringMatching(/; remove the slash at the end$/),
    },
    {
      name: 'an issuer URL without the slash at the end that its platform has',
      text: withRule(
        `${WHEN}, ${GRANT}`,
        'github: { provider: github-actions }, people: { provider: auth0, issuer: "https://acme.eu.auth0.com" }',
      ),
      message: expect.stringMatching(/; add a slash at the end$/),
    },
    {
      name: 'an issuer URL of another platform that ends in a slash, with no advice on it',
      text: withRule(
        `${WHEN}, ${GRANT}`,
        'github: { provider: github-actions }, people: { provider: auth0, issuer: "https://login.acme.example/" }',
      ),
      message: expect.stringMatching(/ does not look like https:\/\/[a-z.0-9-]+\/; if the tokens/),
    },
  ])('$name', ({ text, message }) => {
    expect(messagesOf(text)).toContainEqual(message)
  })

  it('lists problems in the order of the file', () => {
    const text = `version: 1
issuers:
  lab: { provider: gitlb }
resources:
  api: { scopes: [read] }
rules:
  - { name: one, effect: deny, from: other, when: { ref: main } }
`
    expect(messagesOf(text).map((message) => message.slice(0, 20))).toEqual([
      'unknown provider: us',
      'must be an absolute ',
      '"other" is not decla',
    ])
  })
})
