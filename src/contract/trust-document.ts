/**
 * The zod schema of the trust document. The schema of `when` is in `condition.ts`. The JSON Schema for
 * editors, the admin API and the compiler all use this schema. It checks the form of a document; the
 * compiler checks its meaning (names, ceilings, tenants).
 */

import * as z from 'zod/mini'
import { SCOPE_TOKEN } from '../protocol/scope.ts'
import { OPTIONAL_TOKEN_KINDS, SIGNING_ALGORITHMS, TOKEN_TYPS } from '../protocol/token.ts'
import { parseMoment } from '../web/moment.ts'
import { grantClaims } from './claim-tree.ts'
import { conditions } from './condition.ts'
import {
  MAX_ACCEPTED_LINTS,
  MAX_ALSO_KNOWN_AS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_EXPRESSION_CHARACTERS,
  MAX_ISSUERS,
  MAX_KEY_HOST_CHARACTERS,
  MAX_KEY_HOSTS,
  MAX_NAME_CHARACTERS,
  MAX_OWNER_CHARACTERS,
  MAX_RESOURCES,
  MAX_SCOPES_PER_RESOURCE,
  MAX_TRUST_DOMAIN_CHARACTERS,
  MAX_URI_CHARACTERS,
} from './limits.ts'
import { boundedText, describe, plainText, refuseControlCharacters, template } from './text.ts'

const name = z
  .string()
  .check(
    z.maxLength(MAX_NAME_CHARACTERS),
    refuseControlCharacters,
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      'must be letters, digits, dots, dashes and underscores, and start with a letter or digit',
    ),
  )

const scope = describe(
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(MAX_NAME_CHARACTERS),
      refuseControlCharacters,
      z.regex(SCOPE_TOKEN, 'must be a scope token of RFC 6749 §3.3'),
    ),
  'A scope of the resource (RFC 6749 §3.3).',
)

const duration = describe(
  z.string().check(z.regex(/^[1-9][0-9]{0,5}[smh]$/, 'must be a duration such as 90s, 10m or 1h')),
  'A duration: a whole number and s, m or h.',
)

const moment = describe(
  z.string().check(
    z.regex(
      /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/,
      // `abort` skips the next check, so that only one message is reported.
      {
        error: 'must be a date such as 2027-03-31 or a UTC time such as 2027-03-31T12:00:00Z',
        abort: true,
      },
    ),
    z.refine((text) => parseMoment(text) !== undefined, 'is not a valid date'),
  ),
  'The last day (UTC) or the exact UTC time at which the rule ends.',
)

const scopes = z.array(scope).check(z.minLength(1), z.maxLength(MAX_SCOPES_PER_RESOURCE))

/** A name that a request can contain. A fragment is not part of a resource (RFC 8693 §2.1). */
const TARGET_NAME = /^[^\s#\p{Cf}]+$/u

/** An optional member with its description. */
const maybe = <Schema extends z.ZodMiniType>(schema: Schema, description: string) =>
  describe(z.optional(schema), description)

const grant = z.strictObject({
  resource: describe(
    z.string().check(z.minLength(1), refuseControlCharacters),
    'One of the resources of this document.',
  ),
  scopes: describe(scopes, 'The scopes of that resource that tokens may have.'),
  lifetime: maybe(duration, 'The lifetime of tokens; 10m by default.'),
  subject: maybe(template, 'Template for `sub`, for instance "github:{repository_id}".'),
  claims: maybe(
    grantClaims,
    'Further claims of the issued token: templates, numbers, true, false, lists and objects.',
  ),
  replay: maybe(
    z.enum(['once', 'once_per_resource', 'reuse']),
    'How often one subject token may be exchanged. The default is once if the platform makes a new token for each request, and reuse otherwise.',
  ),
})

const acceptance = z.strictObject({
  lint: describe(
    z
      .string()
      .check(z.regex(/^(?:LINT-\d{2}|PROBE)$/, 'must be the id of a lint rule such as LINT-09')),
    'The id of the finding, such as LINT-09.',
  ),
  reason: describe(
    plainText(MAX_DESCRIPTION_CHARACTERS),
    'Why the finding is acceptable for this rule; shown with the finding.',
  ),
})

const ruleHead = {
  name: describe(name, 'Unique in the document; the `client_id` of issued tokens.'),
  description: maybe(plainText(MAX_DESCRIPTION_CHARACTERS), 'The purpose of the rule.'),
  from: describe(name, 'The name of the issuer whose tokens this rule applies to.'),
  when: conditions,
  condition: maybe(
    z.string().check(z.minLength(1), z.maxLength(MAX_EXPRESSION_CHARACTERS)),
    'A CEL expression over claims and request, for conditions that `when` cannot express.',
  ),
  mode: maybe(
    z.enum(['enforce', 'observe']),
    'observe: the rule is evaluated and logged, but neither allows nor denies.',
  ),
  accept: maybe(
    z.array(acceptance).check(z.minLength(1), z.maxLength(MAX_ACCEPTED_LINTS)),
    'Findings of lint that the owner accepts for this rule, with reasons.',
  ),
}

const allowRule = z.strictObject({
  ...ruleHead,
  effect: maybe(z.literal('allow'), 'The default: the rule grants access.'),
  owner: describe(plainText(MAX_OWNER_CHARACTERS), 'The person or team responsible for this rule.'),
  expires: moment,
  grant: describe(grant, 'What the rule grants.'),
})

const denyRule = z.strictObject({
  ...ruleHead,
  effect: describe(z.literal('deny'), 'Refuses what other rules would grant.'),
  owner: maybe(plainText(MAX_OWNER_CHARACTERS), 'The person or team responsible for this rule.'),
  expires: z.optional(moment),
})

const uploadedKeys = z.strictObject({
  jwks: describe(
    z.looseObject({
      keys: describe(
        z.array(z.looseObject({ kty: describe(z.string(), 'RSA, EC or OKP (RFC 7517 §4.1).') })),
        'Public signing keys.',
      ),
    }),
    'A JSON Web Key Set (RFC 7517 §5).',
  ),
  expires: maybe(
    moment,
    'When the trust in these keys ends; tokens of the issuer are then refused.',
  ),
})

const issuer = z.strictObject({
  provider: describe(name, 'A provider profile, for instance github-actions.'),
  issuer: maybe(
    boundedText(MAX_URI_CHARACTERS),
    'The exact issuer URL; optional if the provider has a fixed one.',
  ),
  audience: maybe(
    boundedText(MAX_URI_CHARACTERS),
    'The audience that subject tokens must have; by default this gateway.',
  ),
  accepts: maybe(
    z.array(z.enum(OPTIONAL_TOKEN_KINDS)).check(z.minLength(1)),
    'Kinds of tokens to accept in addition: access_token (its JWTs under that subject_token_type), id_jag (draft: ID-JAGs as jwt-bearer assertions).',
  ),
  trust_domain: maybe(
    z
      .string()
      .check(
        z.maxLength(MAX_TRUST_DOMAIN_CHARACTERS),
        z.regex(/^[a-z0-9._-]+$/, 'must be the name of a SPIFFE trust domain, without spiffe://'),
      ),
    'SPIFFE only: the one trust domain that this issuer signs for; its tokens may lack iss.',
  ),
  bundle_endpoint: maybe(
    boundedText(MAX_URI_CHARACTERS),
    'SPIFFE only: the URL of the bundle of the trust domain.',
  ),
  key_hosts: maybe(
    z
      .array(z.string().check(z.minLength(1), z.maxLength(MAX_KEY_HOST_CHARACTERS)))
      .check(z.minLength(1), z.maxLength(MAX_KEY_HOSTS)),
    'Hosts other than the host of the issuer from which its key set may be fetched, with a port if it is not 443.',
  ),
  keys: maybe(uploadedKeys, 'Keys of an issuer that the gateway cannot reach.'),
})

const targetName = z
  .string()
  .check(
    z.maxLength(MAX_URI_CHARACTERS),
    refuseControlCharacters,
    z.regex(TARGET_NAME, 'must be a name without spaces, invisible characters and "#"'),
  )

const resource = z.strictObject({
  scopes: describe(scopes, 'All scopes that rules may grant for it.'),
  audience: maybe(
    targetName,
    'The `aud` of its tokens, if the API requires one that is no absolute URI, such as sigstore.',
  ),
  also_known_as: maybe(
    z.array(targetName).check(z.minLength(1), z.maxLength(MAX_ALSO_KNOWN_AS)),
    'Other names under which clients may request it; they never become `aud`.',
  ),
  subject: maybe(
    z.literal('uri'),
    'uri: the `sub` of its tokens is a URI, and the templates of rules must render to one.',
  ),
  max_lifetime: maybe(duration, 'The longest lifetime of its tokens.'),
  algorithm: maybe(
    z.enum(SIGNING_ALGORITHMS),
    'The signing algorithm of its tokens; by default the one that the gateway prefers.',
  ),
  typ: maybe(
    z.enum(TOKEN_TYPS),
    'The header `typ` of its tokens: at+jwt (RFC 9068), or JWT for libraries that require it.',
  ),
  proof_of_possession: maybe(
    z.enum(['required', 'optional', 'none']),
    'Whether tokens are bound to a key; "required" is not supported yet.',
  ),
  audit: maybe(
    z.enum(['strict', 'standard']),
    'How decisions are recorded: "strict" sends no token before its record is stored.',
  ),
})

const hasAtMost = (limit: number, what: string) =>
  z.refine<object>((value) => Object.keys(value).length <= limit, `has more than ${limit} ${what}`)

export const trustDocumentSchema = z
  .strictObject({
    version: describe(z.literal(1), 'The version of this language.'),
    issuers: describe(
      z._default(z.record(name, issuer).check(hasAtMost(MAX_ISSUERS, 'issuers')), {}),
      'The issuers whose tokens are accepted, by a name of your choice.',
    ),
    resources: describe(
      z._default(
        z
          .record(boundedText(MAX_URI_CHARACTERS), resource)
          .check(hasAtMost(MAX_RESOURCES, 'resources')),
        {},
      ),
      'The APIs that tokens are issued for, by resource URI.',
    ),
    rules: describe(
      z._default(z.array(z.union([allowRule, denyRule])), []),
      'The rules: the first matching rule decides, and a matching deny rule always wins.',
    ),
  })
  .register(z.globalRegistry, { title: 'Edgemint trust document' })

/** A trust document whose form is valid. */
export type TrustDocument = z.infer<typeof trustDocumentSchema>
export type RuleSource = TrustDocument['rules'][number]
export type AllowRuleSource = z.infer<typeof allowRule>
export type IssuerSource = z.infer<typeof issuer>
export type ResourceSource = z.infer<typeof resource>
