/**
 * Which kinds of JWTs a request may present. The kind is the header `typ`, and how the request
 * presents the token. The lists of two kinds have no explicit `typ` in common, so that a token for
 * one use is not accepted in another (RFC 8725 §3.12).
 */
import {
  ACCESS_TOKEN_TYP,
  ID_JAG_TYP,
  type OptionalTokenKind,
  TXN_TYP,
} from '../../protocol/token.ts'
import { deny } from '../denial.ts'
import type { ProviderProfile } from '../providers/profile.ts'
import type { Presentation } from './identity.ts'

/** The parts of an issuer entry that decide which kinds are accepted. */
export type KindsOfIssuer = {
  readonly profile: ProviderProfile
  readonly accepts: readonly OptionalTokenKind[]
  readonly trustDomain: string | undefined
}

/** RFC 7523bis §4. Clients may omit it. */
const CLIENT_AUTHENTICATION_TYP = 'client-authentication+jwt'

/** Refuses a presentation that the issuer entry does not allow, whatever the token contains. */
export function checkPresentation(
  { accepts, trustDomain }: KindsOfIssuer,
  presentation: Presentation,
): ReturnType<typeof deny> | undefined {
  const isOptional = presentation === 'access_token' || presentation === 'txn_token'
  if (isOptional && !accepts.includes(presentation)) {
    return deny({ reason: 'token_type_unsupported', at: 'subject_token_type' })
  }
  // Keys belong to a trust domain by configuration, and never by what the SVID says (CA-13).
  if (presentation === 'jwt_svid' && trustDomain === undefined) {
    return deny({ reason: 'trust_domain_missing' })
  }
  return undefined
}

/** Returns the accepted values of the header `typ`. Null accepts a token without one. */
export function acceptedTypes(
  { profile, accepts }: KindsOfIssuer,
  presentation: Presentation,
): readonly (string | null)[] {
  switch (presentation) {
    case 'jwt':
    case 'jwt_svid':
      return profile.types
    case 'access_token':
      return [...profile.types, ACCESS_TOKEN_TYP]
    case 'txn_token':
      return [TXN_TYP]
    case 'client_assertion':
      return [...profile.types, CLIENT_AUTHENTICATION_TYP]
    case 'assertion':
      return accepts.includes('id_jag') ? [...profile.types, ID_JAG_TYP] : profile.types
  }
}
