/** Why a sign-in failed, with its status and the sentence that the person reads. */

type FaultRow = { readonly status: number; readonly text: string }

const PROVIDER = 'the identity provider cannot be used'
const AGAIN = 'start again'

export const SIGN_IN_FAULTS = {
  login_off: {
    status: 404,
    text: 'people cannot sign in here: set ADMIN_LOGIN to a provider that BOOTSTRAP_TRUST trusts',
  },
  key_missing: { status: 503, text: 'this gateway has no signing key: /health names the variable' },
  return_to_invalid: {
    status: 400,
    text: 'the parameter return_to must be a page below /console/',
  },
  address_refused: { status: 502, text: `${PROVIDER}: its URL must not be fetched` },
  unreachable: { status: 502, text: `${PROVIDER}: it does not answer` },
  timed_out: { status: 502, text: `${PROVIDER}: it did not answer in time` },
  redirected: { status: 502, text: `${PROVIDER}: its configuration is a redirect` },
  status_not_200: { status: 502, text: `${PROVIDER}: its configuration was not found` },
  too_large: { status: 502, text: `${PROVIDER}: its answer is too large` },
  not_json: { status: 502, text: `${PROVIDER}: its answer is not JSON` },
  metadata_mismatch: { status: 502, text: `${PROVIDER}: its configuration names another issuer` },
  endpoint_refused: {
    status: 502,
    text: `${PROVIDER}: an endpoint is on a host that is not in key_hosts of its entry in BOOTSTRAP_TRUST`,
  },
  pkce_unsupported: { status: 502, text: `${PROVIDER}: it does not support PKCE with S256` },
  state_missing: {
    status: 400,
    text: `no sign-in is in progress in this browser, or it took longer than 10 minutes: ${AGAIN}`,
  },
  state_mismatch: { status: 400, text: `this is the answer to another sign-in: ${AGAIN}` },
  issuer_mismatch: { status: 400, text: `this is the answer of another provider: ${AGAIN}` },
  provider_refused: { status: 403, text: 'the identity provider refused the sign-in' },
  code_missing: { status: 400, text: `the identity provider sent no code: ${AGAIN}` },
  code_refused: {
    status: 502,
    text: 'the identity provider did not accept the code of the sign-in',
  },
  id_token_missing: { status: 502, text: 'the identity provider sent no ID token' },
  nonce_mismatch: { status: 403, text: `the ID token is for another sign-in: ${AGAIN}` },
  exchange_refused: { status: 403, text: 'the gateway refused the ID token' },
  token_too_large: {
    status: 500,
    text: 'the admin token has more than 4,096 bytes and does not fit into a cookie: remove claims from its rule in BOOTSTRAP_TRUST',
  },
} as const satisfies Readonly<Record<string, FaultRow>>

export type SignInFault = keyof typeof SIGN_IN_FAULTS

/** Thrown by a step of a sign-in. `detail` is text of ours or a code of the provider. */
export class SignInFailure extends Error {
  readonly fault: SignInFault
  readonly detail: string | undefined
  readonly status: number

  constructor(fault: SignInFault, detail?: string, status?: number) {
    super(fault)
    this.fault = fault
    this.detail = detail
    this.status = status ?? SIGN_IN_FAULTS[fault].status
  }
}
