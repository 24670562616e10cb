/**
 * `/authorize` refuses every request. Client libraries require the endpoint in the metadata, but
 * people do not sign in at a gateway. The request is not read, so no `redirect_uri` is followed or
 * repeated.
 */
import { respondJson } from '../http/respond.ts'

/** RFC 6749 §4.1.2.1. */
const ANSWER = {
  error: 'unsupported_response_type',
  error_description:
    'no authorization flow is supported: exchange a token of your platform at the token endpoint',
} as const

export function authorizeRoute(): Response {
  return respondJson(ANSWER, 400)
}
