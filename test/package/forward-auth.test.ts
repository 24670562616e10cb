/**
 * Checks the configurations of examples/forward-auth without the proxies: the documentation shows
 * them unchanged, they parse, and they contain the lines that protect the API. `npm run
 * check:proxies` runs the proxies.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { configure, PROXIES } from '../../scripts/extra/proxies.ts'
import { parseForwardQuestion } from '../../src/core/endpoint/forward/forward-question.ts'
import { FORWARD_REFUSALS } from '../../src/core/endpoint/forward/render-forward.ts'
import { MAX_ISSUED_TOKEN_CHARACTERS } from '../../src/core/limits.ts'
import { IDENTITY_HEADERS } from '../../src/protocol/forward-auth.ts'
import { root } from './support/project.ts'

const folder = join(root, 'examples/forward-auth')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const docs = readFileSync(join(root, 'docs/forward-auth.md'), 'utf8')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.conf$|\.yaml$|Caddyfile$/.test(name),
)
const identity = Object.values(IDENTITY_HEADERS)

describe('the documentation', () => {
  it.each(files)('shows the exact text of %s', (name) => {
    expect(docs).toMatch(/```\w+\n/)
    expect(docs).toContain(`\n${read(name)}\`\`\`\n`)
  })

  it('names every reason of a refusal and every identity header', () => {
    for (const reason of Object.keys(FORWARD_REFUSALS)) expect(docs).toContain(`\`${reason}\``)
    for (const name of identity) expect(docs.toLowerCase()).toContain(`\`${name}\``)
  })
})

test.each(['nginx.conf', 'Caddyfile', 'traefik/dynamic.yaml', 'envoy.yaml'])(
  '%s sends a query that the gateway accepts',
  (name) => {
    const queries = [...read(name).matchAll(/\/verify\?([^\s;'"]+)/g)].map(([, query]) => query)
    expect(queries).toHaveLength(1)
    const request = { path: '/verify', query: queries[0] ?? '', header: () => undefined }
    expect(parseForwardQuestion(request)).toEqual({
      resource: 'https://api.example.com',
      scopes: ['deploy:read'],
      proof: { source: expect.stringMatching(/^(forwarded|original)$/) },
    })
  },
)

test.each(PROXIES.map((proxy) => [proxy.name, proxy] as const))(
  'check:proxies replaces every address of %s',
  (_, proxy) => {
    const pair = (name: string) => ({ cert: `/t/${name}.crt`, key: `/t/${name}.key` })
    const certificates = {
      authority: '/t/ca.crt',
      gateway: pair('gateway'),
      api: pair('api'),
      stranger: pair('stranger'),
      neighbour: pair('neighbour'),
    }
    const ports = { port: 7001, gatewayPort: 7002, originPort: 7003 }
    const places = { scratch: '/t', certificates, ...ports }
    const texts = proxy.files.map((file) => configure(proxy, file, proxy.replace(places, '/t/x')))
    const text = texts.join('\n').replaceAll(/^\s*#.*$/gm, '')
    expect(text).toContain('7001')
    expect(text).toContain('7002')
    expect(text).not.toMatch(/\b(?:443|8080)\b|\/etc\/|\/var\//)
  },
)

/** Directives of nginx as lists of words. The directives of a block are below its words. */
type Directive = { readonly words: readonly string[]; readonly block: readonly Directive[] }

function parseNginx(text: string): readonly Directive[] {
  const tokens = text.replaceAll(/^\s*#.*$/gm, '').match(/"(?:[^"\\]|\\.)*"|[{};]|[^\s{};]+/g) ?? []
  let at = 0
  function block(): Directive[] {
    const found: Directive[] = []
    let words: string[] = []
    while (at < tokens.length) {
      const token = tokens[at] ?? ''
      at += 1
      if (token === '}') break
      if (token === ';' || token === '{') {
        found.push({ words, block: token === '{' ? block() : [] })
        words = []
      } else words.push(token)
    }
    expect(words).toEqual([])
    return found
  }
  const tree = block()
  expect(at).toBe(tokens.length)
  return tree
}

function find(tree: readonly Directive[], ...words: readonly string[]): readonly Directive[] {
  const found = tree.find((one) => words.every((word, index) => one.words[index] === word))
  if (found === undefined) throw new Error(`no ${words.join(' ')}`)
  return found.block
}

const linesOf = (tree: readonly Directive[]) => tree.map(({ words }) => words.join(' '))

describe('nginx.conf', () => {
  const server = find(find(parseNginx(read('nginx.conf')), 'http'), 'server')

  it('accepts a header with a token of the longest length, which is more than the default', () => {
    const { words } = server.find(({ words }) => words[0] === 'large_client_header_buffers') ?? {}
    expect(Number.parseInt(words?.[2] ?? '', 10) * 1024).toBeGreaterThan(
      MAX_ISSUED_TOKEN_CHARACTERS + 'Authorization: Bearer '.length,
    )
  })

  const location = linesOf(find(server, 'location', '/'))
  const question = linesOf(find(server, 'location', '='))

  it('sets each identity header from the response of the gateway and removes the token', () => {
    for (const name of identity) {
      const variable = `$${name.slice(2).replaceAll('-', '_')}`
      const upstream = `$upstream_http_${name.replaceAll('-', '_')}`
      expect(location).toContain(`auth_request_set ${variable} ${upstream}`)
      const sets = location.filter((line) =>
        line.toLowerCase().startsWith(`proxy_set_header ${name}`),
      )
      expect(sets.map((line) => line.split(' ')[2])).toEqual([variable])
    }
    expect(location).toContain('auth_request /edgemint-verify')
    expect(location).toContain('proxy_set_header Authorization ""')
    expect(location).toContain('proxy_set_header DPoP ""')
  })

  it('allows only upgrades to WebSocket', () => {
    const http = find(parseNginx(read('nginx.conf')), 'http')
    expect(location).toContain('proxy_set_header Upgrade $edgemint_upgrade')
    expect(linesOf(find(http, 'map', '$http_upgrade', '$edgemint_upgrade'))).toEqual([
      'default ""',
      '~*^websocket$ websocket',
    ])
  })

  it('calls the gateway over verified TLS and forwards only the token and proof of the client', () => {
    expect(question).toEqual(
      expect.arrayContaining([
        'internal',
        'proxy_pass_request_headers off',
        'proxy_pass_request_body off',
        'proxy_set_header Content-Length ""',
        'proxy_set_header Authorization $http_authorization',
        'proxy_set_header DPoP $http_dpop',
        'proxy_set_header X-Original-Method $request_method',
        'proxy_set_header X-Original-URI $request_uri',
        'proxy_ssl_verify on',
        'proxy_ssl_server_name on',
        'proxy_ssl_name sts.example.com',
      ]),
    )
  })

  it('caches a response as its headers allow, without a token in the cache key', () => {
    expect(question).toContain('proxy_cache edgemint')
    const text = read('nginx.conf')
    expect(text).not.toMatch(/proxy_cache_valid|proxy_ignore_headers|proxy_cache_use_stale/)
    const key = question.find((line) => line.startsWith('proxy_cache_key')) ?? ''
    expect(key).toBe('proxy_cache_key "https://api.example.com deploy:read $edgemint_signature"')
  })
})

describe('Caddyfile', () => {
  const lines = read('Caddyfile')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

  it('closes every block', () => {
    const opened = lines.filter((line) => line.endsWith('{')).length
    expect(lines.filter((line) => line === '}')).toHaveLength(opened)
  })

  it('removes identity headers, calls the gateway, removes the token and forwards, in this order', () => {
    const order = [
      'route {',
      'request_header -*edgemint*',
      'forward_auth https://sts.example.com {',
    ]
    order.push(
      'request_header -Authorization',
      'request_header -DPoP',
      'reverse_proxy 127.0.0.1:8080',
    )
    const places = order.map((line) => lines.indexOf(line))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(lines).toContain('header_up Host sts.example.com')
  })

  it('lets no client name headers in Connection that Caddy would remove', () => {
    const settled = [
      'request_header @websocket Connection Upgrade',
      'request_header @other -Connection',
    ]
    const asked = lines.indexOf('forward_auth https://sts.example.com {')
    const places = settled.map((line) => lines.indexOf(line))
    expect(places.every((place) => place !== -1 && place < asked)).toBe(true)
  })

  it('copies every identity header', () => {
    const copied = lines.find((line) => line.startsWith('copy_headers')) ?? ''
    expect(copied.toLowerCase().split(' ').slice(1).toSorted()).toEqual(identity.toSorted())
  })
})

describe('traefik', () => {
  const { http } = parse(read('traefik/dynamic.yaml')) as {
    http: {
      routers: { api: { middlewares: readonly string[] } }
      middlewares: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>
    }
  }
  const forwardAuth = http.middlewares.edgemint?.forwardAuth ?? {}

  it('calls the gateway first and then removes the token', () => {
    expect(http.routers.api.middlewares).toEqual(['edgemint', 'without-token'])
    expect(http.middlewares['without-token']).toEqual({
      headers: { customRequestHeaders: { Authorization: '', DPoP: '' } },
    })
    expect(parse(read('traefik/traefik.yaml'))).toHaveProperty('providers.file.filename')
  })

  it('sends only Authorization and the proof, and removes every spelling of the identity headers', () => {
    expect(forwardAuth.authRequestHeaders).toEqual(['Authorization', 'DPoP'])
    const [flag, ...rest] = String(forwardAuth.authResponseHeadersRegex).split(')')
    expect(flag).toBe('(?i')
    const pattern = new RegExp(rest.join(')'), 'i')
    for (const name of [...identity, 'X_Edgemint_Subject', 'X-EDGEMINT_SCOPE']) {
      expect(name).toMatch(pattern)
    }
    expect('X-Other').not.toMatch(pattern)
    for (const name of ['trustForwardHeader', 'forwardBody', 'addAuthCookiesToResponse']) {
      expect(forwardAuth).not.toHaveProperty(name)
    }
  })
})

const overwrite = (key: string, value: string) => ({
  append: { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
})

describe('envoy.yaml', () => {
  const config: unknown = parse(read('envoy.yaml'))
  /** Returns all values with this name, at any depth. */
  function collect(value: unknown, name: string): unknown[] {
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, inner]) => [
      ...(key === name ? [inner] : []),
      ...collect(inner, name),
    ])
  }

  it('fails closed', () => {
    expect(collect(config, 'failure_mode_allow')).toEqual([false])
    expect(collect(config, 'status_on_error')).toEqual([{ code: 'ServiceUnavailable' }])
    expect(collect(config, 'timeout')).toEqual(['5s', '5s'])
  })

  it('removes identity headers of the client, and the token before the API', () => {
    expect(collect(config, 'mutations')).toEqual([
      [
        { remove_on_match: { key_matcher: { prefix: 'x-edgemint-', ignore_case: true } } },
        { remove: 'x-original-url' },
        overwrite('x-original-method', '%REQ(:METHOD)%'),
        overwrite('x-original-uri', '%REQ(:PATH)%'),
      ],
    ])
    expect(collect(config, 'headers_with_underscores_action')).toEqual(['REJECT_REQUEST'])
    expect(collect(config, 'request_headers_to_remove')).toEqual([
      ['authorization', 'dpop', 'x-original-method', 'x-original-uri'],
    ])
    expect(collect(config, 'allowed_upstream_headers')).toEqual([
      { patterns: [{ prefix: 'x-edgemint-' }] },
    ])
  })

  it('calls the gateway over TLS and checks the name of its certificate', () => {
    expect(collect(config, 'sni')).toEqual(['sts.example.com'])
    expect(collect(config, 'host_rewrite_literal')).toEqual(['sts.example.com'])
    expect(collect(config, 'match_typed_subject_alt_names')).toEqual([
      [{ san_type: 'DNS', matcher: { exact: 'sts.example.com' } }],
    ])
    expect(collect(config, 'trusted_ca')).toHaveLength(1)
  })
})
