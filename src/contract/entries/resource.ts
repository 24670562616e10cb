/** A resource of a trust document: an API that tokens are issued for. */
import * as z from 'zod/mini'
import { PRESET_NAMES, SIGNING_ALGORITHMS, TOKEN_TYPS } from '../../protocol/token.ts'
import { MAX_ALSO_KNOWN_AS, MAX_NAME_CHARACTERS, MAX_URI_CHARACTERS } from '../limits.ts'
import { boundedText, describe, plainText, refuseControlCharacters } from '../text.ts'
import { duration, maybe, scopes } from './members.ts'

/** A name that a request can contain. A fragment is not part of a resource (RFC 8693 §2.1). */
const TARGET_NAME = /^[^\s#\p{Cf}]+$/u

const targetName = z
  .string()
  .check(
    z.maxLength(MAX_URI_CHARACTERS),
    refuseControlCharacters,
    z.regex(TARGET_NAME, 'must be a name without spaces, invisible characters and "#"'),
  )

const httpsUrl = boundedText(MAX_URI_CHARACTERS).check(
  z.regex(/^https:\/\/[^\s/?#]\S*$/, 'must be an https URL'),
)

const resourceMetadata = z.strictObject({
  name: maybe(plainText(MAX_NAME_CHARACTERS), 'The name of the API, for people.'),
  documentation: maybe(httpsUrl, 'The https URL of a page for developers.'),
})

export const resource = z.strictObject({
  scopes: describe(scopes, 'All scopes that rules may grant for it.'),
  for: maybe(
    z.enum(PRESET_NAMES),
    'The consumer of its tokens. Its preset sets the audience, algorithm, typ and lifetime, and refuses what the consumer does not accept.',
  ),
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
    'Whether its tokens are bound to a key: "required" refuses requests without a proof, "none" refuses those with one.',
  ),
  audit: maybe(
    z.enum(['strict', 'standard']),
    'How decisions are recorded: "strict" sends no token before its record is stored.',
  ),
  status_list: maybe(
    z.boolean(),
    'Whether a Token Status List (draft) shows which of its tokens are revoked.',
  ),
  protected_resource_metadata: maybe(
    z.union([z.boolean(), resourceMetadata]),
    'Publishes the metadata of the API (RFC 9728) at the gateway. The URI must be on a host of the gateway.',
  ),
})

export type ResourceSource = z.infer<typeof resource>
