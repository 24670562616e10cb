/** What the message of a problem says of an issuer: its provider, and its URL. */
import { describe, expect, it } from 'vitest'
import {
  checkTrust,
  parseTrustFile,
  widestCeilings,
} from '../../../src/analysis/source/in-house.ts'

const NOW = 1_790_000_000
const UUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'

function messagesOf(issuer: object): readonly string[] {
  const text = JSON.stringify({ version: 1, issuers: { one: issuer }, resources: {}, rules: [] })
  const file = parseTrustFile('trust.json', new TextEncoder().encode(text))
  const checked = checkTrust(file, widestCeilings('https://sts.example.com'), NOW)
  return checked.ok ? [] : checked.error.problems.map(({ message }) => message)
}

describe('the provider of an issuer', () => {
  it.each([
    ['GitHub Actions', 'github-actions'],
    ['github actions (github.com)', 'github-actions'],
    ['GitLab CI', 'gitlab-com'],
    ['Bitbucket Pipelines', 'bitbucket-pipelines'],
    ['Microsoft Entra ID', 'entra-id'],
    ['HCP Terraform', 'hcp-terraform'],
    ['Fly.io', 'fly-io'],
    ['AWS Outbound', 'aws-outbound'],
    ['githubactions', 'github-actions'],
    ['circle-ci', 'circleci'],
  ])('%s is suggested as an id', (provider, id) => {
    expect(messagesOf({ provider })[0]).toMatch(new RegExp(`; did you mean "${id}"\\?$`))
  })

  it.each(['', 'Our Own System', 'x'])('%j gets no suggestion', (provider) => {
    expect(messagesOf({ provider })[0]).not.toContain('did you mean')
  })
})

describe('the URL of an issuer', () => {
  const ANY = 'if the tokens have this iss, write provider: generic-oidc'

  it.each([
    ['okta', 'https://login.acme.com/oauth2/default', ANY],
    ['auth0', 'https://login.acme.com/', ANY],
    ['entra-id', `https://acme.ciamlogin.com/${UUID}/v2.0`, ANY],
    ['entra-id', `https://acme.b2clogin.com/${UUID}/v2.0/`, ANY],
    ['circleci', `https://circleci.acme.com/org/${UUID}`, ANY],
    ['spacelift', 'https://spacelift.acme.com', ANY],
    ['vault-identity', 'https://vault.acme.com/v1/identity/oidc/provider/default', ANY],
    ['buildkite', 'https://ci.acme.com', ANY],
    [
      'gitlab-com',
      'https://gitlab.acme.com',
      'if the tokens have this iss, write provider: gitlab-self-managed',
    ],
    [
      'github-actions',
      'https://github.acme.com/_services/token',
      'if the tokens have this iss, write provider: github-enterprise-server',
    ],
  ])('%s at %s: names the provider for it', (provider, issuer, advice) => {
    expect(messagesOf({ provider, issuer })[0]?.split('; ')[1]).toBe(advice)
  })

  it.each([
    ['entra-id', 'https://login.microsoftonline.com/common/v2.0'],
    ['okta', 'https://acme.okta.com/oauth2'],
    ['github-actions', 'https://token.action.githubusercontent.com'],
    ['circleci', 'https://oidc.circleci.co'],
  ])('%s at %s: is a mistake, so no other provider is named', (provider, issuer) => {
    expect(messagesOf({ provider, issuer })[0]).not.toContain('write provider')
  })

  it.each([
    [' https://issuer.example.com', 'has a space: remove it'],
    ['https://issuer.example.com ', 'has a space: remove it'],
    ['https://issuer.exa\u200bmple.com/x', 'has U+200B, an invisible character: remove it'],
    ['https://issuer.example.com/x\u200b', 'has U+200B, an invisible character: remove it'],
    ['https://issuer.example.com/\u00a0x', 'has U+00A0, an invisible character: remove it'],
  ])('%j: names the character that nobody sees', (issuer, message) => {
    const messages = messagesOf({ provider: 'generic-oidc', issuer })
    expect(messages).toEqual([`${JSON.stringify(issuer)} ${message}`])
  })

  it('names such a character in a bundle endpoint', () => {
    const messages = messagesOf({
      provider: 'spiffe-jwt-svid',
      issuer: 'https://oidc.example.org',
      trust_domain: 'example.org',
      bundle_endpoint: 'https://bundle.example.org/ ',
    })
    expect(messages).toEqual(['"https://bundle.example.org/ " has a space: remove it'])
  })
})
