/**
 * `/authorize`: answers that there is nothing to authorize. Client libraries demand the address in
 * the metadata; people do not sign in here. Nothing of the request is read, so no `redirect_uri` is
 * ever followed or repeated.
 */
import { respondJson } from '../http/respond.ts'

/** RFC 6749 §4.1.2.1. */
const ANSWER = {
  error: 'unsupported_response_type',
  error_description:
    'there is nothing to authorize here: exchange a token of your platform at the token endpoint',
} as const

export function authorizeRoute(): Response {
  return respondJson(ANSWER, 400)
}
