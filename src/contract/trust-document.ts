/**
 * The zod schema of the trust document. The schemas of issuers and resources are in
 * `entries/`, that of `when` is in `condition.ts`. The JSON Schema for
 * editors, the admin API and the compiler all use this schema. It checks the form of a document; the
 * compiler checks its meaning (names, ceilings, tenants).
 */

import * as z from 'zod/mini'
import { grantClaims } from './claim-tree.ts'
import { claimName, conditions } from './condition.ts'
import { issuer } from './entries/issuer.ts'
import { duration, maybe, moment, name, scopes } from './entries/members.ts'
import { resource } from './entries/resource.ts'
import {
  MAX_ACCEPTED_LINTS,
  MAX_BUDGET_GRANTS,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_EXPRESSION_CHARACTERS,
  MAX_ISSUERS,
  MAX_OWNER_CHARACTERS,
  MAX_RESOURCES,
  MAX_URI_CHARACTERS,
} from './limits.ts'
import { boundedText, describe, plainText, refuseControlCharacters, template } from './text.ts'

const budget = z.strictObject({
  per: maybe(
    claimName,
    "The claim that is the job's own id. The default is the one that the provider has, if it has one.",
  ),
  grants: describe(
    z.int().check(z.minimum(1), z.maximum(MAX_BUDGET_GRANTS)),
    'How many tokens one job gets by this rule.',
  ),
  on_excess: maybe(
    z.enum(['deny', 'alert']),
    'What happens beyond that: deny, the default, refuses; alert grants. Both send an alert.',
  ),
})

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
  budget: maybe(budget, 'How many tokens one job gets by this rule, however many it presents.'),
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

const actor = z.strictObject({
  from: describe(
    name,
    'The name of the issuer of the actor token, or self for a token of this gateway.',
  ),
  when: conditions,
})

const ruleHead = {
  name: describe(name, 'Unique in the document; the `client_id` of issued tokens.'),
  description: maybe(plainText(MAX_DESCRIPTION_CHARACTERS), 'The purpose of the rule.'),
  from: describe(
    name,
    'The name of the issuer whose tokens this rule applies to, or self for tokens of this gateway.',
  ),
  when: conditions,
  acting_as: maybe(
    actor,
    'Who must act for the subject. Without it, an allow rule is only for requests without an actor.',
  ),
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
export type { IssuerSource } from './entries/issuer.ts'
export type { ResourceSource } from './entries/resource.ts'
