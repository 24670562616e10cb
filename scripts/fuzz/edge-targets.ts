/**
 * Fuzz targets in front of an API: the path that a route table matches, and the query of a proxy.
 * Both decide what a request needs, so an ambiguous input could bypass the check.
 */
import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { parseForwardQuestion } from '../../src/core/endpoint/forward/forward-question.ts'
import { parseCanonicalPath } from '../../src/gateway/canonical-path.ts'
import { REQUIRE_RESOURCE, REQUIRE_SCOPE } from '../../src/protocol/forward-auth.ts'
import { PATHS } from '../../src/protocol/paths.ts'
import type { Target } from './target.ts'

const asText = (input: Uint8Array) => Buffer.from(input).toString('utf8')

const PATH: Target = {
  name: 'path',
  seeds: ['deployments/42?page=2', 'caf%C3%A9/%E2%82%AC/', 'a%20b/~x-y_z.json', ''],
  dictionary: [
    '/',
    '//',
    '%2f',
    '%2e',
    '..',
    '/./',
    '\\',
    ';',
    '%25',
    '%00',
    '?',
    '#',
    '\uff0f',
    '%EF%BC%8E',
    '@',
    ':',
  ],
  run(input) {
    const sent = `/${asText(input)}`
    const path = parseCanonicalPath(`https://edge.example.com${sent}`)
    if (path === undefined) return 'refused'
    const { text, search, segments } = path
    assert(sent.split(/[?#]/)[0] === text, 'the matched path differs from the forwarded path')
    const second = new URL(`https://origin.example.com${text}${search}`)
    assert(
      second.host === 'origin.example.com' && second.pathname === text,
      'a second parser reads the URL differently',
    )
    const decoded = decodeURIComponent(text)
    assert.deepEqual(
      decoded.split('/').slice(1),
      segments,
      'a second parser reads the segments differently',
    )
    const lax = decoded.normalize('NFKC')
    assert(
      posix.normalize(lax) === lax && !lax.includes('\\'),
      'a lax origin resolves another path',
    )
    assert(!/%[\da-f]{2}/i.test(lax), 'a second decoding changes the path')
    return `accepted ${segments.length > 1} ${search !== ''} ${segments.at(-1) === ''} ${lax === decoded}`
  },
}

/** Path, query and the two headers, separated by NUL. A missing part was not sent. */
const QUESTION: Target = {
  name: 'question',
  seeds: [
    `${PATHS.verify}\0resource=https%3A%2F%2Fapi.example.com&scope=deploy%3Aread+deploy%3Awrite`,
    `${PATHS.verify}/deployments\0page=2\0https://api.example.com\0deploy:read`,
    `${PATHS.verify}\0resource=urn:x:y\0https://api.example.com`,
  ],
  dictionary: ['\0', '&', '=', '+', '%', '%20', 'scope=', '&resource=', 'scopes=x', ' ', '"', '/'],
  run(input) {
    const [path = '', query = '', resource, scope] = asText(input).split('\0')
    const headers: Readonly<Record<string, string | undefined>> = {
      [REQUIRE_RESOURCE]: resource,
      [REQUIRE_SCOPE]: scope,
    }
    const question = parseForwardQuestion({ path, query, header: (name) => headers[name] })
    if (question === undefined) return 'refused'
    const isQuery = path === PATHS.verify
    assert(
      !isQuery || (resource === undefined && scope === undefined),
      'the query and the headers both name a requirement',
    )
    // A leading `&` keeps a question mark that `URLSearchParams` would drop.
    const fields = new URLSearchParams(`&${query}`)
    const known = [...fields.keys()].every((name) => name === 'resource' || name === 'scope')
    assert(!isQuery || (known && fields.size <= 2), 'an unknown parameter was accepted')
    const asked = isQuery ? fields.get('resource') : resource
    const scopes = (isQuery ? fields.get('scope') : scope)?.split(' ') ?? []
    assert(question.resource === asked, 'the resource differs from the request')
    assert.deepEqual(question.scopes, [...new Set(scopes)], 'a scope was lost or added')
    return `accepted ${isQuery} ${scopes.length > 0} ${scopes.length > 1}`
  },
}

export const EDGE_TARGETS: readonly Target[] = [PATH, QUESTION]
