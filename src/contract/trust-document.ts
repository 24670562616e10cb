/**
 * The language of the trust document, as one zod schema; what stands under `when` is beside it in
 * `schema-condition.ts`. The JSON Schema for editors, the admin API and the compiler all come from
 * here. It says what a document may look like; whether it makes sense (names, ceilings, tenants)
 * is the compiler's question.
 */
import * as z from 'zod'
import { SIGNING_ALGORITHMS, TOKEN_TYPS } from '../protocol/token.ts'
import { codePointOf } from '../web/control-characters.ts'
import { parseMoment } from '../web/moment.ts'
import { conditions } from './condition.ts'
import {
  MAX_ACCEPTED_LINTS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_EXPRESSION_CHARACTERS,
  MAX_GRANT_CLAIMS,
  MAX_ISSUERS,
  MAX_KEY_HOST_CHARACTERS,
  MAX_KEY_HOSTS,
  MAX_NAME_CHARACTERS,
  MAX_OWNER_CHARACTERS,
  MAX_PATTERN_CHARACTERS,
  MAX_RESOURCES,
  MAX_SCOPES_PER_RESOURCE,
  MAX_TRUST_DOMAIN_CHARACTERS,
} from './limits.ts'
import { refuseControlCharacters } from './text.ts'

/**
 * Printable text on one line. A control, bidirectional or zero-width character could forge what a
 * terminal or a page shows (ADM-13).
 */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u

const describeHidden = (text: string) => {
  const [character] = text.match(/[\p{Cf}]/u) ?? []
  const hidden = character === undefined ? '' : `: remove the invisible ${codePointOf(character)}`
  return `must be plain text on one line${hidden}`
}

export const plainText = (limit: number) =>
  z
    .string()
    .min(1)
    .max(limit)
    .check(refuseControlCharacters)
    .regex(PLAIN_TEXT, { error: ({ input }) => describeHidden(String(input)) })

const name = z
  .string()
  .max(MAX_NAME_CHARACTERS)
  .check(refuseControlCharacters)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'must be letters, digits, dots, dashes and underscores, and start with a letter or digit',
  )

const scope = z
  .string()
  .min(1)
  .max(MAX_NAME_CHARACTERS)
  .check(refuseControlCharacters)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope token of RFC 6749 §3.3')
  .meta({ description: 'A scope of the resource (RFC 6749 §3.3).' })

const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smh]$/, 'must be a duration such as 90s, 10m or 1h')
  .meta({ description: 'A duration: a whole number and s, m or h.' })

const moment = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/,
    // One sentence is enough: the calendar is not asked about what is no date.
    {
      error: 'must be a date such as 2027-03-31 or a UTC time such as 2027-03-31T12:00:00Z',
      abort: true,
    },
  )
  .refine((text) => parseMoment(text) !== undefined, 'is not a day of the calendar')
  .meta({ description: 'The last day (UTC) or the exact UTC time at which the rule ends.' })

const template = z.string().min(1).max(MAX_PATTERN_CHARACTERS).check(refuseControlCharacters)

const scopes = z.array(scope).min(1).max(MAX_SCOPES_PER_RESOURCE)

const grant = z.strictObject({
  resource: z
    .string()
    .min(1)
    .check(refuseControlCharacters)
    .meta({ description: 'One of the resources of this document.' }),
  scopes: scopes.meta({ description: 'Scopes of that resource; more are never granted.' }),
  lifetime: duration.optional().meta({ description: 'How long tokens live: 10m by default.' }),
  subject: template
    .optional()
    .meta({ description: 'Template for `sub`, for instance "github:{repository_id}".' }),
  claims: z
    .record(name, template)
    .refine((claims) => Object.keys(claims).length <= MAX_GRANT_CLAIMS, 'has too many claims')
    .optional()
    .meta({ description: 'Further claims of the issued token, as templates.' }),
  replay: z.enum(['once', 'once_per_resource', 'reuse']).optional().meta({
    description:
      'How often one subject token may be exchanged; once where the platform makes a new one for each request, reuse elsewhere.',
  }),
})

const acceptance = z.strictObject({
  lint: z
    .string()
    .regex(/^(?:LINT-\d{2}|PROBE)$/, 'must be the id of a lint rule such as LINT-09')
    .meta({ description: 'The id of the finding, such as LINT-09.' }),
  reason: plainText(MAX_DESCRIPTION_CHARACTERS).meta({
    description: 'Why this rule may stay as it is; shown wherever the finding is.',
  }),
})

const ruleHead = {
  name: name.meta({ description: 'Unique in the document; the `client_id` of issued tokens.' }),
  description: plainText(MAX_DESCRIPTION_CHARACTERS)
    .optional()
    .meta({ description: 'What the rule is for.' }),
  from: name.meta({ description: 'The name of the issuer whose tokens this rule reads.' }),
  when: conditions,
  condition: z.string().min(1).max(MAX_EXPRESSION_CHARACTERS).optional().meta({
    description: 'A CEL expression over claims and request, for what `when` cannot say.',
  }),
  mode: z.enum(['enforce', 'observe']).optional().meta({
    description: 'observe: looked at and logged, but neither allows nor denies.',
  }),
  accept: z
    .array(acceptance)
    .min(1)
    .max(MAX_ACCEPTED_LINTS)
    .optional()
    .meta({ description: 'Findings of lint that the owner accepts for this rule, with reasons.' }),
}

const allowRule = z.strictObject({
  ...ruleHead,
  effect: z.literal('allow').optional().meta({ description: 'The default: the rule grants.' }),
  owner: plainText(MAX_OWNER_CHARACTERS).meta({ description: 'Who answers for this right.' }),
  expires: moment,
  grant: grant.meta({ description: 'What the rule gives.' }),
})

const denyRule = z.strictObject({
  ...ruleHead,
  effect: z.literal('deny').meta({ description: 'Refuses whatever other rules would grant.' }),
  owner: plainText(MAX_OWNER_CHARACTERS)
    .optional()
    .meta({ description: 'Who answers for this refusal.' }),
  expires: moment.optional(),
})

const uploadedKeys = z.strictObject({
  jwks: z
    .looseObject({
      keys: z
        .array(
          z.looseObject({
            kty: z.string().meta({ description: 'RSA, EC or OKP (RFC 7517 §4.1).' }),
          }),
        )
        .meta({ description: 'Public signing keys.' }),
    })
    .meta({ description: 'A JSON Web Key Set (RFC 7517 §5).' }),
  expires: moment
    .optional()
    .meta({ description: 'When these keys are trusted no more; the issuer is refused then.' }),
})

const issuer = z.strictObject({
  provider: name.meta({ description: 'A provider profile, for instance github-actions.' }),
  issuer: z.string().min(1).max(2048).check(refuseControlCharacters).optional().meta({
    description: 'The exact issuer URL; may be left out where the provider has a fixed one.',
  }),
  audience: z
    .string()
    .min(1)
    .max(2048)
    .check(refuseControlCharacters)
    .optional()
    .meta({ description: 'The audience subject tokens must have; this gateway by default.' }),
  trust_domain: z
    .string()
    .max(MAX_TRUST_DOMAIN_CHARACTERS)
    .regex(/^[a-z0-9._-]+$/, 'must be the name of a SPIFFE trust domain, without spiffe://')
    .optional()
    .meta({
      description:
        'SPIFFE only: the one trust domain this issuer signs for; its tokens need no iss then.',
    }),
  bundle_endpoint: z.string().min(1).max(2048).check(refuseControlCharacters).optional().meta({
    description: 'SPIFFE only: where the bundle of the trust domain is fetched from.',
  }),
  key_hosts: z
    .array(z.string().min(1).max(MAX_KEY_HOST_CHARACTERS))
    .min(1)
    .max(MAX_KEY_HOSTS)
    .optional()
    .meta({
      description:
        'Hosts other than the issuer itself from which its key set may be fetched, each with a port where it is not 443.',
    }),
  keys: uploadedKeys.optional().meta({ description: 'Keys of an issuer that cannot be reached.' }),
})

const resource = z.strictObject({
  scopes: scopes.meta({ description: 'Every scope that may be granted for it.' }),
  max_lifetime: duration.optional().meta({ description: 'The longest life of its tokens.' }),
  algorithm: z
    .enum(SIGNING_ALGORITHMS)
    .optional()
    .meta({ description: 'How its tokens are signed; by default as the gateway prefers.' }),
  typ: z.enum(TOKEN_TYPS).optional().meta({
    description:
      'The header `typ` of its tokens: at+jwt (RFC 9068), or JWT for libraries that need it.',
  }),
  proof_of_possession: z
    .enum(['required', 'optional', 'none'])
    .optional()
    .meta({ description: 'Whether tokens are bound to a key; "required" is not supported yet.' }),
  audit: z
    .enum(['strict', 'standard'])
    .optional()
    .meta({ description: 'How decisions are kept; "strict" is not supported yet.' }),
})

const bounded = (limit: number) => (value: object) => Object.keys(value).length <= limit

export const trustDocumentSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: 'The version of this language.' }),
    issuers: z
      .record(name, issuer)
      .refine(bounded(MAX_ISSUERS), `has more than ${MAX_ISSUERS} issuers`)
      .default({})
      .meta({ description: 'Whose tokens are read, by a name of your choice.' }),
    resources: z
      .record(z.string().min(1).max(2048).check(refuseControlCharacters), resource)
      .refine(bounded(MAX_RESOURCES), `has more than ${MAX_RESOURCES} resources`)
      .default({})
      .meta({ description: 'What may be minted, by resource URI.' }),
    rules: z
      .array(z.union([allowRule, denyRule]))
      .default([])
      .meta({ description: 'Who may have what; the first that fits decides, and deny wins.' }),
  })
  .meta({ title: 'Edgemint trust document' })

/** A trust document as it is written, once its shape is known to be right. */
export type TrustDocument = z.infer<typeof trustDocumentSchema>
export type RuleSource = TrustDocument['rules'][number]
export type AllowRuleSource = z.infer<typeof allowRule>
export type IssuerSource = z.infer<typeof issuer>
export type ResourceSource = z.infer<typeof resource>
