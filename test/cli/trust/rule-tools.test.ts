import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { listProviders } from '../../../src/core/providers/index.ts'
import { createScratch, root, runCli } from '../support/run.ts'

const write = createScratch()
const trust = 'examples/trust/github-organisation/trust.yaml'
const claimsFile = 'examples/trust/github-organisation/claims.json'
const claims = JSON.parse(readFileSync(join(root, claimsFile), 'utf8'))

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = write('token.jwt', `${encode({ alg: 'RS256' })}.${encode(claims)}.c2ln\n`)
const UNVERIFIED =
  'edgemint: the claims are not verified: a gateway verifies the token before it decides\n'
const asked = ['explain', '--trust', trust, '--issuer', 'github', '--at', '2026-12-01T00:00:00Z']

describe('explain', () => {
  test('shows which rule grants, and why the others do not', async () => {
    expect(await runCli([...asked, '--claims', claimsFile])).toEqual({
      stdout: `granted by the rule api-to-production: deploy:read deploy:production at https://api.example.com/v1
  subject: github:8123456:production
  lifetime: 600 seconds
  claims.repository: acme/api
  claims.commit: 4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192
  api-to-production: matches and decides
  api-to-staging: does not match: environment must be "staging", but it is "production"
  never-for-outsiders: does not match: event_name must be "pull_request_target" or "workflow_run" or "issue_comment", but it is "push"
`,
      stderr: UNVERIFIED,
      exitCode: 0,
    })
  })

  test('decodes a token and says that it is not verified', async () => {
    const { stdout, stderr, exitCode } = await runCli([...asked, '--token-file', token])
    expect(stdout).toMatch(/^granted by the rule api-to-production/)
    expect([stderr, exitCode]).toEqual([UNVERIFIED, 0])
  })

  test('names the nearest rule of a denial, and ends with 1', async () => {
    const other = write('other.json', JSON.stringify({ ...claims, ref: 'refs/heads/next' }))
    const { stdout, exitCode } = await runCli([...asked, '--claims', other])
    expect(stdout).toMatch(/^denied: no rule from github matches\n/)
    expect(stdout).toMatch(/\nnearest: api-to-production\n$/)
    expect(exitCode).toBe(1)
  })

  test('uses the given scopes and rule, and prints JSON', async () => {
    const flags = ['--scope', 'deploy:read', '--rule', 'api-to-staging', '--json']
    const { stdout, exitCode } = await runCli([...asked, '--claims', claimsFile, ...flags])
    expect(JSON.parse(stdout)).toMatchObject({
      verified: false,
      decision: { kind: 'denied', request: { scopes: ['deploy:read'], rule: 'api-to-staging' } },
      explanation: { nearestMiss: 'api-to-production' },
    })
    expect(exitCode).toBe(1)
  })

  test('denies if --at is after the expiry of the rule', async () => {
    const late = ['--claims', claimsFile, '--at', '2028-01-01T00:00:00Z']
    const { stdout } = await runCli(['explain', '--trust', trust, '--issuer', 'github', ...late])
    expect(stdout).toContain('  api-to-production: has expired\n')
  })

  test('prints the subject, lifetime and claims of the token', async () => {
    const more = ['--claims', claimsFile, '--lifetime', '60', '--json']
    const { stdout } = await runCli([...asked, ...more])
    expect(JSON.parse(stdout).decision).toMatchObject({
      kind: 'granted',
      subject: 'github:8123456:production',
      claims: { repository: 'acme/api', commit: claims.sha },
      scopes: ['deploy:read', 'deploy:production'],
      lifetimeSeconds: 60,
    })
  })

  test('names the template, the claim and the length if a template does not render', async () => {
    const long = write('long.json', JSON.stringify({ ...claims, repository: 'r'.repeat(300) }))
    const { stdout, exitCode } = await runCli([...asked, '--claims', long])
    expect(stdout.split('\n')[0]).toBe(
      'denied: the template of claims.repository does not render: the result has 300 bytes, and 255 are allowed; use {repository|sha256}',
    )
    expect(exitCode).toBe(1)
  })

  test('shows an unknown subject if neither the claims nor a template give one', async () => {
    const plain = write(
      'plain.yaml',
      readFileSync(join(root, trust), 'utf8').replaceAll(/^ {6}(?:subject|claims):.*\n/gm, ''),
    )
    const { sub: _, ...rest } = claims
    const path = write('no-sub.json', JSON.stringify(rest))
    const args = ['explain', '--trust', plain, '--issuer', 'github', '--at', '2026-12-01T00:00:00Z']
    const { stdout } = await runCli([...args, '--claims', path])
    expect(stdout).toContain('\n  subject: unknown, because the claims have no sub\n')
  })

  test('uses the given connection data', async () => {
    const text = readFileSync(join(root, trust), 'utf8')
    const condition = 'condition: request.country == "DE" && request.asn == 3320\n    grant:'
    const path = write('country.yaml', text.replaceAll('grant:', condition))
    const args = ['explain', '--trust', path, '--issuer', 'github', '--claims', claimsFile]
    const at = ['--at', '2026-12-01T00:00:00Z']
    const here = ['--country', 'DE', '--asn', '3320', '--ip', '192.0.2.1', '--tls', 'TLSv1.3']
    expect((await runCli([...args, ...at, ...here])).exitCode).toBe(0)
    expect((await runCli([...args, ...at])).exitCode).toBe(1)
    expect((await runCli([...args, ...at, '--asn', 'AS1'])).stderr).toContain(
      '--asn must be a number',
    )
  })

  test.each([
    ['--country', 'germany', '--country must be a code such as DE'],
    ['--country', 'de', '--country must be a code such as DE'],
    ['--ip', '192.0.2', '--ip must be an IP address'],
    ['--ip', '192.0.2.0/24', '--ip must be an IP address'],
    ['--tls', '1.3', '--tls must be a version such as TLSv1.3'],
  ])('refuses %s %s, which no connection has', async (flag, value, sentence) => {
    const args = ['explain', '--trust', trust, '--issuer', 'github', '--claims', claimsFile]
    const { stdout, stderr, exitCode } = await runCli([...args, flag, value])
    expect([stdout, exitCode, stderr.split('\n')[0]]).toEqual(['', 2, `edgemint: ${sentence}`])
  })

  test.each([
    [
      'nested objects',
      'is nested more than 16 levels deep',
      `${'{"a":'.repeat(150)}1${'}'.repeat(150)}`,
    ],
    [
      'members',
      'has more than 384 members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 385 }, (_, i) => [`m${i}`, 1]))),
    ],
    ['names', 'has a member name of more than 256 characters', `{"${'x'.repeat(257)}":1}`],
  ])(
    'TOK-14 names the limit for claims with too many or too long %s',
    async (name, limit, text) => {
      const path = write(`${name.replaceAll(' ', '-')}-limit.json`, text)
      const { stderr, exitCode } = await runCli([...asked, '--claims', path])
      expect(stderr).toContain(`${path} ${limit}: a gateway refuses such a token`)
      expect(exitCode).toBe(2)
    },
  )

  test.each([
    ['a list of claims', '[]', 'is not a JSON object of claims'],
    ['a duplicate claim', '{"sub":"a","sub":"b"}', 'is not a JSON object of claims'],
    ['text that is not JSON', 'SECRET', 'is not a JSON object of claims'],
  ])('refuses %s without quoting it', async (name, text, sentence) => {
    const path = write(`${name.replaceAll(' ', '-')}.json`, text)
    const { stderr, exitCode } = await runCli([...asked, '--claims', path])
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('SECRET')
    expect(exitCode).toBe(2)
  })
})

describe('suggest', () => {
  const SUGGEST = ['suggest', '--issuer', 'github', '--claims', claimsFile]

  test('names a resource with a path if no document names one', async () => {
    const { stdout } = await runCli([...SUGGEST, '--json'])
    const { rule } = JSON.parse(stdout) as { rule: { grant: { resource: string } } }
    expect(rule.grant.resource).toBe('https://api.example.com/v1')
  })

  test('writes a rule that compiles and has no lint findings', async () => {
    const { stdout, exitCode } = await runCli([
      'suggest',
      '--issuer',
      'github',
      '--trust',
      trust,
      '--claims',
      claimsFile,
      '--owner',
      'api@example.com',
    ])
    expect(exitCode).toBe(0)
    const { rules } = parse(stdout)
    expect(rules[0].when).toMatchObject({ repository_id: '8123456', environment: 'production' })
    const document = parse(readFileSync(join(root, trust), 'utf8'))
    const path = write('suggested.json', JSON.stringify({ ...document, rules }))
    expect((await runCli(['lint', path])).exitCode).toBe(0)
    expect(stdout).toMatch(/^# Subject: github:8123456:production$/m)
    expect(stdout).toMatch(/^# {3}repository: is a name that can pass to another owner/m)
  })

  test('finds the platform by the claim iss, and prints JSON', async () => {
    const flags = ['--issuer', 'ci', '--token-file', token, '--expires', '2027-01-31', '--json']
    const { stdout } = await runCli(['suggest', ...flags])
    expect(JSON.parse(stdout)).toMatchObject({ rule: { from: 'ci', expires: '2027-01-31' } })
  })

  test('finds the platform by the issuer URL of another region', async () => {
    const claims = {
      iss: 'https://app.eu.terraform.io',
      sub: 'organization:acme:project:p:workspace:w:run_phase:apply',
      terraform_organization_id: 'org-1',
      terraform_workspace_id: 'ws-1',
    }
    const path = write('eu.json', JSON.stringify(claims))
    const { stdout } = await runCli(['suggest', '--issuer', 'eu', '--claims', path, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      rule: { when: { terraform_organization_id: 'org-1', terraform_workspace_id: 'ws-1' } },
    })
  })

  test('refuses claims that identify no workload', async () => {
    const path = write('nobody.json', '{"ref":"refs/heads/main"}')
    const { stderr, exitCode } = await runCli([
      'suggest',
      '--issuer',
      'x',
      '--provider',
      'github-actions',
      '--claims',
      path,
    ])
    expect(stderr).toMatch(/^edgemint: the claims identify no workload/)
    expect(exitCode).toBe(1)
  })

  test.each([
    ['--resource', 'x', '--resource must be one absolute URI'],
    ['--scope', 'a"b', '--scope must be scopes separated by spaces'],
    ['--scope', 'a\tb', '--scope must be scopes separated by spaces'],
    ['--expires', 'tomorrow', '--expires must be a date such as 2027-03-31 or a UTC time'],
    ['--expires', '2027-02-30', '--expires must be a date such as 2027-03-31 or a UTC time'],
    ['--expires', '2020-01-31', '--expires is in the past: 2020-01-31'],
  ])('writes no rule with %s %j, which a gateway refuses', async (flag, value, sentence) => {
    const { stdout, stderr, exitCode } = await runCli([...SUGGEST, flag, value])
    expect([stdout, exitCode]).toEqual(['', 2])
    expect(stderr).toContain(`edgemint: ${sentence}`)
  })

  test('requires --provider if the platform is not clear', async () => {
    const path = write('unknown.json', '{"iss":"https://issuer.example.com","sub":"x"}')
    const { stderr, exitCode } = await runCli(['suggest', '--issuer', 'x', '--claims', path])
    expect([stderr.split('\n')[0], exitCode]).toEqual([
      'edgemint: the platform is not clear from the claims: add --provider',
      2,
    ])
  })
})

describe('providers', () => {
  test('lists every profile, and marks partial ones', async () => {
    const { stdout } = await runCli(['providers'])
    const ids = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0])
    expect(ids).toEqual(listProviders())
    expect(stdout).toMatch(/\(partial\)$/m)
  })

  test('shows how to request a token from one platform, what to pin, and the traps', async () => {
    const { stdout } = await runCli(['providers', 'github-actions'])
    expect(stdout).toMatch(/^Request a token\n[\s\S]*ACTIONS_ID_TOKEN_REQUEST_URL/m)
    expect(stdout).toMatch(/^ {2}repository_id +string, safe, recorded\. /m)
    expect(stdout).toMatch(/^ {2}ref +string, never as the only condition, recorded\. /m)
    expect(stdout).toMatch(/^ {2}actor +string, never as the only condition\. /m)
    expect(stdout).toMatch(/^Contact for changes to the claims\n {2}https:\S+$/m)
    expect(stdout).toMatch(/^Traps\n {2}\S/m)
  })

  test('shows which facts about keys and tokens are confirmed, and their sources', async () => {
    const { stdout } = await runCli(['providers', 'entra-id'])
    expect(stdout).toMatch(
      /^ {2}keyHosts +the host of the issuer, login\.microsoftonline\.com, .*; confirmed: \S/m,
    )
    expect(stdout).toMatch(/^ {2}lifetime +at most 86700 seconds; confirmed: \S/m)
    const buddy = await runCli(['providers', 'buddy'])
    expect(buddy.stdout).toMatch(/^ {2}algorithms +RS256; not confirmed$/m)
    const { stdout: json } = await runCli(['providers', 'vault-identity', '--json'])
    expect(JSON.parse(json)).toMatchObject({
      algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
      confirmed: { algorithms: 'hashicorp/vault: vault/identity_store_oidc.go' },
      unconfirmed: ['typ'],
    })
  })

  test.each(listProviders())('prints %s as JSON', async (id) => {
    const { stdout, exitCode } = await runCli(['providers', id, '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ id })
  })

  test('refuses an unknown provider', async () => {
    const { stderr, exitCode } = await runCli(['providers', 'github'])
    expect([stderr.split('\n')[0], exitCode]).toEqual([
      'edgemint: no provider is called "github"',
      2,
    ])
  })
})
