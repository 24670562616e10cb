/**
 * Client credentials (RFC 6749 §4.4) with a client assertion (RFC 7523 §2.2): the token of the
 * platform authenticates the workload as an OAuth client. There are no other client credentials.
 */
import {
  CLIENT_ASSERTION_TYPE_JWT_BEARER,
  CLIENT_ASSERTION_TYPE_JWT_SPIFFE,
  GRANT_TYPE_CLIENT_CREDENTIALS,
} from '../../protocol/oauth.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny, type OAuthError } from '../denial.ts'
import { type Form, readParameter } from '../endpoint/form.ts'
import type { Presentation } from '../evidence/identity.ts'
import { renderAnswer } from './answer.ts'
import type { GrantType, Presented } from './grant-type.ts'

/** RFC 7523 §3.2. */
const INVALID_CLIENT: OAuthError = { error: 'invalid_client', status: 401 }
/** RFC 6749 §5.2: the client is authenticated, and no rule allows the request. */
const UNAUTHORIZED_CLIENT: OAuthError = { error: 'unauthorized_client', status: 400 }

const PRESENTATIONS: ReadonlyMap<string, Presentation> = new Map([
  [CLIENT_ASSERTION_TYPE_JWT_BEARER, 'client_assertion'],
  [CLIENT_ASSERTION_TYPE_JWT_SPIFFE, 'jwt_svid'],
])

export const CLIENT_CREDENTIALS: GrantType = {
  name: GRANT_TYPE_CLIENT_CREDENTIALS,
  assertionName: 'client assertion',
  parameters: [{ name: 'client_assertion' }, { name: 'client_assertion_type' }],
  errors: { assertion: INVALID_CLIENT, decision: UNAUTHORIZED_CLIENT },
  // RFC 7521 §4.2: a `client_id` must name the client that the assertion authenticates. The rule's
  // name is the `client_id` of the issued token.
  isClient: (clientId, { subject, rule }) => clientId === subject || clientId === rule,
  read,
  render: renderAnswer,
}

function read(form: Form): Result<Presented, Denial> {
  const assertion = readParameter(form, 'client_assertion')
  const type = readParameter(form, 'client_assertion_type')
  // RFC 6749 §5.2: a request without client authentication is `invalid_client`.
  if (assertion === undefined) return missing('client_assertion')
  if (type === undefined) return missing('client_assertion_type')
  const presentation = PRESENTATIONS.get(type)
  if (presentation === undefined) return deny({ reason: 'client_assertion_type_unsupported' })
  return ok({ assertion, presentation, issuedTokenType: undefined })
}

function missing(at: 'client_assertion' | 'client_assertion_type') {
  return deny({ reason: 'client_assertion_missing', at })
}
