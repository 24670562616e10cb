import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import { CEILINGS, type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { CLAIMS, decide, outcomeOf } from '../policy/support/decide.ts'
import { renderText } from '../support/render.ts'

let world: CoreWorld
beforeAll(async () => {
  world = await startCoreWorld()
})

const root = join(import.meta.dirname, '../../..')

function problemsOf(issuers: Readonly<Record<string, unknown>>): readonly string[] {
  const result = compileTrust({ version: 1, issuers, resources: {}, rules: [] }, CEILINGS)
  return 'problems' in result ? result.problems.map(({ code }) => code) : []
}

describe('an issuer of another identity', () => {
  it.each([
    'https://*.example.com',
    'https://(a|b).example.com',
    'http://evil.test/?issuer=https://token.actions.githubusercontent.com',
    'https://evil.test/?x=https://issuer.example.com',
    'https://issuer.example.com#https://evil.test',
    'https://user@issuer.example.com',
  ])('NET-02 cannot be the pattern %s', (issuer) => {
    expect(problemsOf({ ci: { provider: 'generic-oidc', issuer } })).toEqual(['issuer_invalid'])
  })

  it.each(['common', 'organizations', '{tenantid}', 'consumers'])(
    'ISS-04 cannot be the multi-tenant endpoint %s',
    (tenant) => {
      const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`
      expect(problemsOf({ ci: { provider: 'entra-id', issuer } })).toEqual(['issuer_invalid'])
    },
  )

  it.each(['https://sts.example.com', 'http://127.0.0.1:8787'])(
    'ISS-01 cannot be the gateway itself (%s), whose tokens could then renew themselves',
    (gatewayIssuer) => {
      const result = compileTrust(
        {
          version: 1,
          issuers: { sts: { provider: 'generic-oidc', issuer: gatewayIssuer } },
          resources: {},
          rules: [],
        },
        { ...CEILINGS, gatewayIssuer },
      )
      expect('problems' in result && result.problems.map(({ code }) => code)).toEqual([
        'issuer_invalid',
      ])
    },
  )

  it('NET-11 cannot have the URL of another issuer', () => {
    const issuer = 'https://issuer.example.com'
    const entry = { provider: 'generic-oidc', issuer }
    expect(problemsOf({ one: entry, two: entry })).toEqual(['issuer_repeated'])
  })

  it('ISS-02 cannot use the rules of the first issuer with the same claims', async () => {
    const own = await world.exchange(await world.mint())
    expect(own.status).toBe(200)
    const foreign = await world.issuer.mint(
      { provider: 'github-actions', audience: 'https://sts.example.com' },
      'somebody-else',
    )
    const { status } = await world.exchange(foreign)
    expect([status, world.recorded.at(-1)?.reason]).toEqual([400, 'issuer_not_trusted'])
    // The default subject contains the name of the issuer.
    const token = 'access_token' in own.body ? own.body.access_token : ''
    expect(decodeJwt(token).sub).toMatch(/^github:/)
  })
})

describe('misleading claims', () => {
  it('CLM-14 are absent if they are only referenced, and references are not followed', () => {
    const claims = {
      ...CLAIMS,
      repository_id: undefined,
      _claim_names: { repository_id: 'src1' },
      _claim_sources: { src1: { endpoint: 'http://127.0.0.1:1/claims' } },
    }
    const rule = {
      name: 'r',
      owner: 'x',
      expires: '2099-12-31',
      from: 'github',
      when: { repository_id: '8123456' },
      grant: { resource: 'https://api.example.com', scopes: ['read'] },
    }
    expect(outcomeOf(decide([rule], CLAIMS))).toBe('r')
    expect(outcomeOf(decide([rule], JSON.parse(JSON.stringify(claims))))).toBe('no_rule_matched')
  })

  it('CLM-08 of another client of the same issuer do not match a rule that pins the client', () => {
    const rule = {
      name: 'r',
      owner: 'x',
      expires: '2099-12-31',
      from: 'github',
      when: { sub: 'workload', azp: 'client-1' },
      grant: { resource: 'https://api.example.com', scopes: ['read'] },
    }
    const asked = (azp: unknown) =>
      outcomeOf(decide([rule], { sub: 'workload', azp }, {}, 'generic-oidc'))
    expect(asked('client-1')).toBe('r')
    for (const azp of ['client-2', ['client-1'], null, 'client-1 ']) {
      expect(asked(azp)).toBe('no_rule_matched')
    }
  })

  it('CLM-15 of an access token for another API are refused', async () => {
    const token = await world.issuer.mint(
      {
        provider: 'github-actions',
        audience: 'https://graph.example.com',
        header: { typ: 'at+jwt' },
      },
      'github',
    )
    expect((await world.exchange(token)).status).toBe(400)
    const forUs = await world.issuer.mint(
      {
        provider: 'github-actions',
        audience: 'https://sts.example.com',
        header: { typ: 'at+jwt' },
      },
      'github',
    )
    const { status } = await world.exchange(forUs)
    expect([status, world.recorded.at(-1)?.reason]).toEqual([400, 'token_kind_not_accepted'])
  })

  it.each(['{sub}', '{admin}', `\u0024{7*7}`, '{{sub}}', '{sub|sha256}', '%7Bsub%7D'])(
    'MAP-04 with the value %s stay text in a template',
    (value) => {
      const rendered = renderText('job:{a}', { a: value, sub: 'SECRET' }, { target: 'claim' })
      expect(rendered).toBe(`job:${value.replaceAll('%', '%25')}`)
    },
  )
})

describe('the source code and the deployment', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join(root, 'src', path), 'utf8')] as const)

  it('WRK-01 keep two variables between requests, which contain no request', () => {
    const variables = sources
      .filter(([path]) => /^(?:core|worker|protocol)\//.test(path))
      .flatMap(([path, text]) =>
        [...text.matchAll(/^(?:export )?(?:let|var) (\w+)/gm)].map(
          ([, name]) => `${path}: ${name}`,
        ),
      )
    expect(variables).toEqual(['worker/compose.ts: ownHosts', 'worker/compose.ts: composed'])
  })

  it('WRK-07 read the clock where requests arrive, and never in the core', () => {
    const readers = sources
      .filter(
        ([path, text]) =>
          path.startsWith('core/') && /Date\.now|new Date\(\)|performance\.now/.test(text),
      )
      .map(([path]) => path)
    expect(readers).toEqual([])
  })

  it('NET-15 ADM-16 WRK-04 NET-12 have one entry point and fetch nothing through a cache', () => {
    const settings = readFileSync(join(root, 'wrangler.toml'), 'utf8')
    for (const line of [
      'workers_dev = false',
      'preview_urls = false',
      '"global_fetch_strictly_public"',
    ]) {
      expect(settings).toContain(line)
    }
    // Fail open is a setting of a route. The file has no route, and the docs tell operators what to
    // choose.
    expect(settings).not.toMatch(/^\s*(\[\[routes\]\]|routes?\s*=)/m)
    for (const page of ['docs/production-cloudflare.md', 'docs/edge-gateway.md']) {
      expect(readFileSync(join(root, page), 'utf8')).toContain('*fail closed*')
    }
    const fetching = sources.filter(
      ([path, text]) => path.startsWith('worker/') && /\bfetch\(/.test(text),
    )
    for (const [path, text] of fetching) {
      if (/await fetch\(/.test(text))
        expect([path, text.includes("cache: 'no-store'")]).toEqual([path, true])
    }
    // The layer of the data centre uses a private host name, and seals its entries or checks their
    // digest (WRK-11).
    expect(
      sources.filter(([, text]) => /\bcaches\.(?:default|open)\b/.test(text)).map(([path]) => path),
    ).toEqual(['worker/trust-layers/layer/data-centre.ts'])
  })

  it('EXC-14 tell callers the deployed rate limits', () => {
    const settings = readFileSync(join(root, 'wrangler.toml'), 'utf8')
    for (const which of ['ADDRESS', 'SUBJECT']) {
      const said = new RegExp(`RATE_LIMIT_${which}_POLICY = "(\\d+)/(\\d+)"`).exec(settings)
      const set = new RegExp(
        `name = "RATE_LIMIT_${which}"\\n.*\\nsimple = \\{ limit = (\\d+), period = (\\d+) \\}`,
      ).exec(settings)
      expect(said?.slice(1)).toEqual(set?.slice(1))
      expect(said).not.toBeNull()
    }
  })

  it('WRK-08 use versions without open advisories', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Readonly<Record<string, string>>
    }
    const [major = 0, minor = 0, patch = 0] = (dependencies.hono ?? '').split('.').map(Number)
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(4_012_021)
    const date = /compatibility_date = "(.*)"/.exec(
      readFileSync(join(root, 'wrangler.toml'), 'utf8'),
    )?.[1]
    expect(date && date >= '2026-01-01').toBe(true)
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d/)
  })
})
