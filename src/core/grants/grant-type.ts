/**
 * In what one OAuth grant differs from another: its parameters, where its assertion is, the errors
 * of a refusal and the form of the answer. The stations of an exchange are the same for every grant
 * and belong to `endpoint/token-endpoint.ts`.
 */
import type { TokenAnswer } from '../../protocol/oauth.ts'
import type { Result } from '../../web/result.ts'
import type { Denial, GrantErrors } from '../denial.ts'
import type { Form } from '../endpoint/form.ts'
import type { IssuedToken } from '../ports.ts'

export type GrantType = {
  /** The value of `grant_type`. */
  readonly name: string
  /** What public sentences call its assertion, such as "subject token". */
  readonly assertionName: string
  /** Its own parameters. Those of every grant are in `endpoint/parse.ts`. */
  readonly parameters: readonly Parameter[]
  /** RFC 6749 §5.2 and the RFC of the grant say which code, and whether it is a 401. */
  readonly errors: GrantErrors
  /** Reads its own parameters, which are within their limits and not repeated. */
  readonly read: (form: Form) => Result<Presented, Denial>
  /** The answer for a token that was issued, without `decision_id`. */
  readonly render: (issued: IssuedToken, presented: Presented) => TokenAnswer
}

export type Parameter = {
  readonly name: string
  /** RFC 6749 §3.2 forbids a second value unless the RFC of the grant allows it. */
  readonly isRepeatable?: true
  /** A standard defines it and this gateway does not support it: refused, never dropped. */
  readonly isUnsupported?: true
  readonly maxCharacters?: number
}

/** What a request presents under one grant. */
export type Presented = {
  /** The JWT that proves who asks: nothing in it is verified yet. */
  readonly assertion: string
  /** What the answer calls the issued token; undefined where the answer does not say. */
  readonly issuedTokenType: string | undefined
}
