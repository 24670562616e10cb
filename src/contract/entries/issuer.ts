/** An issuer of a trust document: who signs tokens, and where its keys are. */
import * as z from 'zod/mini'
import { OPTIONAL_TOKEN_KINDS } from '../../protocol/token.ts'
import {
  MAX_KEY_HOST_CHARACTERS,
  MAX_KEY_HOSTS,
  MAX_TRUST_DOMAIN_CHARACTERS,
  MAX_URI_CHARACTERS,
} from '../limits.ts'
import { boundedText, describe, TRUST_DOMAIN } from '../text.ts'
import { maybe, moment, name } from './members.ts'

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

export const issuer = z.strictObject({
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
    'Kinds of tokens to accept in addition: access_token (its JWTs under that subject_token_type), id_jag (draft: ID-JAGs as jwt-bearer assertions), txn_token (draft: transaction tokens under that subject_token_type).',
  ),
  trust_domain: maybe(
    z
      .string()
      .check(
        z.maxLength(MAX_TRUST_DOMAIN_CHARACTERS),
        z.regex(TRUST_DOMAIN, 'must be the name of a SPIFFE trust domain, without spiffe://'),
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

export type IssuerSource = z.infer<typeof issuer>
