/**
 * The fuzz targets and their requirements. No input throws. An accepted input means the same to a
 * second parser. A refused input has a reason and a place. Each run returns a description of its
 * behaviour, so that the fuzzer can recognize new behaviour.
 */
import { isDeepStrictEqual } from 'node:util'
import { lint } from '../../src/analysis/lint/lint.ts'
import { parseTrustFile } from '../../src/analysis/source/trust-file.ts'
import { parseForm } from '../../src/core/endpoint/form.ts'
import { parseTokenRequest } from '../../src/core/endpoint/parse.ts'
import { peek } from '../../src/core/evidence/peek.ts'
import { parseStrictObject } from '../../src/core/evidence/strict-json.ts'
import { GRANT_TYPES } from '../../src/core/grants/index.ts'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'
import { compilePattern, matchesPattern } from '../../src/core/policy/language/pattern.ts'
import { EDGE_TARGETS } from './edge-targets.ts'
import type { Target } from './target.ts'

function insist(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence)
}

const asText = (input: Uint8Array) => Buffer.from(input).toString('utf8')

const FORM: Target = {
  name: 'form',
  seeds: [
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=a.b.c&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aid_token&resource=https%3A%2F%2Fapi.example.com&scope=a+b',
    'grant_type=client_credentials&client_assertion=a.b.c&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&audience=x&expires_in=60&rule=r',
  ],
  dictionary: [
    '&',
    '=',
    '%',
    '+',
    '%00',
    '%ff',
    '%C3%A9',
    'scope=',
    '&resource=',
    'actor_token=x',
    ';',
    '%2B',
  ],
  run(input) {
    const text = asText(input)
    const contentType = 'application/x-www-form-urlencoded'
    const form = parseForm({ contentType, text, isTooLarge: false })
    if (!form.ok) return form.error.reason
    // A leading `&` keeps a question mark that `URLSearchParams` would drop.
    const second = new URLSearchParams(`&${text}`)
    for (const [name, values] of form.value) {
      insist(
        isDeepStrictEqual(values, second.getAll(name)),
        'a second parser reads the form differently',
      )
    }
    const request = parseTokenRequest(form.value, GRANT_TYPES, undefined)
    return request.ok ? 'accepted' : request.error.reason
  },
}

const encode = (text: string) => Buffer.from(text).toString('base64url')
const jwt = (header: string, payload: string) => `${encode(header)}.${encode(payload)}.c2lnbmF0dXJl`

const TOKEN: Target = {
  name: 'token',
  seeds: [
    jwt(
      '{"alg":"RS256","kid":"k1","typ":"JWT"}',
      '{"iss":"https://issuer.example.com","sub":"x","exp":1}',
    ),
    jwt('{"alg":"ES256","x5t":"a"}', '{"iss":"a","aud":["b"],"nested":{"a":[1,2,{"b":null}]}}'),
  ],
  dictionary: [
    '.',
    '=',
    '-',
    '_',
    encode('{"alg":"none"}'),
    encode('{"iss":"a","iss":"b"}'),
    encode('{}'),
    'A',
    ' ',
  ],
  run(input) {
    const raw = asText(input)
    const token = peek(raw)
    if (!token.ok) return token.error.reason
    const parts = raw.split('.')
    insist(parts.length === 3, 'an accepted token does not have three parts')
    for (const part of parts) {
      insist(
        Buffer.from(part, 'base64url').toString('base64url') === part,
        'a part has more than one base64url spelling',
      )
    }
    const header = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString()) as {
      alg: unknown
    }
    insist(header.alg === token.value.alg, 'the algorithm differs from the header')
    return `accepted ${token.value.kid === undefined} ${token.value.type === null}`
  },
}

const JSON_OBJECT: Target = {
  name: 'json',
  seeds: [
    '{"a":1,"b":"\\u0061","c":[true,null,{"d":-1.5e3}]}',
    '{"kubernetes.io":{"pod":{"name":"x"}}}',
  ],
  dictionary: [
    '"a":',
    '\\u0061',
    '\\ud800',
    '1e999',
    '"__proto__":{}',
    '[',
    ']',
    '{',
    '}',
    ',',
    '\ufeff',
    '\0',
    '9007199254740993',
  ],
  run(input) {
    const value = parseStrictObject(input)
    if (value === undefined) return 'refused'
    const second: unknown = JSON.parse(asText(input))
    insist(isDeepStrictEqual({ ...value }, second), 'a second parser reads the JSON differently')
    return `accepted ${Object.keys(value).length}`
  },
}

const CEILINGS = {
  gatewayIssuer: 'https://sts.example.com',
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  localIssuers: true,
}

const TRUST: Target = {
  name: 'trust',
  seeds: [
    `version: 1
issuers:
  github: { provider: github-actions }
resources:
  https://api.example.com: { scopes: [read, write], max_lifetime: 15m }
rules:
  - name: deploy
    owner: a@example.com
    expires: 2027-03-31
    from: github
    when: { repository_id: "1", ref: { glob: "refs/heads/**" }, event_name: { not: [x] } }
    condition: claims.ref.startsWith("refs/")
    accept: [{ lint: LINT-09, reason: x }]
    grant: { resource: https://api.example.com, scopes: [read], subject: "g:{repository_id}" }
`,
    '{"version":1,"issuers":{},"resources":{},"rules":[]}',
  ],
  dictionary: [
    '&a ',
    '*a',
    '<<: ',
    '[',
    '{',
    '- ',
    ': ',
    '\n',
    '  ',
    'glob: ',
    'contains: ',
    'min: 1',
    'effect: deny',
    '__proto__: ',
    'constructor: ',
    '1e999',
    '"\\u202e"',
    '!!js/function ',
    '{sub|sha256}',
    'mode: observe',
  ],
  run(input) {
    const read = parseTrustFile('fuzz.yaml', input)
    if (!read.ok) {
      insist(
        read.error.every(({ line, column }) => line >= 1 && column >= 1),
        'a problem has no place',
      )
      return `malformed ${read.error[0]?.code}`
    }
    insist(
      isDeepStrictEqual(JSON.parse(read.value.json), JSON.parse(JSON.stringify(read.value.value))),
      'a second parser reads the file differently',
    )
    const compiled = compileTrust(read.value.value, CEILINGS)
    if ('problems' in compiled) {
      for (const { path, message } of compiled.problems) {
        insist(
          message !== '' && read.value.locate(path).line >= 1,
          'a problem has no place or no message',
        )
      }
      return `refused ${compiled.problems[0]?.code}`
    }
    const findings = lint(compiled.trust, { at: 1_795_000_000 })
    return `compiled ${new Set(findings.map((finding) => finding.lint)).size}`
  },
}

/** With longer inputs the second parser, a regular expression, would be slow. */
const MAX_GLOB = 24

const GLOB: Target = {
  name: 'glob',
  seeds: [
    'refs/heads/*\0refs/heads/main',
    'repo:acme/**:x\0repo:acme/a/b:x',
    '**a**b\0xaxb',
    '*:*/*\0a:b/c',
  ],
  dictionary: ['*', '**', '/', ':', 'a', '\0', '\n', 'é', '\u{1f600}'],
  run(input) {
    const [source = '', value = ''] = asText(input).split('\0')
    const pattern = compilePattern(source)
    if (pattern === undefined) return 'refused'
    const isMatch = matchesPattern(pattern, value)
    if (source.length <= MAX_GLOB && value.length <= MAX_GLOB) {
      insist(isMatch === toRegExp(source).test(value), 'a regular expression matches differently')
    }
    return `${isMatch} ${source.includes('**')}`
  },
}

function toRegExp(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return new RegExp(
    `^(?:${escaped.replaceAll('\\*\\*', '[\\s\\S]*').replaceAll('\\*', '[^/:]*')})$`,
  )
}

export const TARGETS: readonly Target[] = [FORM, TOKEN, JSON_OBJECT, TRUST, GLOB, ...EDGE_TARGETS]
