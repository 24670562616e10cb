/**
 * What differs between OAuth grant types: the parameters, the place of the assertion, the errors of
 * a denial and the form of the answer. The steps of an exchange are the same for every grant type;
 * they are in `endpoint/token-endpoint.ts`.
 */
import type { TokenAnswer } from '../../protocol/oauth.ts'
import type { Result } from '../../web/result.ts'
import type { Denial, GrantErrors } from '../denial.ts'
import type { Form } from '../endpoint/form.ts'
import type { Presentation } from '../evidence/identity.ts'
import type { IssuedToken } from '../issuance.ts'

export type GrantType = {
  /** The value of `grant_type`. */
  readonly name: string
  /** The word for its assertion in error descriptions, such as "subject token". */
  readonly assertionName: string
  /** Its own parameters. The parameters of every grant type are in `endpoint/parse.ts`. */
  readonly parameters: readonly Parameter[]
  /** Its error codes and statuses, from RFC 6749 §5.2 and the RFC of the grant type. */
  readonly errors: GrantErrors
  /** Reads its own parameters. Limits and repetition were checked before. */
  readonly read: (form: Form) => Result<Presented, Denial>
  /**
   * Whether the client id of a request is the client that the assertion authenticates. Absent if
   * the assertion authenticates none: the client id is then only a hint for the decision log.
   */
  readonly isClient?: (clientId: string, authenticated: AuthenticatedClient) => boolean
  /** Returns the answer for an issued token, without `decision_id`. */
  readonly render: (issued: IssuedToken, presented: Presented) => TokenAnswer
}

type AuthenticatedClient = {
  /** `sub` of the verified assertion. */
  readonly subject: string
  /** The name of the rule that decides. */
  readonly rule: string
}

export type Parameter = {
  readonly name: string
  /** RFC 6749 §3.2 forbids a second value unless the RFC of the grant type allows it. */
  readonly isRepeatable?: true
  /** A standard defines it, but this gateway does not support it. It is refused, not ignored. */
  readonly isUnsupported?: true
  readonly maxCharacters?: number
}

export type PresentedActor = {
  /** It is not verified yet. */
  readonly token: string
  readonly presentation: Presentation
}

/** What a request presents with one grant type. */
export type Presented = {
  /** The JWT that identifies the caller. It is not verified yet. */
  readonly assertion: string
  readonly presentation: Presentation
  /** The token of the party that acts for the subject. Only token exchange has one. */
  readonly actor?: PresentedActor | undefined
  /** The token type in the answer. Undefined if the answer does not name one. */
  readonly issuedTokenType: string | undefined
}
