/**
 * The schema of the claims that a grant adds: templates, numbers, booleans, and lists and objects of
 * them. The compiler checks reserved names, the templates, and how large and how deep the claims are.
 */
import * as z from 'zod/mini'
import { MAX_CLAIM_NAME_CHARACTERS, MAX_GRANT_CLAIMS } from './limits.ts'
import { describe, plainText, template } from './text.ts'

/** One claim of a grant, or a part of one. Texts are templates. */
export type ClaimSource =
  | string
  | number
  | boolean
  | readonly ClaimSource[]
  | { readonly [name: string]: ClaimSource }

/** Larger integers are not exact: readers of the token could see another number (CLM-13). */
const claimNumber = z
  .number()
  .check(
    z.refine(
      (value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER,
      'is too large to be exact: write it as text',
    ),
  )

const claimName = plainText(MAX_CLAIM_NAME_CHARACTERS)

/** The order of these kinds is the order in `CLAIM_KINDS`. */
const claim: z.ZodMiniType<ClaimSource> = z
  .lazy(() =>
    z.union([template, claimNumber, z.boolean(), z.array(claim), z.record(claimName, claim)]),
  )
  .register(z.globalRegistry, {
    id: 'claim',
    description: 'A template, a number, true, false, or a list or an object of these.',
  })

/** The kinds of values of a claim, in the order of the schema. */
export const CLAIM_KINDS: readonly string[] = ['string', 'number', 'boolean', 'list', 'object']

export const grantClaims = describe(
  z
    .record(claimName, claim)
    .check(
      z.refine(
        (claims) => Object.keys(claims).length <= MAX_GRANT_CLAIMS,
        `has more than ${MAX_GRANT_CLAIMS} claims`,
      ),
    ),
  'Claims by name.',
)
