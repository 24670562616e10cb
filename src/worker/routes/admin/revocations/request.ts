/** The body of `POST /admin/v1/revocations` and of its `lift`. */
import * as z from 'zod/mini'
import { plainText } from '../../../../contract/text.ts'
import { isTokenId } from '../../../../core/tokens/ids.ts'
import { COARSE_GRAINS, type CoarseGrain, EVERYTHING } from '../../../../protocol/revocations.ts'
import { MAX_REVOCATION_ID_CHARACTERS, MAX_REVOCATION_REASON_CHARACTERS } from './limits.ts'

const NO_TOKEN_ID = 'is not the jti of an issued token: it has 22 or 30 characters of base64url'

const id = z.optional(plainText(MAX_REVOCATION_ID_CHARACTERS))
const coarse = { subject: id, rule: id, issuer: id, key: id, all: z.optional(z.boolean()) }
const reason = z.optional(plainText(MAX_REVOCATION_REASON_CHARACTERS))

const TARGETS = ['jti', 'token', 'decision', ...COARSE_GRAINS] as const

const nameOne = (names: readonly string[]) =>
  z.refine<Readonly<Record<string, unknown>>>(
    (body) => names.filter((name) => (body[name] ?? false) !== false).length === 1,
    { error: `must have exactly one of ${names.join(', ')}` },
  )

export const revocationRequestSchema = z
  .strictObject({
    jti: z.optional(
      z.string().check(
        z.refine((text) => !text.startsWith('dec_'), {
          error: 'is a decision id: send it as `decision`',
          abort: true,
        }),
        z.refine(isTokenId, NO_TOKEN_ID),
      ),
    ),
    token: z.optional(z.string()),
    decision: z.optional(z.string()),
    ...coarse,
    reason,
    /** Epoch seconds. Tokens issued before it are revoked, and issuing goes on. */
    before: z.optional(z.int().check(z.minimum(0))),
    dry_run: z.optional(z.boolean()),
    confirm: z.optional(z.boolean()),
  })
  .check(
    nameOne(TARGETS),
    z.refine(({ before, ...body }) => before === undefined || findCoarseName(body) !== undefined, {
      error: 'has `before` for one token: only a subject, rule, issuer, key or all have it',
    }),
  )
export type RevocationRequest = z.infer<typeof revocationRequestSchema>

export const liftRequestSchema = z.strictObject({ ...coarse, reason }).check(nameOne(COARSE_GRAINS))

/** Undefined if the body names a token. */
export function findCoarseName(
  body: Readonly<Partial<Record<string, unknown>>>,
): readonly [CoarseGrain, string] | undefined {
  const grain = COARSE_GRAINS.find((name) => body[name])
  if (grain === undefined) return undefined
  return [grain, grain === 'all' ? EVERYTHING : String(body[grain])]
}
