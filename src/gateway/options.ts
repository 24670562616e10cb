/**
 * The options of an edge gateway: their type and their checks. The verifier checks the options that
 * are its own.
 */
import type { VerifierOptions } from '../verify/index.ts'
import { demand, demandNames } from './demand.ts'
import type { IdentityOptions } from './identity/identity.ts'
import type { OriginOptions } from './origin.ts'
import type { EdgeRoute } from './routes.ts'

/** Options of `createEdgeGateway`. */
export type EdgeGatewayOptions = Pick<
  VerifierOptions,
  | 'issuer'
  | 'typ'
  | 'revocation'
  | 'clockSkewSeconds'
  | 'realm'
  | 'proofOfPossession'
  | 'publicUrl'
  | 'claimProof'
  | 'proofNonce'
  | 'fetch'
  | 'now'
> & {
  /** The URI of the API, for routes without an `audience` of their own. */
  readonly audience?: string | undefined
  /**
   * Checked from top to bottom. The first match decides, and a request without a match is refused.
   */
  readonly routes: readonly EdgeRoute[]
  /** Where requests go: scheme, host and port, or a service binding. */
  readonly origin: OriginOptions
  /** How the identity of the caller reaches the origin. */
  readonly identity: IdentityOptions
  /** Whether the origin also receives the access token. Default: false. */
  readonly forwardAuthorization?: boolean | undefined
}

const OPTION_NAMES = {
  issuer: true,
  audience: true,
  typ: true,
  routes: true,
  origin: true,
  identity: true,
  forwardAuthorization: true,
  revocation: true,
  clockSkewSeconds: true,
  realm: true,
  proofOfPossession: true,
  publicUrl: true,
  claimProof: true,
  proofNonce: true,
  fetch: true,
  now: true,
} satisfies Record<keyof EdgeGatewayOptions, true>

/** Throws `TypeError`. The message names the option. */
export function checkOptions(options: EdgeGatewayOptions): void {
  demandNames('options', options, OPTION_NAMES)
  const { forwardAuthorization } = options
  demand(
    forwardAuthorization === undefined || typeof forwardAuthorization === 'boolean',
    'forwardAuthorization must be true or false',
  )
}
